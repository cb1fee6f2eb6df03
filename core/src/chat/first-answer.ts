import { sleep } from "../ground/clock.ts";
import type { Caller } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import type { Delivery } from "../surface/surface.ts";
import { type Answer, answerLane, receiptOf, type ShowOptions } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";
import { editBeforeResult } from "./show-again.ts";

const againAfterMs = { first: 1_000, longest: 30_000 };

/**
 * Shows a placeholder; null if nothing may be started: it is not shown and its sender has seen that, or the next
 * process has to find out.
 */
export async function openAnswer(context: ChatContext, answer: Answer): Promise<Answer | null> {
  const { answers, port, turnstile, clock } = context;
  for (let waitMs = againAfterMs.first; ; waitMs = Math.min(waitMs * 2, againAfterMs.longest)) {
    const opened = await turnstile.answer(() => port.open(answer));
    if (opened.shown) {
      const there = opened.caller === undefined ? answer : { ...answer, caller: opened.caller };
      if (opened.caller !== undefined) {
        await answers.change(answer.id, { caller: opened.caller });
      }
      return withMessage(context, there, opened.message);
    }
    if (!opened.unclear) {
      await answers.remove(answer.id);
      return null;
    }
    if (port.look !== undefined) {
      const seen = await lookUntilClear(context, answer);
      if (seen === null) {
        return null;
      }
      if (seen.message !== null) {
        return withMessage(context, answer, seen.message ?? null);
      }
      if (!answer.owed) {
        await answers.remove(answer.id);
        return null;
      }
    }
    await sleep(clock, waitMs);
  }
}

/**
 * Asks the platform about a placeholder until it answers: its message, null if it is not there, undefined if it needs
 * none. Returns null if there is no answer before the handle expires: the answer stays stored for the next process.
 */
export async function lookUntilClear(
  { answers, port, clock, logger, readFailure }: ChatContext,
  answer: Answer,
): Promise<{ message: string | null | undefined } | null> {
  for (let waitMs = againAfterMs.first; ; waitMs = Math.min(waitMs * 2, againAfterMs.longest)) {
    try {
      return { message: await port.look?.(answer) };
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === "refused") {
        return { message: null };
      }
      logger.warn({ answer: answer.id, reason: failure.detail }, "a first answer could not be looked for");
    }
    if (!answers.isAlive(answer)) {
      return null;
    }
    await sleep(clock, waitMs);
  }
}

/** The message is stored right away only if nobody could look for it later. */
async function withMessage({ answers, port }: ChatContext, answer: Answer, message: string | null): Promise<Answer> {
  if (message !== null && port.look === undefined) {
    await answers.change(answer.id, { message });
  }
  return message === null ? answer : { ...answer, message };
}

/**
 * Replaces the placeholder with a message. Trying again is safe: a repeated edit shows the same thing. `asked`: who
 * asked, stored in the same write. Default: as stored.
 */
export async function fillAnswer(
  context: ChatContext,
  id: string,
  content: { message: Message; asked?: Pick<Answer, "caller">; job?: string; options: ShowOptions },
): Promise<void> {
  const { outbox, answers, clock, logger, port, readFailure } = context;
  for (let waitMs: number = againAfterMs.first; ; waitMs = Math.min(waitMs * 2, againAfterMs.longest)) {
    const edit = async (stored: Answer | null) => {
      if (stored === null) {
        return false;
      }
      const answer = { ...stored, ...content.asked };
      const settled = {
        ...content.asked,
        pending: undefined,
        ...(content.job === undefined ? { watched: undefined } : { job: content.job }),
      };
      if (answer.shown !== undefined) {
        // The result came before the message that the job has started.
        await answers.change(id, settled);
        return false;
      }
      try {
        const message = await port.edit(answer, content.message, content.options, "result");
        await answers.change(id, { ...settled, ...(message === null ? {} : { message }) });
        return false;
      } catch (error) {
        const failure = readFailure(error);
        logger.warn({ answer: id, reason: failure.detail }, "an answer could not be shown");
        if (failure.kind === "refused") {
          await answers.change(id, settled);
          return false;
        }
        return answers.isAlive(answer);
      }
    };
    const tryAgain = await outbox.inLane(answerLane({ id }), () => editBeforeResult(context, id, edit));
    if (!tryAgain) {
      return;
    }
    await sleep(clock, waitMs);
  }
}

/** An edit notifies nobody, and somebody who has waited longer than this is no longer watching. */
const lookedAtMs = 60_000;

/** Whether the asker should be notified that an answer has changed, on platforms where edits notify nobody. */
export function deservesNotice({ clock }: Pick<ChatContext, "clock">, { at }: Pick<Answer, "at">): boolean {
  return at > 0 && clock.now() - at > lookedAtMs;
}

/** The first answer that a delivery belongs to, even if it is no longer stored; null if the place is not ours. */
export async function answerOf({ answers, port }: ChatContext, delivery: Delivery): Promise<Answer | null> {
  const place = port.answerOf(delivery.place);
  if (place === null) {
    return null;
  }
  const receipt = receiptOf(delivery.acknowledgement);
  const message = receipt?.message ?? place.message;
  const known = await answers.read(receipt?.answer ?? place.id);
  if (known !== null) {
    return known.message === undefined && message !== undefined ? { ...known, message } : known;
  }
  const caller: Caller = { id: delivery.asker, name: "", locale: "en", place: delivery.place };
  const gone = { id: receipt?.answer ?? place.id, at: 0, caller, handleUntil: 0 };
  return message === undefined ? gone : { ...gone, message };
}
