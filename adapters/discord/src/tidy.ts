import type { Delivery, Message } from "@toolcast/core";
import { compose } from "./compose.ts";
import { answerLane, type DiscordContext } from "./context.ts";
import { type Address, interactionOf, originalOf } from "./place.ts";
import { botBudget, readFailure } from "./rest-failure.ts";
import { type SentenceName, speak } from "./sentences.ts";

/** Where a result went that is not in the first answer. */
export type Elsewhere =
  /** A message in the same conversation; null for one that only its reader sees and that has no address. */
  { below: string | null } | { direct: true };

/**
 * A first answer whose result went elsewhere says so, instead of telling of progress for ever. It is a courtesy: the
 * result has arrived, whether or not this does.
 */
export function tidyAnswer(
  context: DiscordContext,
  delivery: Delivery,
  address: Address,
  where: Elsewhere,
): Promise<void> {
  const lane = answerLane(interactionOf(delivery, address));
  return context.outbox.inLane(lane, () => tidyAnswerInLane(context, delivery, address, where));
}

/** The same, for who holds the answer's lane. */
export async function tidyAnswerInLane(
  context: DiscordContext,
  delivery: Delivery,
  address: Address,
  where: Elsewhere,
): Promise<void> {
  const { outbox, api, records, logger } = context;
  const interaction = interactionOf(delivery, address);
  const original = originalOf(delivery, address);
  const { locale, channel, guild = "@me" } = address;
  const isQuestion = delivery.message.tone === "question" || delivery.message.tone === "warning";
  const below: SentenceName = isQuestion ? "continuedBelow" : "resultBelow";
  const direct: SentenceName = isQuestion ? "continuedDirect" : "resultDirect";
  const name = "direct" in where ? direct : below;
  const words: Message = { tone: delivery.message.tone, title: speak(name, locale), private: delivery.message.private };
  const links =
    "direct" in where || where.below === null
      ? []
      : [
          {
            label: speak("openResult", locale),
            url: `https://discord.com/channels/${guild}/${channel}/${where.below}`,
          },
        ];
  try {
    const record = await records.read(interaction);
    const byToken = record !== null && records.isAlive(record) ? record : null;
    if (record?.shown?.media) {
      return;
    }
    const body = await compose(context, words, { locale, links });
    if (byToken !== null) {
      await outbox.send({}, () => api.editOriginal(byToken, body));
    } else if (original !== undefined && !address.ephemeral && address.reachable) {
      await outbox.send({ budgets: [botBudget] }, () => api.editMessage(channel, original, body));
    }
    if (record !== null) {
      await records.change(interaction, { pending: undefined, shown: { delivery: delivery.id, media: false } });
    }
  } catch (error) {
    logger.debug({ delivery: delivery.id, reason: readFailure(error).words }, "the first answer stays as it was");
  }
}
