import { sleep } from "../ground/clock.ts";
import type { Message } from "../surface/message.ts";
import { answerLane, type ShowOptions } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";

const againAfterMs = { first: 1_000, longest: 30_000 };

/**
 * Tells only the asker what is wrong with a request, and removes the first answer that everybody sees before that.
 * False if the answer itself has to say so: only its asker sees it, or it cannot be removed.
 */
export async function tellAlone(
  context: ChatContext,
  id: string,
  message: Message,
  buttons: NonNullable<ShowOptions["buttons"]>,
): Promise<boolean> {
  const { answers, outbox, port, clock, logger, readFailure } = context;
  for (let waitMs = againAfterMs.first; ; waitMs = Math.min(waitMs * 2, againAfterMs.longest)) {
    const end = await outbox.inLane(answerLane({ id }), async () => {
      const answer = await answers.read(id);
      if (answer === null || answer.caller.private || port.withdraw === undefined) {
        return "not-alone";
      }
      // Stored before it is removed: another process then knows why it is gone.
      await answers.change(id, { withdrawn: true });
      let isWithdrawn = false;
      try {
        isWithdrawn = await port.withdraw(answer);
        if (isWithdrawn) {
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
        await answers.change(id, { withdrawn: undefined });
        return "not-alone";
      }
      await answers.change(id, { pending: undefined, watched: undefined });
      return "told";
    });
    if (end !== "again") {
      return end === "told";
    }
    await sleep(clock, waitMs);
  }
}
