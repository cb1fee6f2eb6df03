import type { Keyv } from "keyv";
import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { JobStore } from "../job/job-store.ts";
import { needsCounting } from "./job-retention.ts";

/** How many jobs are read at a time: nobody should have to wait long for this. */
const slice = 100;
/** The pause between two slices. */
const pauseMs = 250;
const troubleMs = 60_000;
const place = "probable-charges";

/** How far the store has been read, newest first. */
interface Progress {
  /** The id of the last job that was read; null before the first. */
  after: string | null;
  isDone: boolean;
}

/**
 * Counts the probable charges of jobs from before such charges were counted: once in the life of a store, in slices,
 * each job by a separate write. A record states what was counted for it, so a job that is read twice is counted once.
 */
export class EarlierProbableCharges {
  readonly #options: { store: JobStore; state: Keyv; clock: Clock; logger: Logger };
  #cancel = () => {};
  #isStopped = false;

  constructor(options: { store: JobStore; state: Keyv; clock: Clock; logger: Logger }) {
    this.#options = options;
  }

  start(): void {
    this.#isStopped = false;
    this.#next(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #next(delayMs: number): void {
    if (!this.#isStopped) {
      this.#cancel = this.#options.clock.setTimer(delayMs, () => void this.#run());
    }
  }

  async #run(): Promise<void> {
    const { state, logger } = this.#options;
    try {
      const progress = (await state.get<Progress>(place)) ?? { after: null, isDone: false };
      if (!progress.isDone) {
        const next = await this.#countSlice(progress);
        await state.set(place, next);
        this.#next(pauseMs);
      }
    } catch (error) {
      logger.warn({ error: String(error) }, "earlier probable charges could not be counted; trying again later");
      this.#next(troubleMs);
    }
  }

  async #countSlice({ after }: Progress): Promise<Progress> {
    const { store } = this.#options;
    const jobs = await store.engine.list({ limit: slice, ...(after === null ? {} : { after }) });
    for (const { id } of jobs.filter(needsCounting)) {
      await store.change(id, (job) => (needsCounting(job) ? { job, options: {} } : null));
    }
    const last = jobs.at(-1);
    return { after: last?.id ?? after, isDone: last === undefined || jobs.length < slice };
  }
}
