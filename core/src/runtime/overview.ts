import type { JobEngine } from "../job/engine.ts";
import type { PhaseName } from "../job/job.ts";
import type { Circuits } from "../work/circuits.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import type { Overview } from "./runtime.ts";

/** A record and not a list, so that a phase that is left out does not compile. */
const allPhases: Record<PhaseName, true> = {
  held: true,
  queued: true,
  starting: true,
  running: true,
  succeeded: true,
  failed: true,
  cancelled: true,
  unresolved: true,
};
const mostWaiting = 100;

/** Reads the whole installation for its operators. */
export async function readOverview(options: {
  engine: JobEngine;
  providers: ProviderRegistry;
  circuits: Circuits;
}): Promise<Overview> {
  const { engine, providers, circuits } = options;
  const counts = await Promise.all(
    (Object.keys(allPhases) as PhaseName[]).map(
      async (phase) => [phase, await engine.count({ phases: [phase] })] as const,
    ),
  );
  return {
    phases: Object.fromEntries(counts) as Overview["phases"],
    waiting: await engine.list({ phases: ["unresolved", "held"], limit: mostWaiting }),
    spend: (await engine.counters("charged|"))
      .map(({ name, count }) => {
        const [, day = "", provider = "", unit = "", ...person] = name.split("|");
        return { day, provider, unit, person: person.join("|"), amount: count };
      })
      .sort((one, other) => other.day.localeCompare(one.day) || other.amount - one.amount),
    providers: await Promise.all(
      providers.all.map(async ({ id, title, limits }) => ({
        id,
        title,
        running: await engine.count({ provider: id, phases: ["starting", "running"] }),
        concurrent: limits.concurrent,
        restsUntil: await circuits.openUntil(id),
      })),
    ),
  };
}
