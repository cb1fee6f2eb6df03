import { backoffMs } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Deliverer } from "../delivery.ts";
import { type Failure, failureOf, internalFailure, ToolcastError } from "../errors/errors.ts";
import type { Estimates } from "../estimates.ts";
import type { Logger } from "../logger.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Policy } from "../policy.ts";
import type { CheckEnd, Operation, OperationContext, Output, StartEnd } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { ProviderRegistry } from "../providers/registry.ts";
import { type Random, randomId } from "../random.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { Lease } from "./engine.ts";
import type { Evidence, Job } from "./job.ts";
import type { ApplyEnd, JobStore } from "./job-store.ts";
import { keepOutput } from "./keep-output.ts";
import type { Preparer } from "./preparer.ts";
import { type PreparedStep, planSteps, stepContext } from "./steps.ts";
import { stepOf, transition } from "./transition.ts";

/** How long until a start that was put off is tried again, when the vendor gives no hint. */
const deferral = { firstMs: 2_000, longestMs: 5 * 60_000 };
/** How long until a check that could not be made is made again. */
const missedCheck = { firstMs: 1_000, longestMs: 60_000 };
/** A job that waits for a free place is woken when one is freed; this is only the net below that. */
const waitingForPlace = { firstMs: 5_000, longestMs: 60_000 };
/** How often a parked job looks whether its tool and provider are back. */
const parkedMs = 60_000;
/** Evidence is gathered in passing: it never delays a start for longer. */
const balanceTimeoutMs = 3_000;

export interface WorkerOptions {
  store: JobStore;
  tools: (name: string) => SpendingTool | undefined;
  providers: ProviderRegistry;
  media: MediaStore;
  voices: VoiceBook;
  policy: Policy;
  preparer: Preparer;
  deliverer: Deliverer;
  estimates: Estimates;
  /** What an operation of this job may use. */
  operationContext(job: Job, provider: Provider, signal: AbortSignal): OperationContext;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/** Advances one job as far as it goes, by one arrow at a time; each arrow ends with a write. */
export class Worker {
  readonly #options: WorkerOptions;
  #stopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** From now on no new paid start is made; those in flight end. */
  stopStarting(): void {
    this.#stopping = true;
  }

  async advance({ jobId, signal }: Lease): Promise<void> {
    for (let goesOn = true; goesOn && !signal.aborted; ) {
      const job = await this.#options.store.read(jobId);
      goesOn = job !== null && (await this.#advanceOnce(job, signal));
    }
  }

  /** Returns whether there is more to do right now. */
  async #advanceOnce(job: Job, signal: AbortSignal): Promise<boolean> {
    switch (job.state.phase) {
      case "queued":
        return this.#advanceQueued(job, signal);
      case "starting":
        return this.#resumeCutOff(job, job.state.step, job.state.attempt);
      case "running":
        return this.#advanceRunning(job, job.state, signal);
      case "held":
        if (job.state.hold.reason === "parked" && this.#find(job) !== null) {
          await this.#options.store.apply(job, { event: "released", by: "toolcast" }, { wakeAt: this.#now() });
          return true;
        }
        await this.#options.deliverer.deliver(job, job.state.hold.reason === "parked" ? this.#now() + parkedMs : null);
        return false;
      default:
        await this.#options.deliverer.deliver(job, null);
        return false;
    }
  }

  async #advanceQueued(job: Job, signal: AbortSignal): Promise<boolean> {
    const { store, preparer, voices, media } = this.#options;
    const found = this.#find(job);
    if (found === null) {
      const missing = this.#options.tools(job.tool) === undefined ? job.tool : job.provider;
      const sentence: Sentence = { key: "job.hold.parked", values: { missing } };
      await store.apply(
        job,
        { event: "held", hold: { reason: "parked", sentence } },
        { wakeAt: this.#now() + parkedMs, release: true },
      );
      return true;
    }
    const { tool, provider } = found;
    if (!job.prepared) {
      return this.#prepare(job, tool, provider, signal);
    }
    const next = job.steps.find((step) => step.state !== "done");
    if (next === undefined) {
      const asset = (id: string) => media.read(id);
      await tool.finish?.(job, job.input, {
        voices,
        sampleHash: async (id) => (await asset(id))?.hash ?? "",
      });
      await store.apply(job, { event: "finished" }, { wakeAt: this.#now() });
      return true;
    }
    if (this.#stopping) {
      return false;
    }
    const step = planSteps(tool, job.input, provider)?.find((entry) => entry.step.name === next.name);
    if (step === undefined) {
      return this.#reject(job, internalFailure());
    }
    try {
      const request = step.step.request(await stepContext(tool, job, media, voices));
      step.operation.validate?.(request);
      preparer.assertReachable(provider, step.operation);
      return await this.#start(job, provider, { ...step, request }, signal);
    } catch (error) {
      return this.#reject(job, this.#failureOf(error, job));
    }
  }

  async #prepare(job: Job, tool: SpendingTool, provider: Provider, signal: AbortSignal): Promise<boolean> {
    try {
      const input = await this.#options.preparer.prepare(job, tool, provider, signal);
      await this.#options.store.apply(job, { event: "prepared", input }, { wakeAt: this.#now() });
      return true;
    } catch (error) {
      if (signal.aborted) {
        return false;
      }
      return this.#reject(job, this.#failureOf(error, job));
    }
  }

  async #start(job: Job, provider: Provider, step: PreparedStep, signal: AbortSignal): Promise<boolean> {
    const { store, policy, random } = this.#options;
    const attempt = randomId(random, "attempt");
    const counters = policy.countersFor(job, this.#now());
    const balanceBefore = await this.#balance(provider, signal);
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
        wakeAt: this.#now(),
        admission: {
          holds: [
            { resource: provider.id, max: provider.limits.concurrent },
            ...(perCaller === undefined ? [] : [{ resource: `${provider.id}:${job.caller.id}`, max: perCaller }]),
          ],
          rate: { name: provider.id, max: provider.limits.startsPerSecond, windowMs: 1_000 },
          counters,
        },
      },
    );
    if (begun.end !== "written") {
      return this.#notAdmitted(job, begun, counters);
    }
    await this.#options.deliverer.progress(begun.job);
    if (signal.aborted) {
      return false;
    }
    const context = this.#options.operationContext(begun.job, provider, signal);
    const end = await this.#startOnce(provider, step, context);
    await this.#recordStart(begun.job, provider, step, attempt, end, context);
    return true;
  }

  /** The one paid start. A provider that throws instead of telling is taken at its worst. */
  async #startOnce(provider: Provider, step: PreparedStep, context: OperationContext): Promise<StartEnd> {
    try {
      return await step.operation.start(step.request, context);
    } catch (error) {
      this.#options.logger.error({ error: String(error), provider: provider.id }, "a start threw");
      const failure = failureOf(error, "unknown");
      return { end: "unknown", failure: { ...failure, charged: "unknown" } };
    }
  }

  async #notAdmitted(
    job: Job,
    end: Exclude<ApplyEnd, { end: "written" }>,
    counters: ReturnType<Policy["countersFor"]>,
  ): Promise<boolean> {
    const { store, random } = this.#options;
    switch (end.end) {
      case "conflict":
        return true;
      case "too-fast":
        await store.save(job, { wakeAt: end.retryAt });
        return false;
      case "full": {
        const wakeAt = this.#now() + backoffMs(waitingForPlace, end.ahead + 1, random);
        const waiting = await store.apply(job, { event: "waited", ahead: end.ahead }, { wakeAt });
        if (waiting.end === "written") {
          await this.#options.deliverer.progress(waiting.job);
        }
        return waiting.end === "conflict";
      }
      case "over": {
        const scope = counters.find(({ name }) => name === end.counter)?.scope ?? "total";
        const max = counters.find(({ name }) => name === end.counter)?.max ?? 0;
        const sentence: Sentence = { key: `job.hold.budget-${scope}`, values: { max } };
        await store.apply(job, { event: "held", hold: { reason: "budget", sentence } }, { wakeAt: this.#now() });
        return true;
      }
      default:
        return end satisfies never;
    }
  }

  async #recordStart(
    job: Job,
    provider: Provider,
    step: PreparedStep,
    attempt: string,
    end: StartEnd,
    context: OperationContext,
  ): Promise<void> {
    const now = this.#now();
    switch (end.end) {
      case "done":
        await this.#recordDone(job, provider, step.step.name, attempt, end.output, context.signal);
        return;
      case "operation":
        await this.#record(
          job,
          provider,
          {
            event: "operation-begun",
            attempt,
            reference: end.reference,
            ...(end.requestId === undefined ? {} : { requestId: end.requestId }),
          },
          { wakeAt: now + (end.checkAfterMs ?? step.operation.firstCheckAfterMs ?? 2_000) },
        );
        return;
      case "not-sent":
      case "refused": {
        const { failure } = end;
        const uncount = this.#options.policy
          .countersFor(job, job.state.phase === "starting" ? job.state.since : now)
          .map(({ name, amount }) => ({ name, amount }));
        const again = end.end === "not-sent" ? { kind: "later" as const } : failure.retry;
        if (again.kind === "later") {
          const afterMs = Math.max(
            ("afterMs" in again ? again.afterMs : undefined) ?? 0,
            backoffMs(deferral, this.#deferrals(job) + 1, this.#options.random),
          );
          const immediate = "afterMs" in again && again.afterMs === 0 && this.#deferrals(job) === 0;
          await this.#record(
            job,
            provider,
            { event: "start-deferred", failure },
            { wakeAt: immediate ? now : now + afterMs, release: true, uncount },
          );
        } else {
          await this.#record(
            job,
            provider,
            { event: "start-refused", failure },
            { wakeAt: now, release: true, ...(failure.charged === "no" ? { uncount } : {}) },
          );
        }
        return;
      }
      case "unknown": {
        const evidence = await this.#evidence(job, provider, step.step.name, end.failure, context.signal);
        await this.#record(job, provider, { event: "start-unknown", evidence }, { wakeAt: now, release: true });
        return;
      }
      default:
        end satisfies never;
    }
  }

  async #recordDone(
    job: Job,
    provider: Provider,
    step: string,
    attempt: string | undefined,
    output: Output,
    signal: AbortSignal,
  ): Promise<void> {
    const { media } = this.#options;
    const addresses = output.media.flatMap((medium) => ("url" in medium ? [medium] : []));
    if (attempt !== undefined && addresses.length > 0) {
      const { facts, charge, requestId } = output;
      const produced = {
        media: addresses,
        ...(facts === undefined ? {} : { facts }),
        ...(charge === undefined ? {} : { charge }),
        ...(requestId === undefined ? {} : { requestId }),
      };
      await this.#record(job, provider, { event: "result-made", attempt, produced }, { wakeAt: this.#now() });
      return;
    }
    const assets = await keepOutput({ job, step, output, media, signal });
    const startedAt = stepOf(job, step).startedAt ?? this.#now();
    await this.#record(
      job,
      provider,
      {
        event: "step-done",
        step,
        ...(attempt === undefined ? {} : { attempt }),
        assets: assets.map(({ id }) => id),
        ...(output.facts === undefined ? {} : { facts: output.facts }),
        ...(output.charge === undefined ? {} : { charge: output.charge }),
        ...(output.requestId === undefined ? {} : { requestId: output.requestId }),
      },
      { wakeAt: this.#now(), release: true },
    );
    await this.#options.estimates.record(`${job.provider}:${job.tool}:${step}`, this.#now() - startedAt);
  }

  /**
   * Stores what a vendor said. When somebody wrote in between (a wish to cancel, or another process that took the start
   * for cut off) it is applied to the newest version, so that an answer once received is never lost.
   */
  async #record(
    job: Job,
    provider: Provider,
    event: Parameters<typeof transition>[1],
    options: Parameters<JobStore["apply"]>[2],
  ): Promise<void> {
    const { store, clock } = this.#options;
    await store.change(job.id, (current) => ({ job: transition(current, event, clock.now()), options }));
    if (options.release) {
      await this.#wakeNext(provider);
    }
  }

  async #wakeNext(provider: Provider): Promise<void> {
    const { engine } = this.#options.store;
    const next = await engine.nextInLine(provider.id);
    if (next !== null) {
      await engine.wake(next, this.#now());
    }
  }

  /** A start was under way when its process ended: nobody knows, unless its result was already kept. */
  async #resumeCutOff(job: Job, step: string, attempt: string): Promise<boolean> {
    const { store, media, providers } = this.#options;
    const provider = providers.find(job.provider);
    const made = await media.madeBy(job.id, step);
    if (made.length > 0) {
      const assets = made.map(({ id }) => id);
      await store.apply(job, { event: "step-done", step, attempt, assets }, { wakeAt: this.#now(), release: true });
    } else {
      const failure: Failure = {
        kind: "unknown",
        sentence: { key: "job.cut-off", values: { provider: provider?.title ?? job.provider } },
        charged: "unknown",
        retry: { kind: "never" },
        provider: job.provider,
      };
      const evidence = await this.#evidence(job, provider, step, failure, AbortSignal.timeout(balanceTimeoutMs));
      await store.apply(job, { event: "start-unknown", evidence }, { wakeAt: this.#now(), release: true });
    }
    if (provider !== undefined) {
      await this.#wakeNext(provider);
    }
    return true;
  }

  async #advanceRunning(
    job: Job,
    state: Extract<Job["state"], { phase: "running" }>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const found = this.#find(job);
    if (found === null) {
      await this.#options.store.save(job, { wakeAt: this.#now() + parkedMs });
      return false;
    }
    const { tool, provider } = found;
    const step = stepOf(job, state.step);
    const operation = planSteps(tool, job.input, provider)?.find((entry) => entry.step.name === state.step)?.operation;
    const context = this.#options.operationContext(job, provider, signal);
    if (operation === undefined) {
      return this.#miss(job, internalFailure("unknown"), state.failedChecks);
    }
    try {
      if (step.produced !== undefined) {
        await this.#recordDone(job, provider, state.step, undefined, step.produced, signal);
        return true;
      }
      if (job.cancelWish !== undefined && job.cancelWish.vendor === undefined) {
        return await this.#cancelAtVendor(job, provider, operation, step.reference ?? null, context);
      }
      if (operation.check === undefined) {
        throw new Error(`${provider.id} has begun something it cannot be asked about`);
      }
      const end = await operation.check(step.reference ?? null, context);
      return await this.#recordCheck(job, provider, operation, state, end, signal);
    } catch (error) {
      if (signal.aborted) {
        return false;
      }
      if (this.#now() - state.since > operation.maxDurationMs) {
        return this.#overdue(job, provider, operation, state.step, signal);
      }
      return this.#miss(job, this.#failureOf(error, job, "unknown"), state.failedChecks);
    }
  }

  async #recordCheck(
    job: Job,
    provider: Provider,
    operation: Operation<unknown>,
    state: Extract<Job["state"], { phase: "running" }>,
    end: CheckEnd,
    signal: AbortSignal,
  ): Promise<boolean> {
    const now = this.#now();
    switch (end.state) {
      case "done":
        await this.#recordDone(job, provider, state.step, undefined, end.output, signal);
        return true;
      case "failed":
        await this.#record(
          job,
          provider,
          { event: "operation-failed", failure: end.failure },
          { wakeAt: now, release: true },
        );
        return true;
      case "pending": {
        if (now - state.since > operation.maxDurationMs) {
          return this.#overdue(job, provider, operation, state.step, signal);
        }
        const progressed = await this.#options.store.apply(
          job,
          {
            event: "progressed",
            queued: end.queued ?? false,
            ...(end.fraction === undefined ? {} : { fraction: end.fraction }),
            ...(end.reference === undefined ? {} : { reference: end.reference }),
          },
          { wakeAt: now + (end.checkAfterMs ?? 5_000) },
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

  async #cancelAtVendor(
    job: Job,
    provider: Provider,
    operation: Operation<unknown>,
    reference: Parameters<NonNullable<Operation<unknown>["cancel"]>>[0],
    context: OperationContext,
  ): Promise<boolean> {
    const vendor = (await operation.cancel?.(reference, context)) ?? "goes-on";
    await this.#record(
      job,
      provider,
      { event: "cancel-answered", vendor },
      { wakeAt: this.#now(), release: vendor === "stopped" },
    );
    return true;
  }

  async #overdue(
    job: Job,
    provider: Provider,
    operation: Operation<unknown>,
    step: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const failure: Failure = {
      kind: "unknown",
      sentence: {
        key: "job.overdue",
        values: { provider: provider.title, limit: { durationMs: operation.maxDurationMs } },
      },
      charged: "unknown",
      retry: { kind: "never" },
      provider: provider.id,
    };
    const evidence = await this.#evidence(job, provider, step, failure, signal);
    await this.#record(job, provider, { event: "operation-overdue", evidence }, { wakeAt: this.#now(), release: true });
    return true;
  }

  async #miss(job: Job, failure: Failure, failedChecks: number): Promise<boolean> {
    const wakeAt = this.#now() + backoffMs(missedCheck, failedChecks + 1, this.#options.random);
    const end = await this.#options.store.apply(job, { event: "check-missed", failure }, { wakeAt });
    return end.end === "conflict";
  }

  async #reject(job: Job, failure: Failure): Promise<boolean> {
    await this.#options.store.apply(job, { event: "rejected", failure }, { wakeAt: this.#now(), release: true });
    return true;
  }

  async #evidence(
    job: Job,
    provider: Provider | undefined,
    step: string,
    failure: Failure,
    signal: AbortSignal,
  ): Promise<Evidence> {
    const { balanceBefore } = stepOf(job, step);
    const balanceNow = provider === undefined ? undefined : await this.#balance(provider, signal);
    return {
      failure: { ...failure, charged: "unknown" },
      ...(balanceBefore === undefined ? {} : { balanceBefore }),
      ...(balanceNow === undefined ? {} : { balanceNow }),
    };
  }

  /** The account's balance, when the vendor tells it soon. */
  async #balance(
    provider: Provider,
    signal: AbortSignal,
  ): Promise<{ amount: number; unit: string; at: number } | undefined> {
    try {
      const balance = await provider.balance?.(AbortSignal.any([signal, AbortSignal.timeout(balanceTimeoutMs)]));
      return balance === undefined ? undefined : { amount: balance.amount, unit: balance.unit, at: this.#now() };
    } catch {
      return undefined;
    }
  }

  #find(job: Job): { tool: SpendingTool; provider: Provider } | null {
    const tool = this.#options.tools(job.tool);
    const provider = this.#options.providers.find(job.provider);
    if (tool === undefined || provider === undefined) {
      return null;
    }
    const names = tool.steps(job.input).map(({ name }) => name);
    return names.length === job.steps.length && job.steps.every(({ name }, index) => name === names[index])
      ? { tool, provider }
      : null;
  }

  #deferrals(job: Job): number {
    const since = job.timeline.findLastIndex(({ event }) => event === "step-done" || event === "released");
    return job.timeline.slice(since + 1).filter(({ event }) => event === "start-deferred").length;
  }

  #failureOf(error: unknown, job: Job, charged: Failure["charged"] = "no"): Failure {
    if (!ToolcastError.isInstance(error)) {
      this.#options.logger.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error), jobId: job.id },
        "a job met an unexpected error",
      );
    }
    return failureOf(error, charged);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
