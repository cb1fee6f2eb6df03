import { originOf } from "../job/earlier-starts.ts";
import type { Lease } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Operation } from "../providers/operation.ts";
import { outputFactsOf } from "./keep-output.ts";
import type { PlannedJob } from "./planned-job.ts";
import { placesTaken, type Recorder } from "./recorder.ts";
import { isKnownByKey, type Starting } from "./same-key.ts";
import { unknownFailure } from "./start-failures.ts";
import type { Starter } from "./starter.ts";
import type { PreparedStep } from "./steps.ts";
import type { TakenJob } from "./taken-job.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** What is needed to ask again with the key of a start; null if its step cannot be prepared any more. */
interface AskAgain {
  lease: Lease;
  prepare(): Promise<{ planned: PlannedJob; step: PreparedStep } | null>;
}

/** Starts whose end nobody saw: their process died, or their vendor gave no clear answer and is asked again. */
export class CutOffStarts {
  readonly #options: WorkerOptions;
  readonly #recorder: Recorder;
  readonly #starter: Starter;

  constructor(options: WorkerOptions, recorder: Recorder, starter: Starter) {
    this.#options = options;
    this.#recorder = recorder;
    this.#starter = starter;
  }

  /**
   * Settles a start that its process did not survive, or that got no clear answer: its end is unknown unless its result
   * was already stored, or the vendor can be asked again with the same key. Returns whether there is more to do.
   */
  async settle(job: Job, taken: TakenJob, state: Starting, again: AskAgain): Promise<boolean> {
    const { store, media, providers, clock, identity } = this.#options;
    const { step, attempt } = state;
    const provider = providers.find(job.provider);
    const made = await media.madeBy(job.id, originOf(job, step, attempt));
    const options = { wakeAt: clock.now(), release: true };
    if (made.length > 0) {
      const { toCopy, ...facts } = outputFactsOf(made, job.provider);
      const assets = made.map(({ id }) => id);
      await (toCopy === undefined
        ? store.apply(
            job,
            { event: "step-done", step, attempt, assets, ...facts },
            { ...options, count: this.#recorder.chargeCounters(job, facts.charge) },
          )
        : store.apply(
            job,
            { event: "result-made", attempt, produced: { media: toCopy, assets, ...facts } },
            { wakeAt: clock.now(), admission: placesTaken(job) },
          ));
      return true;
    }
    // A copy of a store must not repeat what the other one may have started.
    const mayAsk = identity.held() === null && isKnownByKey(this.#operationOf(job, taken, step), state, clock.now());
    const ready = mayAsk ? await again.prepare() : null;
    if (ready !== null) {
      // Suspended too long: another process may have the job. Otherwise it must be made due again, which the worker does.
      return again.lease.isHeld() ? this.#starter.askAgain(job, state, ready, again.lease.signal) : true;
    }
    const sentence: Sentence = { key: "job.cut-off", values: { provider: provider?.title ?? job.provider } };
    const failure = unknownFailure(sentence, job.provider);
    const operation = this.#operationOf(job, taken, step);
    const evidence = await this.#recorder.evidence(job, { provider, operation }, step, failure);
    await store.apply(job, { event: "start-unknown", attempt, evidence }, options);
    return true;
  }

  /** Undefined if its tool or provider is gone or fails: that must not keep an unclear end from being recorded. */
  #operationOf(job: Job, taken: TakenJob, name: string): Operation<unknown> | undefined {
    try {
      return taken.step(job, name)?.operation;
    } catch (error) {
      this.#options.logger.error({ jobId: job.id, error: String(error) }, "a tool could not name its steps");
      return undefined;
    }
  }
}
