import { backoffMs } from "../backoff.ts";
import { type Failure, failureOf } from "../errors/errors.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { DailyCounter } from "../policy.ts";
import type { OperationContext, StartEnd } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import { randomId } from "../random.ts";
import type { Job } from "./job.ts";
import type { ApplyEnd } from "./job-store.ts";
import { type Recorder, resourcesOf } from "./recorder.ts";
import type { PreparedStep } from "./steps.ts";
import { deferralsOf } from "./transition.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** How long until a start that was put off is tried again, when the vendor gives no hint. */
const deferral = { firstMs: 2_000, longestMs: 5 * 60_000 };
/** A job that waits for a free place is woken when one is freed; this is only the net below that. */
const waitingForPlace = { firstMs: 5_000, longestMs: 60_000 };

/** Makes the one paid start of a step: the intent is stored before it and its end after it, whatever the end is. */
export class Starter {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;

  constructor(options: WorkerOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
  }

  /** Returns whether there is more to do right now. */
  async start(job: Job, provider: Provider, step: PreparedStep, signal: AbortSignal): Promise<boolean> {
    const { store, policy, random, clock, deliverer } = this.#options;
    const attempt = randomId(random, "attempt");
    const balanceBefore = await this.#recorder.balance(provider);
    const counters = policy.countersFor(job, clock.now());
    const [places, placesOfCaller] = resourcesOf(job, provider);
    const perCaller = provider.limits.concurrentPerCaller;
    const begun = await store.apply(
      job,
      {
        event: "dispatched",
        step: step.step.name,
        attempt,
        ...(balanceBefore === undefined ? {} : { balanceBefore }),
      },
      {
        wakeAt: clock.now(),
        admission: {
          holds: [
            { resource: places, max: provider.limits.concurrent },
            ...(perCaller === undefined ? [] : [{ resource: placesOfCaller, max: perCaller }]),
          ],
          rate: { name: provider.id, max: provider.limits.startsPerSecond, windowMs: 1_000 },
          counters,
        },
      },
    );
    if (begun.end !== "written") {
      return this.#notAdmitted(job, begun, counters);
    }
    await deliverer.progress(begun.job);
    if (signal.aborted) {
      return false;
    }
    const context = this.#options.operationContext(begun.job, provider, signal);
    const end = await this.#startOnce(provider, step, context);
    await this.#record(begun.job, provider, step, attempt, end, counters, signal);
    return true;
  }

  /** A start was under way when its process ended: nobody knows, unless its result was already kept. */
  async resumeCutOff(job: Job, step: string, attempt: string): Promise<void> {
    const { store, media, providers, clock } = this.#options;
    const provider = providers.find(job.provider);
    const made = await media.madeBy(job.id, step);
    const options = { wakeAt: clock.now(), release: true };
    if (made.length > 0) {
      await store.apply(job, { event: "step-done", step, attempt, assets: made.map(({ id }) => id) }, options);
    } else {
      const sentence: Sentence = { key: "job.cut-off", values: { provider: provider?.title ?? job.provider } };
      const failure = unknownFailure(sentence, job.provider);
      const evidence = await this.#recorder.evidence(job, provider, step, failure);
      await store.apply(job, { event: "start-unknown", evidence }, options);
    }
    if (provider !== undefined) {
      await this.#recorder.wakeNext(job, provider);
    }
  }

  /** The one paid start. A provider that throws instead of telling is taken at its worst. */
  async #startOnce(provider: Provider, step: PreparedStep, context: OperationContext): Promise<StartEnd> {
    try {
      return await step.operation.start(step.request, context);
    } catch (error) {
      this.#options.logger.error({ error: String(error), provider: provider.id }, "a start threw");
      return { end: "unknown", failure: failureOf(error, "unknown") };
    }
  }

  async #notAdmitted(
    job: Job,
    end: Exclude<ApplyEnd, { end: "written" }>,
    counters: readonly DailyCounter[],
  ): Promise<boolean> {
    const { store, random, clock, deliverer } = this.#options;
    switch (end.end) {
      case "conflict":
        return true;
      case "too-fast":
        return (await store.save(job, { wakeAt: end.retryAt })).end === "conflict";
      case "full": {
        const wakeAt = clock.now() + backoffMs(waitingForPlace, end.ahead + 1, random);
        const waiting = await store.apply(job, { event: "waited", ahead: end.ahead }, { wakeAt });
        if (waiting.end === "written") {
          await deliverer.progress(waiting.job);
        }
        return waiting.end === "conflict";
      }
      case "over": {
        const { scope, max } = counters.find(({ name }) => name === end.counter) ?? { scope: "total", max: 0 };
        const sentence: Sentence = { key: `job.hold.budget-${scope}`, values: { max } };
        await store.apply(job, { event: "held", hold: { reason: "budget", sentence } }, { wakeAt: clock.now() });
        return true;
      }
      default:
        return end satisfies never;
    }
  }

  async #record(
    job: Job,
    provider: Provider,
    step: PreparedStep,
    attempt: string,
    end: StartEnd,
    counters: readonly DailyCounter[],
    signal: AbortSignal,
  ): Promise<void> {
    const now = this.#options.clock.now();
    const recorder = this.#recorder;
    switch (end.end) {
      case "done":
        try {
          await recorder.recordDone(job, provider, step.step.name, attempt, end.output, signal);
        } catch (error) {
          await this.#recordUnknown(job, provider, step, recorder.failureOf(error, job, "unknown"));
        }
        return;
      case "operation": {
        const { reference, requestId, checkAfterMs } = end;
        await recorder.record(
          job,
          provider,
          { event: "operation-begun", attempt, reference, ...(requestId === undefined ? {} : { requestId }) },
          { wakeAt: now + (checkAfterMs ?? step.operation.firstCheckAfterMs ?? 2_000) },
        );
        return;
      }
      case "not-sent":
        await this.#defer(job, provider, end.failure, undefined, counters);
        return;
      case "refused": {
        const { failure } = end;
        if (failure.retry.kind === "later") {
          await this.#defer(job, provider, failure, failure.retry.afterMs, counters);
          return;
        }
        const uncount = failure.charged === "no" ? { uncount: [...counters] } : {};
        await recorder.record(
          job,
          provider,
          { event: "start-refused", failure },
          { wakeAt: now, release: true, ...uncount },
        );
        return;
      }
      case "unknown":
        await this.#recordUnknown(job, provider, step, end.failure);
        return;
      default:
        end satisfies never;
    }
  }

  /** Nothing began: back into the queue, at once the first time the vendor says so, then at growing distances. */
  async #defer(
    job: Job,
    provider: Provider,
    failure: Failure,
    hintMs: number | undefined,
    counters: readonly DailyCounter[],
  ): Promise<void> {
    const { clock, random } = this.#options;
    const before = deferralsOf(job);
    const growing = backoffMs(deferral, before + 1, random);
    const waitMs = hintMs === 0 && before === 0 ? 0 : Math.max(hintMs ?? 0, growing);
    await this.#recorder.record(
      job,
      provider,
      { event: "start-deferred", failure },
      { wakeAt: clock.now() + waitMs, release: true, uncount: [...counters] },
    );
  }

  async #recordUnknown(job: Job, provider: Provider, step: PreparedStep, failure: Failure): Promise<void> {
    const evidence = await this.#recorder.evidence(job, provider, step.step.name, failure);
    await this.#recorder.record(
      job,
      provider,
      { event: "start-unknown", evidence },
      { wakeAt: this.#options.clock.now(), release: true },
    );
  }
}

/** Nobody knows, so nothing is done by itself. */
export function unknownFailure(sentence: Sentence, provider: string): Failure {
  return { kind: "unknown", sentence, charged: "unknown", retry: { kind: "never" }, provider };
}
