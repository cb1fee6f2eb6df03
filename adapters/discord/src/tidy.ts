import type { Delivery, Message } from "@toolcast/core";
import type { APIMessage } from "discord.js";
import { compose } from "./compose.ts";
import { answerLane, type DiscordContext } from "./context.ts";
import { type Address, receiptOf } from "./place.ts";
import { readFailure, wordsOf } from "./rest-failure.ts";
import { type SentenceName, speak } from "./sentences.ts";

/**
 * A first answer whose result went elsewhere (to `message`, or to the asker directly) says so, instead of telling of progress for ever. It is a courtesy: the
 * result has arrived, whether or not this does.
 */
export async function tidyAnswer(
  context: DiscordContext,
  delivery: Delivery,
  address: Address,
  message: APIMessage | null,
): Promise<void> {
  const { runtime, outbox, api, records, logger } = context;
  const receipt = receiptOf(delivery.acknowledgement);
  const interaction = receipt?.interaction ?? address.interaction;
  const original = receipt?.message ?? address.original;
  const { locale, channel, guild = "@me" } = address;
  const isQuestion = delivery.message.tone === "question" || delivery.message.tone === "warning";
  const below: SentenceName = isQuestion ? "continuedBelow" : "resultBelow";
  const direct: SentenceName = isQuestion ? "continuedDirect" : "resultDirect";
  const name = message === null ? direct : below;
  const words: Message = { tone: delivery.message.tone, title: speak(name, locale), private: delivery.message.private };
  const links =
    message === null
      ? []
      : [{ label: speak("openResult", locale), url: `https://discord.com/channels/${guild}/${channel}/${message.id}` }];
  try {
    await outbox.inLane(answerLane(interaction), async () => {
      const record = await records.read(interaction);
      const byToken = record !== null && records.isAlive(record) ? record : null;
      if (record?.shown?.media) {
        return;
      }
      const body = await compose(runtime, words, { locale, links });
      if (byToken !== null) {
        await outbox.send("interaction", () => api.editOriginal(byToken, body));
      } else if (original !== undefined && !address.ephemeral && address.reachable) {
        await outbox.send("bot", () => api.editMessage(channel, original, body));
      }
      if (record !== null) {
        await records.change(interaction, { pending: undefined, shown: { delivery: delivery.id, media: false } });
      }
    });
  } catch (error) {
    logger.debug({ delivery: delivery.id, reason: wordsOf(readFailure(error)) }, "the first answer stays as it was");
  }
}
