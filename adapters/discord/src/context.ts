import type { Clock, Http, Logger, Runtime } from "@toolcast/core";
import type { KeptButtons, Outbox, SendNotes, Turnstile } from "@toolcast/core/chat";
import type { DiscordCommand } from "./commands.ts";
import type { DiscordApi } from "./discord-api.ts";
import type { Forms } from "./forms.ts";
import type { InteractionRecords } from "./records.ts";

/** What the parts of the adapter share. */
export interface DiscordContext {
  runtime: Runtime;
  api: DiscordApi;
  outbox: Outbox;
  turnstile: Turnstile;
  records: InteractionRecords;
  forms: Forms;
  /** Channels of direct messages by user, and when a delivery was last sent where. */
  sends: SendNotes;
  /** By name as Discord sends it. */
  commands: ReadonlyMap<string, DiscordCommand>;
  http: Http;
  /** What buttons do whose ids cannot say so. */
  buttons: KeptButtons;
  /** Hosts that uploaded files lie on. */
  fileHosts: readonly string[];
  clock: Clock;
  logger: Logger;
}

/** Everything that changes one first answer goes through this lane of the outbox. */
export function answerLane(interaction: string): string {
  return `answer:${interaction}`;
}

/** The command of a tool, by what core calls either. */
export function commandOf({ commands }: Pick<DiscordContext, "commands">, name: string): DiscordCommand | undefined {
  return [...commands.values()].find(({ tool }) => tool.command === name || tool.name === name);
}
