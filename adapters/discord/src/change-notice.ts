import type { Answer, ChangeNotice } from "@toolcast/core/chat";
import type { Delivery } from "@toolcast/core/surface";
import { composeAndSend } from "./compose.ts";
import type { DiscordChat } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { followUp } from "./follow-up.ts";
import { nonceOf } from "./nonce.ts";
import { addressOf, isEphemeral, userOf } from "./place.ts";
import { botBudget } from "./rest-failure.ts";

/**
 * A short notice below an edited first answer, which mentions the asker and links to the answer. None for answers that
 * only the asker sees.
 */
export async function sayChanged(
  { context, chat }: DiscordChat,
  delivery: Delivery,
  answer: Answer,
  edited: string,
): Promise<void> {
  const { outbox, api } = context;
  const address = addressOf(answer.caller.place);
  if (address === null || delivery.message.private || isEphemeral(answer)) {
    return;
  }
  const { locale, channel } = address;
  const send = ({ id, message, options }: ChangeNotice) => {
    const mentioning = { ...options, mention: userOf(delivery.asker) };
    const post = (body: MessageBody) =>
      api.createMessage(channel, { ...body, body: { ...body.body, nonce: nonceOf(id), enforce_nonce: true } });
    return address.reachable
      ? composeAndSend(context, message, mentioning, (body) =>
          outbox.inLane(`channel:${channel}`, () =>
            outbox.send({ budgets: [botBudget] }, async () => post(await body())),
          ),
        )
      : followUp(context, answer, message, mentioning);
  };
  await chat.tellChanged(delivery, answer, { locale, conversation: channel, answerMessage: edited, send });
}
