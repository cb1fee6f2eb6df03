import type { Message } from "@toolcast/core";
import { type Answer, deservesNotice } from "@toolcast/core/chat";
import type { Delivery } from "@toolcast/core/surface";
import type { APIMessage } from "discord.js";
import { composeAndSend } from "./compose.ts";
import type { DiscordChat } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { followUp } from "./follow-up.ts";
import { nonceOf } from "./nonce.ts";
import { addressOf, isEphemeral, userOf } from "./place.ts";
import { botBudget, readFailure } from "./rest-failure.ts";

/**
 * A short notice below an edited first answer, because an edit notifies nobody: it mentions the asker and links to the
 * answer. Sent at most once, and never for answers that only the asker sees. Best effort: the result is there either
 * way.
 */
export async function sayChanged(
  { context, chat }: DiscordChat,
  delivery: Delivery,
  answer: Answer,
  edited: string,
): Promise<void> {
  const { notes, outbox, api, logger } = context;
  const address = addressOf(answer.caller.place);
  if (address === null || delivery.message.private || isEphemeral(answer) || !deservesNotice(context, answer)) {
    return;
  }
  const id = `${delivery.id}/changed`;
  const { locale, channel } = address;
  const message: Message = { tone: delivery.message.tone, title: delivery.message.title, private: false };
  const options = {
    ...{ locale, mention: userOf(delivery.asker) },
    links: chat.linksTo({ what: "result", place: answer.caller.place, message: edited }, locale),
  };
  const post = (body: MessageBody) =>
    api.createMessage(channel, { ...body, body: { ...body.body, nonce: nonceOf(id), enforce_nonce: true } });
  const send = () =>
    address.reachable
      ? composeAndSend(context, message, options, (body) =>
          outbox.inLane(`channel:${channel}`, () =>
            outbox.send({ budgets: [botBudget] }, async () => post(await body())),
          ),
        )
      : followUp(context, answer, message, options);
  try {
    // A message that may already be below has mentioned them.
    const isNamed = (await notes.unseenSendOf(delivery.id)) !== undefined;
    if (!isNamed && (await notes.unseenSendOf(id)) === undefined) {
      await notes.sendUnseen<APIMessage>(id, channel, send);
    }
  } catch (error) {
    logger.info(
      { delivery: delivery.id, reason: readFailure(error).detail },
      "the notice that an answer has changed could not be sent",
    );
  }
}
