import type { Delivery, Message } from "@toolcast/core";
import type { APIMessage } from "discord.js";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { userOf } from "./place.ts";
import { type InteractionRecord, needsToken } from "./records.ts";

/** One more message by an interaction's token. Unless said otherwise the same people see it as see the answer. */
export function followUp(
  context: Pick<DiscordContext, "runtime" | "buttons" | "outbox" | "api">,
  record: InteractionRecord,
  message: Message,
  options: ComposeOptions,
  request: (body: MessageBody) => Promise<APIMessage> = (body) => context.api.followUp(record, body),
): Promise<APIMessage> {
  return composeAndSend(context, message, { ephemeral: record.ephemeral, ...options }, (body) =>
    context.outbox.send({}, async () => request(await body())),
  );
}

/**
 * A delivery as such a message, which names the asker; it can be told later whether it is there. Null when it may be
 * there already and nobody can look.
 */
export async function deliverBeside(
  context: DiscordContext,
  { id, asker, message }: Delivery,
  record: InteractionRecord,
  options: ComposeOptions,
): Promise<APIMessage | null> {
  const named = { ...options, mention: userOf(asker) };
  if (!needsToken(record)) {
    await context.sends.noteSend(id, record.channel);
    return followUp(context, record, message, named);
  }
  if ((await context.sends.unseenSendOf(id)) !== undefined) {
    return null;
  }
  return followUp(context, record, message, named, (body) =>
    context.sends.sendUnseen(id, record.channel, () => context.api.followUp(record, body)),
  );
}
