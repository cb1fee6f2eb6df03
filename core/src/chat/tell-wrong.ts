import { sleep } from "../ground/clock.ts";
import type { Locale } from "../ground/locale.ts";
import { answerLane, type Wrong } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";
import { fillAnswer } from "./first-answer.ts";

const againAfterMs = { first: 1_000, longest: 30_000 };

/** Says what is wrong with a request: to its asker alone if the platform allows that, otherwise in the first answer. */
export async function tellWrong(context: ChatContext, id: string, wrong: Wrong, locale: Locale): Promise<void> {
  if (!(await tellAlone(context, id, wrong))) {
    const { message, buttons } = wrong;
    await fillAnswer(context, id, { message, options: { locale, buttons } });
  }
}

/**
 * Tells only the asker, and removes the first answer that everybody sees before that. False if the answer itself has to
 * say so: only its asker sees it, or it cannot be removed.
 */
async function tellAlone(context: ChatContext, id: string, wrong: Wrong): Promise<boolean> {
  const { answers, outbox, port, clock, logger, readFailure } = context;
  for (let waitMs = againAfterMs.first; ; waitMs = Math.min(waitMs * 2, againAfterMs.longest)) {
    const end = await outbox.inLane(answerLane({ id }), async () => {
      const answer = await answers.read(id);
      if (answer === null || answer.caller.private || port.withdraw === undefined) {
        return "not-alone";
      }
      // Stored before it is removed: another process then says the same, and does not ask core again, which might accept
      // by then what the asker was assured was not started.
      await answers.change(id, { wrong });
      let isWithdrawn = false;
      try {
        isWithdrawn = await port.withdraw(answer);
        if (isWithdrawn) {
          const { message, buttons } = wrong;
          await port.tell(answer, { ...message, private: true }, { locale: answer.caller.locale, buttons });
        }
      } catch (error) {
        const failure = readFailure(error);
        logger.warn(
          { answer: id, reason: failure.detail },
          "the asker could not be shown what is wrong with a request",
        );
        if (failure.kind !== "refused" && answers.isAlive(answer)) {
          return "again";
        }
      }
      if (!isWithdrawn) {
        await answers.change(id, { wrong: undefined });
        return "not-alone";
      }
      await answers.change(id, { pending: undefined, watched: undefined, wrong: undefined });
      return "shown";
    });
    if (end !== "again") {
      return end === "shown";
    }
    await sleep(clock, waitMs);
  }
}
