import { type Failure, internalFailure } from "../errors/errors.ts";
import { asStorageError, StorageError } from "../errors/storage-error.ts";
import type { Lease } from "../job/engine.ts";
import { type Hold, isAtRest, type Job } from "../job/job.ts";
import { isOfUnknownFormat } from "../job/read-job.ts";
import { releasedStore } from "../job/store-identity.ts";
import type { JobEvent } from "../job/transition.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { SpendingTool } from "../tools/tool.ts";
import { Checker } from "./checker.ts";
import { CutOffStarts } from "./cut-off-starts.ts";
import type { Interruptions } from "./interruptions.ts";
import { LateLooks } from "./late-looks.ts";
import type { PlannedJob } from "./planned-job.ts";
import { Recorder } from "./recorder.ts";
import type { Starting } from "./same-key.ts";
import { Starter } from "./starter.ts";
import { type PreparedStep, stepContext } from "./steps.ts";
import { TakenJob } from "./taken-job.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** How often to check whether a parked job's tool and provider are back. */
const parkedMs = 60_000;
/** How often to check whether what a job needs can be read and stored again. */
const waitingForStorageMs = 15_000;

/** Advances one job as far as possible, one transition at a time; each ends with a write. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;
  readonly #starter: Starter;
  readonly #cutOffStarts: CutOffStarts;
  readonly #checker: Checker;
  #interruptions: Promise<Interruptions> | undefined;
  readonly #lateLooks: LateLooks;
  #stopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options);
    this.#starter = new Starter(options, this.#recorder);
    this.#cutOffStarts = new CutOffStarts(options, this.#recorder, this.#starter);
    this.#checker = new Checker(options, this.#recorder);
    this.#lateLooks = new LateLooks(options, this.#recorder);
  }

  /** Makes no new paid starts from now on; those under way are finished. */
  stopStarting(): void {
    this.#stopping = true;
  }

  async advance(lease: Lease): Promise<void> {
    const { jobId, signal } = lease;
    const taken = new TakenJob(this.#options);
    let isCounted = !lease.isTakenOver;
    for (let goesOn = true; goesOn && !signal.aborted; ) {
      let job = await this.#options.store.read(jobId);
      if (job !== null && isOfUnknownFormat(job)) {
        // Left to a process of the newer version. Woken again for it, because claiming the job has used up its wake-up.
        return this.#options.store.engine.wake(jobId, this.#now() + parkedMs);
      }
      if (job !== null && !isCounted) {
        const interruptions = await this.#loadInterruptions();
        job = await interruptions.count(job);
        if (job === null) {
          continue;
        }
        isCounted = true;
        const waitMs = interruptions.untilLastChanceMs(job);
        if (waitMs > 0) {
          return this.#options.store.engine.wake(jobId, this.#now() + waitMs);
        }
      }
      goesOn = job !== null && (await (lease.isHeld() ? this.#advanceOnce(job, taken, lease) : this.#handBack(job)));
    }
  }

  /**
   * Gives the job back after this process was suspended for so long that the lease expired: another process may have
   * the job, and what looks cut off may be under way there. Makes it due again, because claiming the job has used up
   * its wake-up.
   */
  async #handBack(job: Job): Promise<boolean> {
    return (await this.#options.store.save(job, { wakeAt: this.#now() })).end === "conflict";
  }

  /** Loaded once a process has died at work, which few ever see. */
  #loadInterruptions(): Promise<Interruptions> {
    this.#interruptions ??= import("./interruptions.ts").then((loaded) => new loaded.Interruptions(this.#options));
    return this.#interruptions;
  }

  /** Returns whether there is more to do right now. */
  async #advanceOnce(job: Job, taken: TakenJob, lease: Lease): Promise<boolean> {
    const { state } = job;
    const interruptions = job.interrupted === undefined ? null : await this.#loadInterruptions();
    const isSetAside = interruptions?.isSetAside(job) ?? false;
    if (interruptions !== null && isSetAside && state.phase !== "starting") {
      const isParked = state.phase === "held" && state.hold.reason === "parked";
      await interruptions.setAside(job, isParked ? this.#now() + parkedMs : null, lease);
      return state.phase === "queued" || state.phase === "running";
    }
    switch (state.phase) {
      case "queued":
        return this.#advanceQueued(job, taken, lease);
      case "starting":
        return this.#resumeStart(job, state, taken, lease, { mayAskAgain: !isSetAside });
      case "running": {
        const planned = taken.plan(job);
        return planned === null ? this.#waitRunning(job) : this.#checker.check(job, state, planned, lease.signal);
      }
      case "held":
        return this.#advanceHeld(job, state.hold, taken, lease);
      default:
        return this.#advanceAtRest(job, taken, lease);
    }
  }

  /** A start whose process was cut off, or whose vendor gave no clear answer. */
  async #resumeStart(
    job: Job,
    state: Starting,
    taken: TakenJob,
    lease: Lease,
    { mayAskAgain }: { mayAskAgain: boolean },
  ): Promise<boolean> {
    const prepare = async () => {
      if (!mayAskAgain) {
        return null;
      }
      const planned = taken.plan(job);
      try {
        const step = planned && (await this.#prepare(job, planned, taken, state.step, lease.signal));
        return planned === null || step === null || "event" in step ? null : { planned, step };
      } catch (error) {
        if (asStorageError(error) instanceof StorageError) {
          throw error;
        }
        // The request could be made before, and nobody can say any more what it was.
        this.#options.logger.error({ jobId: job.id, error: String(error) }, "a start cannot be asked for again");
        return null;
      }
    };
    return this.#cutOffStarts.settle(job, taken, state, { lease, prepare });
  }

  /** Delivers notices first; then asks about starts whose end may still come. */
  async #advanceAtRest(job: Job, taken: TakenJob, lease: Lease): Promise<boolean> {
    const nextAt = this.#lateLooks.nextAt(job);
    await this.#options.deliverer.deliver(job, nextAt, lease);
    if (this.#stopping || nextAt === null || nextAt > this.#now()) {
      return false;
    }
    const current = await this.#options.store.read(job.id);
    if (current === null || !isAtRest(current)) {
      return false;
    }
    // A notice that was just noted as sent says nothing about when the look was.
    return this.#lateLooks.look(current, job.updatedAt, taken, lease.signal);
  }

  async #advanceHeld(job: Job, hold: Hold, taken: TakenJob, lease: Lease): Promise<boolean> {
    if (hold.reason !== "parked") {
      await this.#options.deliverer.deliver(job, null, lease);
      return false;
    }
    if (taken.plan(job) === null) {
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

  async #advanceQueued(job: Job, taken: TakenJob, lease: Lease): Promise<boolean> {
    const { signal } = lease;
    const { store } = this.#options;
    const planned = taken.plan(job);
    if (planned === null) {
      return this.#park(job);
    }
    const next = job.steps.find((step) => step.state !== "done");
    if (next === undefined) {
      return this.#finish(job, planned.tool);
    }
    if (this.#stopping) {
      // Made due again, because claiming the job has used up its wake-up.
      return (await store.save(job, { wakeAt: this.#now() })).end === "conflict";
    }
    if (this.#options.identity.held() !== null) {
      return (await store.save(job, { wakeAt: this.#now(), needsSurface: releasedStore })).end === "conflict";
    }
    const isUnbegun = job.prepared && job.steps.every(({ state }) => state === "waiting");
    const hold = isUnbegun ? await this.#questionBefore(job, planned) : null;
    if (hold !== null) {
      await store.apply(job, { event: "held", hold }, { wakeAt: this.#now() });
      return true;
    }
    let prepared: JobEvent | PreparedStep;
    try {
      prepared = await this.#prepare(job, planned, taken, next.name, signal);
    } catch (error) {
      const trouble = asStorageError(error);
      if (signal.aborted) {
        return false;
      }
      return trouble instanceof StorageError
        ? this.#waitForStorage(job, trouble)
        : this.#reject(job, this.#recorder.failureOf(error, job));
    }
    // Outside the try block: trouble with the store must not fail the job; the schedule tries again.
    if ("event" in prepared) {
      await store.apply(job, prepared, { wakeAt: this.#now() });
      return true;
    }
    return this.#starter.start(job, planned, prepared, lease);
  }

  /** What the asker must agree to first. */
  async #questionBefore(job: Job, planned: PlannedJob): Promise<Hold | null> {
    const { policy, sizeWarning } = this.#options;
    const isAboutPrice = policy.asksForPrice(job);
    return (
      (await sizeWarning.holdFor(job, planned)) ??
      (isAboutPrice ? { reason: "price", sentence: { key: "job.hold.price" } } : null)
    );
  }

  /** The step to start, once everything about it has been checked; or first the event that makes the job ready. */
  async #prepare(
    job: Job,
    { tool, provider, steps }: PlannedJob,
    taken: TakenJob,
    name: string,
    signal: AbortSignal,
  ): Promise<JobEvent | PreparedStep> {
    const { preparer, voices, media } = this.#options;
    if (!job.prepared) {
      const fetched = { ...job, input: await preparer.fetchLinks(job, tool, signal) };
      const planned = taken.plan(fetched);
      if (planned === null) {
        throw new Error(`${tool.name} has other steps for a fetched file than for its link`);
      }
      await preparer.check(fetched, planned);
      const { input } = fetched;
      const price = await preparer.price(fetched, planned);
      return { event: "prepared", input, price };
    }
    const planned = steps.find(({ step }) => step.name === name);
    if (planned === undefined) {
      throw new Error(`${provider.id} cannot do step ${name} any more`);
    }
    const request = planned.step.request(await stepContext(tool, job, media, voices));
    planned.operation.validate?.(request);
    preparer.assertReachable(provider, planned.operation);
    return { ...planned, request };
  }

  /** Waits, because what it needs cannot be read or stored now, which is not the request's fault. */
  async #waitForStorage(job: Job, { failure }: StorageError): Promise<boolean> {
    const wakeAt = this.#now() + waitingForStorageMs;
    return (await this.#options.store.apply(job, { event: "rested", failure }, { wakeAt })).end === "conflict";
  }

  /** Waits, because its provider or tool is gone while the vendor works: nothing can be asked, but nothing is lost. */
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

  #now(): number {
    return this.#options.clock.now();
  }
}
