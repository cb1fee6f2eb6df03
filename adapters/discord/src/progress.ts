import type { Delivery } from "@toolcast/core";
import { answerLane, type DiscordContext } from "./context.ts";
import { editAnswer } from "./first-answer.ts";
import { addressOf, receiptOf } from "./place.ts";
import { offerOf } from "./renewal.ts";
import { codes, readFailure } from "./rest-failure.ts";

/** Changes as the bot's own message count against the channel's limits, which its people share. */
const slowIntervalMs = 20_000;
/** Messages whose progress is shown are remembered so many at a time. */
const remembered = 1_000;

/** Shows progress in first answers: often while their token lives, seldom later, never over a result. */
export class Progress {
  readonly #context: DiscordContext;
  readonly #slowAt = new Map<string, number>();

  constructor(context: DiscordContext) {
    this.#context = context;
  }

  async update({ place, acknowledgement, message }: Delivery): Promise<void> {
    const { outbox, records, clock } = this.#context;
    const [address, receipt] = [addressOf(place), receiptOf(acknowledgement)];
    if (address === null || receipt === null || outbox.isBusy(answerLane(receipt.interaction))) {
      return;
    }
    await outbox.inLane(answerLane(receipt.interaction), async () => {
      const record = await records.read(receipt.interaction);
      if (record === null || record.shown?.media) {
        return;
      }
      if (!records.isAlive(record)) {
        const last = this.#slowAt.get(record.id);
        if (last !== undefined && clock.monotonic() - last < slowIntervalMs) {
          return;
        }
        this.#note(record.id, clock.monotonic());
      }
      try {
        const offer = record.offers && record.job !== undefined ? offerOf(record.job, address.locale) : {};
        const id = await editAnswer(this.#context, record, message, { locale: address.locale, ...offer });
        if (record.pending !== undefined || (id !== null && record.message === undefined)) {
          await records.change(record.id, { pending: undefined, ...(id === null ? {} : { message: id }) });
        }
      } catch (error) {
        const failure = readFailure(error);
        if (failure.kind === "refused" && failure.code === codes.tooManyEdits) {
          this.#note(record.id, Number.POSITIVE_INFINITY);
        }
        throw error;
      }
    });
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
