import { backoffMs } from "../ground/backoff.ts";
import type { Clock } from "../ground/clock.ts";
import { isDue } from "../ground/due.ts";
import { dueForLook, nextLookAt, type UnclearStart, unclearStarts } from "../job/earlier-starts.ts";
import type { Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { TransitionError } from "../job/transition.ts";
import { readCheckEnd } from "../providers/plugin-answers.ts";
import { isLostForGood } from "./keep-output.ts";
import type { Recorder } from "./recorder.ts";
import { kindsMade } from "./steps.ts";
import type { TakenJob } from "./taken-job.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** Less and less often, for about two days in all: vendors forget their operations after about one. */
const lookAgain = { firstMs: 2 * 60_000, longestMs: 2 * 60 * 60_000 };
const mostLooks = 30;

/**
 * Handles a vendor's hint that something of a job has ended: makes the job due now, and every start whose end is not
 * known.
 */
export async function checkSoon(jobId: string, store: JobStore, clock: Clock): Promise<void> {
  await store.change(jobId, (job) => {
    const due = dueForLook(job, clock.now());
    return due === null ? null : { job: due, options: {} };
  });
  await store.engine.wake(jobId, clock.now());
}

/**
 * Asks vendors about starts whose end was never known. Asking costs nothing, and a late result has been paid for by its
 * person.
 */
export class LateLooks {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;

  constructor(options: WorkerOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
  }

  /**
   * When the next question about the job is due, epoch milliseconds; null for never. One that was noted before the clock
   * was set back is due now.
   */
  nextAt(job: Job): number | null {
    const at = nextLookAt(job);
    const now = this.#options.clock.now();
    return at !== null && isDue(at, job.updatedAt, now) ? Math.min(at, now) : at;
  }

  /** Asks about every start that is due, if its look was noted at `notedAt`. Returns whether any was. */
  async look(job: Job, notedAt: number, taken: TakenJob, signal: AbortSignal): Promise<boolean> {
    const now = this.#options.clock.now();
    const due = unclearStarts(job).filter(({ look }) => look.lookAt !== null && isDue(look.lookAt ?? 0, notedAt, now));
    for (const start of due) {
      await this.#lookAt(job, taken, start, signal);
    }
    return due.length > 0;
  }

  async #lookAt(job: Job, taken: TakenJob, start: UnclearStart, signal: AbortSignal): Promise<void> {
    try {
      if (await this.#ask(job, taken, start, signal)) {
        return;
      }
    } catch (error) {
      if (error instanceof TransitionError) {
        // A person has decided meanwhile, or another process has recorded the end.
        return;
      }
      if (signal.aborted) {
        throw error;
      }
      this.#options.logger.debug(
        { jobId: job.id, error: String(error) },
        "the vendor could not be asked about an unclear start",
      );
    }
    const { clock, random } = this.#options;
    const looks = (start.look.looksInVain ?? 0) + 1;
    const nextAt = looks >= mostLooks ? null : clock.now() + backoffMs(lookAgain, looks, random);
    await this.#recorder.record(job, { event: "looked-in-vain", attempt: start.attempt, nextAt }, { wakeAt: nextAt });
  }

  /** Returns whether the end is now known and recorded. */
  async #ask(
    job: Job,
    taken: TakenJob,
    { step, attempt, record }: UnclearStart,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { providers, clock, operationContext } = this.#options;
    const planned = taken.step(job, step);
    const options = { kinds: planned && kindsMade(planned.step), signal, givesUp: isLostForGood };
    if (record.produced !== undefined) {
      await this.#recorder.recordDone(job, step, attempt, record.produced, {
        ...options,
        kept: record.produced.assets ?? [],
      });
      return true;
    }
    const provider = providers.find(job.provider);
    if (provider === undefined || planned?.operation.check === undefined) {
      return false;
    }
    const context = operationContext(job, provider, signal);
    const end = readCheckEnd(await planned.operation.check(record.reference ?? null, context), provider.id);
    switch (end.state) {
      case "done":
        await this.#recorder.recordDone(job, step, attempt, end.output, options);
        return true;
      case "failed":
        await this.#recorder.record(
          job,
          { event: "operation-failed", attempt, failure: end.failure },
          { wakeAt: clock.now(), release: true },
        );
        return true;
      case "lost":
      case "pending":
        return false;
      default:
        return end satisfies never;
    }
  }
}
