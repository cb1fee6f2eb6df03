import type { Locale } from "../ground/locale.ts";
import { say } from "../messages/sentence.ts";
import type { Message } from "../surface/message.ts";
import type { Delivery } from "../surface/surface.ts";
import { answerLane } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";
import { answerOf } from "./first-answer.ts";
import { linksTo } from "./message-links.ts";

/** Where a result was sent instead of into the first answer. */
export type Elsewhere =
  /** A message in the same conversation; null if it has no address. */
  { below: string | null } | { direct: true };

/**
 * Makes a first answer say that its result was sent elsewhere; otherwise it would show progress for ever. A failure is
 * only logged, because the result has arrived anyway.
 */
export async function tellElsewhere(context: ChatContext, delivery: Delivery, where: Elsewhere, locale: Locale) {
  const answer = await answerOf(context, delivery);
  if (answer !== null) {
    await context.outbox.inLane(answerLane(answer), () => tellElsewhereInLane(context, delivery, where, locale));
  }
}

/** The same, for a caller that holds the answer's lane. */
export async function tellElsewhereInLane(
  context: ChatContext,
  delivery: Delivery,
  where: Elsewhere,
  locale: Locale,
): Promise<void> {
  const { answers, port, logger, readFailure } = context;
  const { tone, private: isPrivate } = delivery.message;
  const goesOn = tone === "question" || tone === "warning";
  const way = "direct" in where ? "direct" : "below";
  const key = goesOn ? (`answer.goes-on-${way}` as const) : (`answer.result-${way}` as const);
  const message: Message = { tone, title: say({ key }, locale), private: isPrivate };
  const below = "direct" in where ? null : where.below;
  const links = linksTo(port, { what: "result", place: delivery.place, message: below }, locale);
  try {
    const answer = await answerOf(context, delivery);
    if (answer === null || answer.shown?.media) {
      return;
    }
    await port.edit(answer, message, { locale, links, pointsElsewhere: true }, "result").catch((error: unknown) => {
      // If the platform allows an edit later after all, the answer must not show the same as the other message.
      if (readFailure(error).kind !== "refused") {
        throw error;
      }
    });
    await answers.change(answer.id, {
      pending: undefined,
      watched: undefined,
      shown: { delivery: delivery.id, media: false },
    });
  } catch (error) {
    logger.debug({ delivery: delivery.id, reason: readFailure(error).detail }, "the first answer stays as it was");
  }
}
