import { type Clock, sleep } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import { assetsOf, endedPhases, type Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { isOfUnknownFormat } from "../job/read-job.ts";
import { isOver } from "../job/scrub-job.ts";
import type { MediaStore } from "../media/store.ts";
import { type Policy, startCounters } from "../money/policy.ts";

/** How many jobs are read and removed in one transaction. */
const slice = 50;
/** The pause between two slices, in milliseconds: other writes come first. */
const pauseMs = 100;
const counterSlice = 500;
/** Daily limits are counted for one day; another two allow for time zones and for starts that are taken back late. */
const keptDays = 3;
const dayMs = 24 * 60 * 60_000;

interface JobRetentionOptions {
  store: JobStore;
  media: Pick<MediaStore, "read">;
  /** How many days ended jobs are kept after their last change; 0 for ever. */
  retentionDays: number;
  /** Knows the calendar days by which limits are counted. */
  policy: Pick<Policy, "dayOf">;
  clock: Clock;
  logger: Logger;
}

/**
 * Removes the records of jobs that ended long ago and have nothing left to deliver, to wait for or to point at. Their
 * keys and the marks of their requests stay, so that no old event starts anything again, and so do the ledger's sums.
 */
export class JobRetention {
  readonly #options: JobRetentionOptions;

  constructor(options: JobRetentionOptions) {
    this.#options = options;
  }

  /** Removes everything past its time, slice by slice. Stops after the current slice when `signal` is aborted. */
  async sweep(signal: AbortSignal): Promise<void> {
    await this.#sweepCounters();
    const { retentionDays, clock, logger } = this.#options;
    if (retentionDays === 0) {
      return;
    }
    const before = clock.now() - retentionDays * dayMs;
    let removed = 0;
    for (let after: string | undefined; !signal.aborted; ) {
      const page = await this.#options.store.engine.list({
        ...{ phases: endedPhases, oldestFirst: true, createdBefore: before, limit: slice, after },
      });
      const gone = await Promise.all(page.map((job) => this.#removeIfOver(job, before)));
      removed += gone.filter(Boolean).length;
      // A page begins after a job that is still there.
      after = page.findLast((_job, place) => !gone[place])?.id ?? after;
      if (page.length < slice) {
        break;
      }
      await sleep(clock, pauseMs, signal);
    }
    if (removed > 0) {
      logger.info({ removed }, "the records of jobs past their retention were removed; their sums and keys stay");
    }
  }

  async #removeIfOver(job: Job, before: number): Promise<boolean> {
    const { store } = this.#options;
    if (job.updatedAt >= before || !(await this.#isOver(job))) {
      return false;
    }
    if (needsCounting(job)) {
      // Its probable charges are counted by any write; it goes at the next sweep.
      await store.change(job.id, (current) => (needsCounting(current) ? { job: current, options: {} } : null));
      return false;
    }
    return store.engine.remove(job.id, job.version);
  }

  /** Whether nothing is left to happen, to be delivered or to be found: media stay together with their job. */
  async #isOver(job: Job): Promise<boolean> {
    if (isOfUnknownFormat(job) || !isOver(job) || job.notices.some(({ state }) => state === "unknown")) {
      return false;
    }
    const media = await Promise.all(assetsOf(job).map((id) => this.#options.media.read(id)));
    return media.every((asset) => asset === null);
  }

  async #sweepCounters(): Promise<void> {
    const { store, clock, policy } = this.#options;
    const before = startCounters(policy.dayOf(clock.now() - keptDays * dayMs));
    while ((await store.engine.removeCounters(startCounters(""), before, counterSlice)) > 0) {}
  }
}

/** Whether the job must be written; every write counts it. One that was counted already would not change the sums. */
export function needsCounting(job: Job): boolean {
  const isUnclear = job.state.phase === "unresolved" || job.steps.some(({ earlier }) => earlier !== undefined);
  const mayHaveCost = job.state.phase === "failed" && job.state.failure.charged !== "no";
  return job.probable === undefined && !job.erased && (isUnclear || mayHaveCost) && !isOfUnknownFormat(job);
}
