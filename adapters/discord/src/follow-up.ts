import type { Message } from "@toolcast/core";
import { type Answer, SendError } from "@toolcast/core/chat";
import type { Delivery } from "@toolcast/core/surface";
import type { APIMessage } from "discord.js";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { type Address, isEphemeral, onlyByToken, tokenOf, userOf } from "./place.ts";
import { failures } from "./rest-failure.ts";

/** Another message by an interaction's token. By default the same people see it as see the answer. */
export function followUp(
  context: Pick<DiscordContext, "runtime" | "buttons" | "outbox" | "api">,
  answer: Answer,
  message: Message,
  options: ComposeOptions,
  around: (request: () => Promise<APIMessage>) => Promise<APIMessage> = (request) => request(),
): Promise<APIMessage> {
  const token = tokenOf(answer);
  const send = (body: MessageBody) =>
    token === undefined
      ? Promise.reject(
          new SendError(failures.refused({ detail: "the token has ended", reason: "sending.answer-closed" })),
        )
      : around(() => context.api.followUp(token, body));
  return composeAndSend(context, message, { ephemeral: isEphemeral(answer), ...options }, (body) =>
    context.outbox.send({}, async () => send(await body())),
  );
}

/**
 * A delivery as such a message, which mentions the asker and is recorded so that it can be found later. Null when it
 * may be there already and nobody can look.
 */
export async function deliverBeside(
  context: DiscordContext,
  { id, asker, message }: Delivery,
  answer: Answer,
  options: ComposeOptions,
): Promise<APIMessage | null> {
  const { notes } = context;
  const named = { ...options, mention: userOf(asker) };
  const { channel } = answer.caller.place.address as Address;
  if (!onlyByToken(answer)) {
    await notes.noteSend(id, channel);
    return followUp(context, answer, message, named);
  }
  if ((await notes.unseenSendOf(id)) !== undefined) {
    return null;
  }
  return followUp(context, answer, message, named, (request) => notes.sendUnseen(id, channel, request));
}
