import { causeOf } from "../ground/logger.ts";
import type { Job } from "../job/job.ts";
import { transition } from "../job/transition.ts";
import type { OperationContext } from "../providers/operation.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** How often what has arrived is stored and shown: a crash costs at most this much of it, in milliseconds. */
const keptEveryMs = 1_000;
/** Longer texts arrive whole at the end, so that a record that is written every second stays small. */
const maxCharacters = 60_000;

type GrowingTextOptions = Pick<WorkerOptions, "store" | "deliverer" | "clock" | "logger">;

/**
 * A text that arrives in pieces during a start: stored with its job while it grows, shown as progress, and stopped at
 * its person's wish, in whichever process that was made.
 */
export class GrowingText {
  readonly #jobId: string;
  readonly #attempt: string;
  readonly #options: GrowingTextOptions;
  readonly #stop = new AbortController();
  readonly #unwatch: () => void;
  #cancelTimer = () => {};
  #keeping: Promise<void> | undefined;
  #text = "";
  #kept = "";
  #ended = false;

  constructor(job: Job, attempt: string, options: GrowingTextOptions) {
    this.#jobId = job.id;
    this.#attempt = attempt;
    this.#options = options;
    this.#unwatch = options.store.watch((changed) => this.#notice(changed));
    this.#notice(job);
    this.#keepLater();
  }

  /** The context of the start, with what it needs for its text. */
  within(context: OperationContext): OperationContext {
    return { ...context, onText: (piece) => this.#take(piece), stop: this.#stop.signal };
  }

  /**
   * Nothing more is taken or shown afterwards. What arrived last is stored now, unless the start's output repeats it:
   * of a text that broke off, the record is all there is.
   */
  async end({ isRepeated }: { isRepeated: boolean }): Promise<void> {
    this.#ended = true;
    this.#cancelTimer();
    this.#unwatch();
    await this.#keeping;
    if (!isRepeated && this.#text.toWellFormed() !== this.#kept) {
      await this.#store();
    }
  }

  #take(piece: string): void {
    const isFirst = this.#text === "";
    if (this.#text.length + piece.length <= maxCharacters) {
      this.#text += piece;
    }
    if (isFirst && piece !== "") {
      this.#keep();
    }
  }

  #notice({ id, cancelWish }: Job): void {
    if (id === this.#jobId && cancelWish !== undefined) {
      this.#stop.abort();
    }
  }

  #keepLater(): void {
    this.#cancelTimer = this.#options.clock.setTimer(keptEveryMs, () => {
      this.#keep();
      this.#keepLater();
    });
  }

  /** Stores what has arrived since; while a slow store still writes the last of it, nothing. */
  #keep(): void {
    if (this.#ended || this.#keeping !== undefined) {
      return;
    }
    this.#keeping = this.#store().finally(() => {
      this.#keeping = undefined;
    });
  }

  async #store(): Promise<void> {
    const { store, clock, deliverer, logger } = this.#options;
    const text = this.#text.toWellFormed();
    try {
      if (text === this.#kept) {
        // Somebody may have stopped it in another process.
        const job = await store.read(this.#jobId);
        if (job !== null) this.#notice(job);
        return;
      }
      const job = await store.change(this.#jobId, (current) =>
        current.state.phase === "starting" && current.state.attempt === this.#attempt
          ? { job: transition(current, { event: "text-grew", attempt: this.#attempt, text }, clock.now()), options: {} }
          : null,
      );
      if (job !== null) {
        this.#kept = text;
        this.#notice(job);
        // Not waited for: a slow platform must not keep what arrives from being stored.
        if (!this.#ended) void deliverer.progress(job);
      }
    } catch (error) {
      logger.warn({ jobId: this.#jobId, error: causeOf(error) }, "a part of a text could not be stored");
    }
  }
}
