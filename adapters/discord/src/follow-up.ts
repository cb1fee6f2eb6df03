import type { Message } from "@toolcast/core";
import type { APIMessage } from "discord.js";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import type { InteractionRecord } from "./records.ts";

/** One more message by an interaction's token. Unless said otherwise the same people see it as see the answer. */
export function followUp(
  { runtime, outbox, api }: Pick<DiscordContext, "runtime" | "outbox" | "api">,
  record: InteractionRecord,
  message: Message,
  options: ComposeOptions,
): Promise<APIMessage> {
  return composeAndSend(runtime, message, { ephemeral: record.ephemeral, ...options }, (body) =>
    outbox.send("interaction", async () => api.followUp(record, await body())),
  );
}
