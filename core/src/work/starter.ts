import { type Failure, failureOf } from "../errors/errors.ts";
import { backoffMs } from "../ground/backoff.ts";
import { randomId } from "../ground/random.ts";
import type { Lease } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { type ApplyEnd, untilShownMs } from "../job/job-store.ts";
import { deferralsOf, TransitionError } from "../job/transition.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { DailyCounter } from "../money/policy.ts";
import type { OperationContext, Price, StartEnd } from "../providers/operation.ts";
import { readPrice, readStartEnd } from "../providers/plugin-answers.ts";
import type { Provider } from "../providers/provider.ts";
import type { SpendingTool } from "../tools/tool.ts";
import { nextCheckAfter } from "./check-pause.ts";
import { GrowingText } from "./growing-text.ts";
import { isAccountBusy, waitInPause } from "./pause.ts";
import { type PlannedJob, stepNames } from "./planned-job.ts";
import { placesTaken, type Recorder, resourcesOf } from "./recorder.ts";
import { answerOf, askLater, type Starting } from "./same-key.ts";
import { notMade } from "./start-failures.ts";
import { kindsMade, type PreparedStep } from "./steps.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** How long until a deferred start is tried again, if the vendor gives no hint. */
const deferral = { firstMs: 2_000, longestMs: 5 * 60_000 };
/** After so many deferrals, some hours, the job fails and says why. */
const mostDeferrals = 60;
/** How long until a start that waits for room on the disk is tried again. */
const waitingForRoom = { firstMs: 15_000, longestMs: 15_000 };

/** Makes the one paid start of a step: stores the intent before it and the end after it, whatever the end is. */
export class Starter {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;

  constructor(options: WorkerOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
  }

  /** Returns whether there is more to do right now. */
  async start(job: Job, planned: PlannedJob, step: PreparedStep, lease: Lease): Promise<boolean> {
    const { store, policy, random, clock, deliverer, circuits, media } = this.#options;
    const { provider } = planned;
    const restsUntil = await circuits.waitUntil(provider.id);
    if (restsUntil !== null) {
      return this.#rest(job, planned, restsUntil);
    }
    const { trouble } = await media.condition();
    if (trouble !== null) {
      // The result could not be stored: nothing is spent before there is room.
      return waitInPause(store, job, trouble.failure, {
        name: "room",
        until: clock.now() + backoffMs(waitingForRoom, 1, random),
      });
    }
    const attempt = randomId(random, "attempt");
    const [balanceBefore, price] = await Promise.all([this.#recorder.balance(provider), this.#priceOf(job, step)]);
    const counters = policy.countersFor(job, clock.now());
    const [places, placesOfCaller] = resourcesOf(job);
    const perCaller = provider.limits.concurrentPerCaller;
    if (!lease.isHeld()) {
      // Suspended too long: another process may have the job and would take our stored intent for a start that was cut
      // off.
      return true;
    }
    const begun = await store.apply(
      job,
      {
        event: "dispatched",
        step: step.step.name,
        attempt,
        balanceBefore,
        price,
      },
      {
        wakeAt: clock.now(),
        // If it was the one that waited for a pause to end, the next may find out now.
        release: true,
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
    // Never aborted by us, even if the lease is lost: whichever process has the job needs the answer. Providers limit
    // the duration of their starts themselves.
    const context = this.#options.operationContext(begun.job, provider, new AbortController().signal);
    const growing = step.operation.streams ? new GrowingText(begun.job, attempt, this.#options) : undefined;
    const start = () => this.#startOnce(provider, step, growing === undefined ? context : growing.within(context));
    const end: StartEnd = lease.isHeld() ? await start() : notMade(provider);
    await growing?.end({ isRepeated: end.end === "done" });
    return this.#record(begun.job, planned, step, attempt, end, counters, lease.signal);
  }

  /** What this start will cost, for the probable charges if its end stays unknown; undefined if nobody can say. */
  async #priceOf(job: Job, { operation, request }: PreparedStep): Promise<Price | undefined> {
    if (job.steps.length === 1) {
      return job.price;
    }
    try {
      return readPrice(await operation.price(request), job.provider);
    } catch (error) {
      this.#options.logger.warn({ jobId: job.id, error: String(error) }, "a start could not be priced");
      return undefined;
    }
  }

  /** Passes the job to another provider, or lets it wait until this one may be asked again. */
  async #rest(job: Job, { tool, provider }: PlannedJob, until: number): Promise<boolean> {
    const failure: Failure = {
      kind: "unreachable",
      sentence: { key: "job.provider-rests", values: { provider: provider.title, until: { instant: until } } },
      charged: "no",
      retry: { kind: "later" },
      provider: provider.id,
    };
    if (await this.#goElsewhere(job, tool, undefined, failure, [])) {
      return true;
    }
    return waitInPause(this.#options.store, job, failure, { name: provider.id, until });
  }

  /** Returns whether another provider does the job instead. To be called only if nothing was started at this one. */
  async #goElsewhere(
    job: Job,
    tool: SpendingTool,
    attempt: string | undefined,
    failure: Failure,
    counters: readonly DailyCounter[],
  ): Promise<boolean> {
    const { choice, clock, providers } = this.#options;
    const instead = await choice.instead(tool, job, failure);
    if (instead === null) {
      return false;
    }
    const { planned, price } = instead;
    const { provider: next, plan } = planned;
    await this.#recorder.record(
      job,
      {
        event: "provider-changed",
        attempt,
        provider: next.id,
        title: next.title,
        from: providers.find(job.provider)?.title ?? { en: job.provider, "zh-CN": job.provider },
        plan,
        steps: stepNames(planned),
        price,
        failure,
      },
      { wakeAt: clock.now(), release: true, uncount: [...counters] },
    );
    return true;
  }

  /** Asks with the key of a start that is under way and whose answer nobody saw; returns whether there is more to do. */
  async askAgain(
    job: Job,
    { attempt }: Starting,
    { planned, step }: { planned: PlannedJob; step: PreparedStep },
    signal: AbortSignal,
  ): Promise<boolean> {
    const context = this.#options.operationContext(job, planned.provider, new AbortController().signal);
    const end = await this.#startOnce(planned.provider, step, context);
    const answer = answerOf(end);
    if (answer.answered) {
      return this.#record(job, planned, step, attempt, end, [], signal);
    }
    await this.#noteHealth(planned.provider, end);
    const { failure, again } = answer;
    if (again && (await askLater(this.#options, this.#recorder, { job, ...step, failure }))) {
      return false;
    }
    await this.#recordUnknown(job, planned.provider, step, attempt, failure);
    return true;
  }

  /** Makes the one paid start. If the provider throws instead of returning an end, the end is unknown. */
  async #startOnce(provider: Provider, step: PreparedStep, context: OperationContext): Promise<StartEnd> {
    try {
      return readStartEnd(await step.operation.start(step.request, context), provider.id);
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
    const { store, clock, deliverer } = this.#options;
    switch (end.end) {
      case "conflict":
        return true;
      case "too-fast":
        // It waits in line, and the engine wakes it when the rate allows its start.
        return false;
      case "full": {
        // It waits in line, and whoever gives back a slot that it can take wakes it. Looked at once more if its first
        // answer may be under way, which cannot be edited until it is shown.
        const mayBeUnderWay = job.acknowledgement !== undefined && !("ahead" in job.state);
        const wakeAt = mayBeUnderWay ? clock.now() + untilShownMs : null;
        // Nothing is kept while waiting for more: two jobs could wait for each other.
        const waiting = await store.apply(job, { event: "waited", ahead: end.ahead }, { wakeAt, release: true });
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
    { tool, provider }: PlannedJob,
    step: PreparedStep,
    attempt: string,
    end: StartEnd,
    counters: readonly DailyCounter[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const now = this.#options.clock.now();
    const recorder = this.#recorder;
    await this.#noteHealth(provider, end);
    switch (end.end) {
      case "done":
        try {
          await recorder.recordDone(job, step.step.name, attempt, end.output, {
            kinds: kindsMade(step.step),
            signal,
            givesUp: () => true,
            finishes: tool.finish === undefined,
          });
        } catch (error) {
          if (error instanceof TransitionError) {
            throw error;
          }
          await this.#recordUnknown(job, provider, step, attempt, recorder.failureOf(error, job, "unknown"));
        }
        return true;
      case "operation": {
        const { reference, requestId, checkAfterMs: suggestedMs = step.operation.firstCheckAfterMs ?? 2_000 } = end;
        const watched = { job, step: step.step.name, ageMs: 0, suggestedMs, provider };
        const checkAfterMs = await nextCheckAfter(this.#options, watched);
        await recorder.record(
          job,
          { event: "operation-begun", attempt, reference, requestId },
          {
            wakeAt: now + checkAfterMs,
            admission: placesTaken(job),
          },
        );
        return false;
      }
      case "not-sent":
        if (await this.#goElsewhere(job, tool, attempt, end.failure, counters)) {
          return true;
        }
        if (end.failure.retry.kind === "later" && deferralsOf(job) < mostDeferrals) {
          await this.#defer(job, attempt, end.failure, end.failure.retry.afterMs, counters);
          return false;
        }
        await recorder.record(
          job,
          { event: "start-refused", attempt, failure: end.failure },
          { wakeAt: now, release: true, uncount: [...counters] },
        );
        return true;
      case "refused": {
        const { failure } = end;
        if (await this.#goElsewhere(job, tool, attempt, failure, counters)) {
          return true;
        }
        if (failure.retry.kind === "later" && deferralsOf(job) < mostDeferrals) {
          await this.#defer(job, attempt, failure, failure.retry.afterMs, counters);
          return false;
        }
        if (failure.retry.kind === "never" && failure.charged === "unknown") {
          // The answer does not show whether anything was started: that is as unknown as without an answer.
          await this.#recordUnknown(job, provider, step, attempt, failure);
          return true;
        }
        const uncount = failure.charged === "no" ? { uncount: [...counters] } : {};
        await recorder.record(
          job,
          { event: "start-refused", attempt, failure },
          { wakeAt: now, release: true, ...uncount },
        );
        return true;
      }
      case "unknown":
        if (await askLater(this.#options, recorder, { job, ...step, failure: end.failure })) {
          return false;
        }
        await this.#recordUnknown(job, provider, step, attempt, end.failure);
        return true;
      default:
        return end satisfies never;
    }
  }

  async #noteHealth(provider: Provider, { end }: StartEnd): Promise<void> {
    const { circuits, logger } = this.#options;
    try {
      await (end === "not-sent" || end === "unknown" ? circuits.failed(provider.id) : circuits.answered(provider.id));
    } catch (error) {
      logger.warn({ provider: provider.id, error: String(error) }, "a provider's health could not be stored");
    }
  }

  /**
   * Nothing was started: queues the job again, at first immediately if the vendor says so, then after growing waits.
   */
  async #defer(
    job: Job,
    attempt: string,
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
      { event: "start-deferred", attempt, failure },
      { wakeAt: clock.now() + waitMs, release: !isAccountBusy(failure), uncount: [...counters] },
    );
  }

  async #recordUnknown(
    job: Job,
    provider: Provider,
    step: PreparedStep,
    attempt: string,
    failure: Failure,
  ): Promise<void> {
    const { operation } = step;
    const evidence = await this.#recorder.evidence(job, { provider, operation }, step.step.name, failure);
    await this.#recorder.record(
      job,
      { event: "start-unknown", attempt, evidence },
      { wakeAt: this.#options.clock.now(), release: true },
    );
  }
}
