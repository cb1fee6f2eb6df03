import type { Delivery } from "../surface/surface.ts";
import { type Answer, answerLane, receiptOf } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";
import { offerOf } from "./renewal.ts";
import { editBeforeResult } from "./show-again.ts";

const usualSlowMs = 20_000;
/** For how many messages the time of the last update is remembered. */
const remembered = 1_000;

/** Shows progress in first answers: often while their handle works, seldom afterwards, and never over a result. */
export class Progress {
  readonly #context: ChatContext;
  readonly #slowAt = new Map<string, number>();

  constructor(context: ChatContext) {
    this.#context = context;
  }

  async update({ place, acknowledgement, message }: Delivery): Promise<void> {
    const { outbox, answers, port, clock, readFailure } = this.#context;
    const receipt = receiptOf(acknowledgement);
    const known = receipt === null || port.answerOf(place) === null ? null : await answers.read(receipt.answer);
    if (known === null || outbox.isBusy(answerLane(known))) {
      return;
    }
    const edit = async (answer: Answer | null) => {
      if (answer === null || answer.shown?.media || !outbox.hasRoom(port.editBudgets(answer))) {
        return;
      }
      const isOwnEdit = answer.handleUntil !== undefined && !answers.isAlive(answer);
      if (isOwnEdit) {
        const last = this.#slowAt.get(answer.id);
        if (last !== undefined && clock.monotonic() - last < (port.slowProgressMs ?? usualSlowMs)) {
          return;
        }
        this.#note(answer.id, clock.monotonic());
      }
      const { locale } = answer.caller;
      try {
        const offer = answer.offers ? offerOf(this.#context, answer, locale) : {};
        const shown = await port.edit(answer, message, { locale, ...offer }, "progress");
        if (answer.pending !== undefined || (shown !== null && answer.message === undefined)) {
          await answers.change(answer.id, { pending: undefined, ...(shown === null ? {} : { message: shown }) });
        }
      } catch (error) {
        if (isOwnEdit && readFailure(error).kind === "refused") {
          // It was deleted or allows no more edits.
          this.#note(answer.id, Number.POSITIVE_INFINITY);
        }
        throw error;
      }
    };
    await outbox.inLane(answerLane(known), () => editBeforeResult(this.#context, known.id, edit));
  }

  #note(id: string, at: number): void {
    this.#slowAt.delete(id);
    this.#slowAt.set(id, at);
    if (this.#slowAt.size > remembered) {
      const [oldest = ""] = this.#slowAt.keys();
      this.#slowAt.delete(oldest);
    }
  }
}
