import { type Failure, internalFailure } from "../errors/errors.ts";
import { StorageError } from "../errors/storage-error.ts";
import { backoffMs } from "../ground/backoff.ts";
import type { Job, Phase } from "../job/job.ts";
import { stepOf, waitedFor } from "../job/transition.ts";
import { inEveryLanguage } from "../messages/sentence.ts";
import type { CheckEnd, Operation, OperationContext } from "../providers/operation.ts";
import { readCheckEnd } from "../providers/plugin-answers.ts";
import type { Provider } from "../providers/provider.ts";
import { nextCheckAfter } from "./check-pause.ts";
import { isLostForGood } from "./keep-output.ts";
import type { PlannedJob, PlannedStep } from "./planned-job.ts";
import type { Recorder } from "./recorder.ts";
import { unknownFailure } from "./start-failures.ts";
import { kindsMade } from "./steps.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** How long until a check that could not be made is repeated. */
const missedCheck = { firstMs: 1_000, longestMs: 60_000 };
const checkAgainMs = 5_000;
/**
 * After so many attempts in a row, about two minutes, we give up a result that is gone, truncated or of the wrong kind.
 */
const mostLostCopies = 8;
/** After so many attempts, about a quarter of an hour, a partial result waits no longer for the rest. */
const mostPartialCopies = 20;

type Running = Extract<Phase, { phase: "running" }>;

/**
 * Asks vendors about the state of their operations, on schedule or when a callback hints at a change, and copies what
 * they made.
 */
export class Checker {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;

  constructor(options: WorkerOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
  }

  /** Returns whether there is more to do right now. */
  async check(job: Job, state: Running, { tool, provider, steps }: PlannedJob, signal: AbortSignal): Promise<boolean> {
    const step = stepOf(job, state.step);
    const planned = steps.find((entry) => entry.step.name === state.step);
    if (planned === undefined) {
      return this.#miss(job, state, internalFailure("unknown"));
    }
    const { operation } = planned;
    const finishes = tool.finish === undefined;
    const context = this.#options.operationContext(job, provider, signal);
    try {
      if (step.produced !== undefined) {
        await this.#recorder.recordDone(job, state.step, state.attempt, step.produced, {
          kinds: kindsMade(planned.step),
          signal,
          givesUp: this.#givesUp(state, operation),
          kept: step.produced.assets ?? [],
          finishes,
        });
        return true;
      }
      if (job.cancelWish !== undefined && job.cancelWish.vendor === undefined) {
        if (await this.#cancel(job, state, operation, context)) {
          return true;
        }
      }
      if (operation.check === undefined) {
        throw new Error(`${provider.id} has started something that it cannot be asked about`);
      }
      const end = readCheckEnd(await operation.check(step.reference ?? null, context), provider.id);
      return await this.#record(job, provider, { ...planned, finishes }, state, end, signal);
    } catch (error) {
      if (signal.aborted) {
        return false;
      }
      if (error instanceof StorageError) {
        // Not the vendor's fault, and no reason to give up the result: it is fetched when there is room on the disk.
        return this.#miss(job, state, error.failure);
      }
      const failure = this.#recorder.failureOf(error, job, "unknown");
      if (this.#isOverdue(state, operation)) {
        return this.#overdue(job, provider, operation, state, failure);
      }
      return isLostForGood(failure) && state.failedChecks + 1 >= mostLostCopies
        ? this.#unresolved(job, provider, operation, state, { ...failure, provider: provider.id })
        : this.#miss(job, state, failure);
    }
  }

  async #record(
    job: Job,
    provider: Provider,
    planned: PlannedStep & { finishes: boolean },
    state: Running,
    end: CheckEnd,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { operation } = planned;
    const now = this.#options.clock.now();
    switch (end.state) {
      case "done":
        await this.#recorder.recordDone(job, state.step, state.attempt, end.output, {
          kinds: kindsMade(planned.step),
          signal,
          givesUp: this.#givesUp(state, operation),
          finishes: planned.finishes,
        });
        return true;
      case "failed": {
        const { failure } = end;
        await this.#recorder.record(
          job,
          { event: "operation-failed", attempt: state.attempt, failure },
          { wakeAt: now, release: true },
        );
        return true;
      }
      case "lost":
        return this.#unresolved(job, provider, operation, state, end.failure);
      case "pending": {
        if (this.#isOverdue(state, operation)) {
          return this.#overdue(job, provider, operation, state);
        }
        const { queued = false, fraction, reference, checkAfterMs: suggestedMs = checkAgainMs } = end;
        const watched = { job, step: state.step, ageMs: waitedFor(state, now), suggestedMs, provider };
        const checkAfterMs = await nextCheckAfter(this.#options, watched);
        const progressed = await this.#options.store.apply(
          job,
          {
            event: "progressed",
            queued,
            fraction,
            reference,
          },
          { wakeAt: now + checkAfterMs },
        );
        if (progressed.end === "written") {
          await this.#options.deliverer.progress(progressed.job);
        }
        return progressed.end === "conflict";
      }
      default:
        return end satisfies never;
    }
  }

  /** Passes the cancellation on. False if the vendor could not be asked now: the operation is checked all the same. */
  async #cancel(
    job: Job,
    { step, attempt }: Running,
    operation: Operation<unknown>,
    context: OperationContext,
  ): Promise<boolean> {
    let vendor: "stopped" | "goes-on";
    try {
      vendor = (await operation.cancel?.(stepOf(job, step).reference ?? null, context)) ?? "goes-on";
    } catch (error) {
      this.#options.logger.warn({ jobId: job.id, error: String(error) }, "a cancellation could not be passed on");
      return false;
    }
    await this.#recorder.record(
      job,
      { event: "cancel-answered", attempt, vendor },
      { wakeAt: this.#options.clock.now(), release: vendor === "stopped" },
    );
    return true;
  }

  /** When to give up a part that cannot be copied, and deliver the others. */
  #givesUp(state: Running, operation: Operation<unknown>): (trouble: Failure) => boolean {
    const looks = state.failedChecks + 1;
    return (trouble) =>
      looks >= (isLostForGood(trouble) ? mostLostCopies : mostPartialCopies) || this.#isOverdue(state, operation);
  }

  #isOverdue(state: Running, operation: Operation<unknown>): boolean {
    return waitedFor(state, this.#options.clock.now()) > operation.maxDurationMs;
  }

  /** `trouble`: why the vendor or its result could not be read at the last check. */
  async #overdue(
    job: Job,
    provider: Provider,
    operation: Operation<unknown>,
    state: Running,
    trouble?: Failure,
  ): Promise<boolean> {
    const values = { provider: provider.title, limit: { durationMs: operation.maxDurationMs } };
    const failure: Failure =
      trouble === undefined
        ? unknownFailure({ key: "job.overdue", values }, provider.id)
        : {
            ...trouble,
            ...unknownFailure(
              { key: "job.overdue-trouble", values: { ...values, reason: inEveryLanguage(trouble.sentence) } },
              provider.id,
            ),
          };
    return this.#unresolved(job, provider, operation, state, failure);
  }

  /** Leaves the operation to a person's decision: no end is to be expected. */
  async #unresolved(
    job: Job,
    provider: Provider,
    operation: Operation<unknown>,
    { step, attempt }: Running,
    failure: Failure,
  ): Promise<boolean> {
    const evidence = await this.#recorder.evidence(job, { provider, operation }, step, failure);
    await this.#recorder.record(
      job,
      { event: "operation-overdue", attempt, evidence },
      { wakeAt: this.#options.clock.now(), release: true },
    );
    return true;
  }

  async #miss(job: Job, state: Running, failure: Failure): Promise<boolean> {
    const { clock, random, store } = this.#options;
    // Beside what the vendor asks for, so that all whom it turned away do not come back at the same instant.
    const askedMs = failure.retry.kind === "later" ? (failure.retry.afterMs ?? 0) : 0;
    const wakeAt = clock.now() + askedMs + backoffMs(missedCheck, state.failedChecks + 1, random);
    return (await store.apply(job, { event: "check-missed", failure }, { wakeAt })).end === "conflict";
  }
}
