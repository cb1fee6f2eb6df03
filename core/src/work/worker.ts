import type { Failure } from "../errors/errors.ts";
import { internalFailure } from "../errors/errors.ts";
import type { Lease } from "../job/engine.ts";
import { type Hold, isAtRest, type Job } from "../job/job.ts";
import { isOfUnknownFormat } from "../job/read-job.ts";
import type { JobEvent } from "../job/transition.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Provider } from "../providers/provider.ts";
import type { SpendingTool } from "../tools/tool.ts";
import { Checker } from "./checker.ts";
import { LateLooks } from "./late-looks.ts";
import { Recorder } from "./recorder.ts";
import { Starter } from "./starter.ts";
import { type PreparedStep, planSteps, stepContext } from "./steps.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** How often a parked job looks whether its tool and provider are back. */
const parkedMs = 60_000;

/** Advances one job as far as it goes, by one arrow at a time; each arrow ends with a write. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;
  readonly #starter: Starter;
  readonly #checker: Checker;
  readonly #lateLooks: LateLooks;
  #stopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options);
    this.#starter = new Starter(options, this.#recorder);
    this.#checker = new Checker(options, this.#recorder);
    this.#lateLooks = new LateLooks(options, this.#recorder);
  }

  /** From now on no new paid start is made; those in flight end. */
  stopStarting(): void {
    this.#stopping = true;
  }

  async advance(lease: Lease): Promise<void> {
    const { jobId, signal } = lease;
    for (let goesOn = true; goesOn && !signal.aborted; ) {
      const job = await this.#options.store.read(jobId);
      if (job !== null && isOfUnknownFormat(job)) {
        // Left to a newer process, and due again for it: what made it due was used up when it was handed to us.
        return this.#options.store.engine.wake(jobId, this.#now() + parkedMs);
      }
      goesOn = job !== null && (await (lease.isHeld() ? this.#advanceOnce(job, lease) : this.#handBack(job)));
    }
  }

  /**
   * We stood still and the lease has run out: anybody may have the job by now, and what looks cut off may be under way
   * there. Due again, since what made it due was used up when it was handed to us.
   */
  async #handBack(job: Job): Promise<boolean> {
    return (await this.#options.store.save(job, { wakeAt: this.#now() })).end === "conflict";
  }

  /** Returns whether there is more to do right now. */
  async #advanceOnce(job: Job, lease: Lease): Promise<boolean> {
    const { state } = job;
    switch (state.phase) {
      case "queued":
        return this.#advanceQueued(job, lease);
      case "starting":
        await this.#starter.resumeCutOff(job, state.step, state.attempt);
        return true;
      case "running": {
        const found = this.#find(job);
        if (found === null) {
          return this.#waitRunning(job);
        }
        return this.#checker.check(job, state, found, lease.signal);
      }
      case "held":
        return this.#advanceHeld(job, state.hold, lease);
      default:
        return this.#advanceAtRest(job, lease);
    }
  }

  /** What is to be told goes first; then what may still come of it is looked for. */
  async #advanceAtRest(job: Job, lease: Lease): Promise<boolean> {
    await this.#options.deliverer.deliver(job, this.#lateLooks.nextAt(job), lease);
    if (this.#stopping || (this.#lateLooks.nextAt(job) ?? Number.POSITIVE_INFINITY) > this.#now()) {
      return false;
    }
    const current = await this.#options.store.read(job.id);
    return current !== null && isAtRest(current) && (await this.#lateLooks.look(current, lease.signal));
  }

  async #advanceHeld(job: Job, hold: Hold, lease: Lease): Promise<boolean> {
    if (hold.reason !== "parked") {
      await this.#options.deliverer.deliver(job, null, lease);
      return false;
    }
    if (this.#find(job) === null) {
      await this.#options.deliverer.deliver(job, this.#now() + parkedMs, lease);
      return false;
    }
    await this.#options.store.apply(
      job,
      { event: "released", by: { id: "toolcast", name: "Toolcast" } },
      { wakeAt: this.#now() },
    );
    return true;
  }

  async #advanceQueued(job: Job, lease: Lease): Promise<boolean> {
    const { signal } = lease;
    const { store, policy } = this.#options;
    const found = this.#find(job);
    if (found === null) {
      return this.#park(job);
    }
    const { tool, provider } = found;
    const next = job.steps.find((step) => step.state !== "done");
    if (next === undefined) {
      return this.#finish(job, tool);
    }
    if (this.#stopping) {
      // Due again: what made it due was used up when it was handed to us.
      return (await store.save(job, { wakeAt: this.#now() })).end === "conflict";
    }
    if (job.prepared && job.steps.every(({ state }) => state === "waiting") && policy.asksForPrice(job)) {
      const hold: Hold = { reason: "price", sentence: { key: "job.hold.price" } };
      await store.apply(job, { event: "held", hold }, { wakeAt: this.#now() });
      return true;
    }
    let prepared: JobEvent | PreparedStep;
    try {
      prepared = await this.#prepare(job, tool, provider, next.name, signal);
    } catch (error) {
      return signal.aborted ? false : this.#reject(job, this.#recorder.failureOf(error, job));
    }
    // Outside of the above: trouble with the store is no fault of the job, and is tried again by the schedule.
    if ("event" in prepared) {
      await store.apply(job, prepared, { wakeAt: this.#now() });
      return true;
    }
    return this.#starter.start(job, provider, prepared, lease);
  }

  /** The step to start, once everything about it is known to be right; or first the event that makes the job ready. */
  async #prepare(
    job: Job,
    tool: SpendingTool,
    provider: Provider,
    name: string,
    signal: AbortSignal,
  ): Promise<JobEvent | PreparedStep> {
    const { preparer, voices, media } = this.#options;
    if (!job.prepared) {
      const input = await preparer.prepare(job, tool, provider, signal);
      const price = await preparer.price({ ...job, input }, tool, provider);
      return { event: "prepared", input, ...(price === undefined ? {} : { price }) };
    }
    const planned = planSteps(tool, job, provider)?.find(({ step }) => step.name === name);
    if (planned === undefined) {
      throw new Error(`${provider.id} cannot do step ${name} any more`);
    }
    const request = planned.step.request(await stepContext(tool, job, media, voices));
    planned.operation.validate?.(request);
    preparer.assertReachable(provider, planned.operation);
    return { ...planned, request };
  }

  /** Its provider or tool is gone while the vendor works: nothing can be asked, and nothing is lost. */
  async #waitRunning(job: Job): Promise<boolean> {
    const failure: Failure = { ...internalFailure("unknown"), sentence: this.#missing(job) };
    const wakeAt = this.#now() + parkedMs;
    return (await this.#options.store.apply(job, { event: "check-missed", failure }, { wakeAt })).end === "conflict";
  }

  async #finish(job: Job, tool: SpendingTool): Promise<boolean> {
    const { media, voices, store } = this.#options;
    const sampleHash = async (asset: string) => (await media.read(asset))?.hash ?? "";
    await tool.finish?.(job, job.input, { voices, sampleHash });
    await store.apply(job, { event: "finished" }, { wakeAt: this.#now() });
    return true;
  }

  async #park(job: Job): Promise<boolean> {
    await this.#options.store.apply(
      job,
      { event: "held", hold: { reason: "parked", sentence: this.#missing(job) } },
      { wakeAt: this.#now() + parkedMs },
    );
    return true;
  }

  #missing(job: Job): Sentence {
    const missing = this.#options.tools(job.tool) === undefined ? job.tool : job.provider;
    return { key: "job.hold.parked", values: { missing } };
  }

  async #reject(job: Job, failure: Failure): Promise<boolean> {
    await this.#options.store.apply(job, { event: "rejected", failure }, { wakeAt: this.#now() });
    return true;
  }

  /** The job's tool and provider, if both are here and still mean the same steps. */
  #find(job: Job): { tool: SpendingTool; provider: Provider } | null {
    const tool = this.#options.tools(job.tool);
    const provider = this.#options.providers.find(job.provider);
    if (tool === undefined || provider === undefined) {
      return null;
    }
    const names = tool.steps(job.input, job.plan).map(({ name }) => name);
    const same = names.length === job.steps.length && job.steps.every(({ name }, index) => name === names[index]);
    return same && planSteps(tool, job, provider) !== null ? { tool, provider } : null;
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
