import { createHttp, type Logger, type Runtime, type State, systemClock, systemRandom } from "@toolcast/core";
import type { Clock, JobEngine } from "@toolcast/core/engine";
import { type Adapter, type AdapterDefinition, createReceivingTurn } from "@toolcast/core/surface";
import { discord } from "@toolcast/discord";
import { slack } from "@toolcast/slack";
import { telegram } from "@toolcast/telegram";
import { withArrows } from "./arrows.ts";
import { fileHostsVariable } from "./settings.ts";

/** What an app connects with. */
export interface PlatformsOptions {
  runtime: Runtime;
  engine: JobEngine;
  state: State;
  clock: Clock;
  logger: Logger;
  cross: (arrow: string) => void;
  /** Whether one process at a time receives, as with a store that several hosts share. */
  takesTurns: boolean;
}

/** Connects the real adapters of those platforms that the environment names, as the product does. */
export async function connectPlatforms(options: PlatformsOptions): Promise<{ close(): Promise<void> }> {
  const closers = await Promise.all([connect(discord, options), connect(slack, options), connect(telegram, options)]);
  return {
    async close() {
      await Promise.all(closers.map((close) => close()));
    },
  };
}

async function connect<Settings>(
  definition: AdapterDefinition<Settings>,
  { runtime, engine, state, clock, logger, cross, takesTurns }: PlatformsOptions,
): Promise<() => Promise<void>> {
  const values = Object.fromEntries(
    definition.settings.map(({ variable }) => [variable, process.env[variable]] as const),
  );
  if (Object.values(values).every((value) => value === undefined)) return async () => {};
  const settings = definition.schema.parse(values);
  const fileHosts = process.env[fileHostsVariable]?.split(",") ?? [];
  const trustedHosts = [...definition.hosts(settings), ...fileHosts];
  const random = systemRandom;
  const http = createHttp({ trustedHosts: () => trustedHosts, clock: systemClock });
  const surface = definition.id;
  const turn = takesTurns ? createReceivingTurn({ engine, surface, clock, random, logger }) : undefined;
  const adapter: Adapter = await definition.create(settings, {
    ...{ runtime, state, http, trustedHosts, clock, random, logger, turn, publicUrl: null },
  });
  runtime.attach(
    withArrows(adapter.surface, { deliver: () => "deliver", find: () => "find" }, cross),
    () => adapter.away?.() ?? null,
  );
  await adapter.start();
  return async () => {
    await adapter.close();
    await turn?.close();
    await http.close();
  };
}
