import { type Failure, failureOf, ToolcastError } from "../errors/errors.ts";
import type { Output } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { WriteOptions } from "./engine.ts";
import type { Evidence, Job, StepRecord } from "./job.ts";
import { keepOutput } from "./keep-output.ts";
import { type JobEvent, stepOf, transition } from "./transition.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** Evidence is gathered in passing: it never delays a start for longer. */
const balanceTimeoutMs = 3_000;

/** Writes down what vendors said, so that an answer once received is never lost. */
export class Recorder {
  readonly #options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /**
   * Applies the event to the newest version of the job: somebody may have wished to cancel in between, or another
   * process may have taken a slow start for cut off. A place given back goes to the next in line.
   */
  async record(job: Job, provider: Provider, event: JobEvent, options: WriteOptions): Promise<void> {
    const { store, clock } = this.#options;
    await store.change(job.id, (current) => ({ job: transition(current, event, clock.now()), options }));
    if (options.release) {
      await this.wakeNext(job, provider);
    }
  }

  /** Copies a step's result into our store and ends the step. `attempt` is given when the start itself was the end. */
  async recordDone(
    job: Job,
    provider: Provider,
    step: string,
    attempt: string | undefined,
    output: Output,
    signal: AbortSignal,
  ): Promise<void> {
    const { media, clock, estimates } = this.#options;
    const { facts, charge, requestId } = output;
    const kept = {
      ...(facts === undefined ? {} : { facts }),
      ...(charge === undefined ? {} : { charge }),
      ...(requestId === undefined ? {} : { requestId }),
    };
    const addresses = output.media.flatMap((medium) => ("url" in medium ? [medium] : []));
    if (attempt !== undefined && addresses.length > 0) {
      // The address stands in this answer only: stored before the copy is tried.
      const produced = { media: addresses, ...kept };
      await this.record(job, provider, { event: "result-made", attempt, produced }, { wakeAt: clock.now() });
      return;
    }
    const assets = (await keepOutput({ job, step, output, media, signal })).map(({ id }) => id);
    const startedAt = stepOf(job, step).startedAt ?? clock.now();
    await this.record(
      job,
      provider,
      { event: "step-done", step, ...(attempt === undefined ? {} : { attempt }), assets, ...kept },
      { wakeAt: clock.now(), release: true },
    );
    await estimates.record(`${job.provider}:${job.tool}:${step}`, clock.now() - startedAt);
  }

  /** The places this job has given back go to whoever waits longest for each. */
  async wakeNext(job: Job, provider: Provider): Promise<void> {
    const { store, clock } = this.#options;
    for (const resource of resourcesOf(job, provider)) {
      const next = await store.engine.nextInLine(resource);
      if (next !== null) {
        await store.engine.wake(next, clock.now());
      }
    }
  }

  /** What can be said about a start or an operation whose end is not known. */
  async evidence(job: Job, provider: Provider | undefined, step: string, failure: Failure): Promise<Evidence> {
    const { balanceBefore } = stepOf(job, step);
    const balanceNow = provider === undefined ? undefined : await this.balance(provider);
    return {
      failure: { ...failure, charged: "unknown" },
      ...(balanceBefore === undefined ? {} : { balanceBefore }),
      ...(balanceNow === undefined ? {} : { balanceNow }),
    };
  }

  /** The account's balance, when the vendor tells it soon. */
  async balance(provider: Provider): Promise<StepRecord["balanceBefore"]> {
    const { clock } = this.#options;
    const abort = new AbortController();
    const cancelTimer = clock.setTimer(balanceTimeoutMs, () => abort.abort());
    try {
      const balance = await provider.balance?.(abort.signal);
      return balance === undefined ? undefined : { amount: balance.amount, unit: balance.unit, at: clock.now() };
    } catch {
      return undefined;
    } finally {
      cancelTimer();
    }
  }

  /** Anything thrown, as a failure; what nobody expected goes to the log. */
  failureOf(error: unknown, job: Job, charged: Failure["charged"] = "no"): Failure {
    if (!ToolcastError.isInstance(error)) {
      this.#options.logger.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error), jobId: job.id },
        "a job met an unexpected error",
      );
    }
    return failureOf(error, charged);
  }
}

/** What one start of this job takes a place of. */
export function resourcesOf(job: Job, { id }: Provider): [provider: string, caller: string] {
  return [id, `${id}:${job.caller.id}`];
}
