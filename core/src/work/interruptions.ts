import { createHash } from "node:crypto";
import type { Deliverer } from "../delivery/delivery.ts";
import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { Lease } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import type { JobEvent } from "../job/job-event.ts";
import type { JobStore } from "../job/job-store.ts";
import type { ProviderRegistry } from "./provider-registry.ts";
import { unknownFailure } from "./start-failures.ts";

/** How many processes may end in a row while they advance a job that gets no further, before it is set aside. */
const mostInterruptions = 3;
/** Within this time jobs get their last chance one after the other, in milliseconds. */
const lastChancesMs = 60_000;

interface InterruptionsOptions {
  store: JobStore;
  providers: ProviderRegistry;
  deliverer: Deliverer;
  clock: Clock;
  logger: Logger;
}

/**
 * Jobs whose work was cut off with its process. What is to blame cannot be known: a job that ends each process that works
 * on it would end the next ones too, and with them everybody's work. After {@link mostInterruptions} in a row without any
 * progress it is left to people.
 */
export class Interruptions {
  readonly #options: InterruptionsOptions;

  constructor(options: InterruptionsOptions) {
    this.#options = options;
  }

  /** Counts one more, before anything is done for the job; null if another process has changed it meanwhile. */
  async count(job: Job): Promise<Job | null> {
    const { entries, at } = progressOf(job);
    const known = job.interrupted;
    const times = known?.entries === entries && known.at === at ? known.times + 1 : 1;
    const saved = await this.#options.store.save({ ...job, interrupted: { times, entries, at } }, {});
    return saved.end === "written" ? saved.job : null;
  }

  /**
   * How long to leave it before its last chance, in milliseconds; 0 if it is not at that. What was merely under way beside
   * the job to blame shall not be so each time, so each job has a moment of its own.
   */
  untilLastChanceMs(job: Job): number {
    const share = createHash("sha256").update(job.id).digest().readUInt32BE() / 2 ** 32;
    return job.interrupted?.times === mostInterruptions - 1 ? Math.ceil(share * lastChancesMs) : 0;
  }

  /** Whether nobody should work on it as before. */
  isSetAside(job: Job): boolean {
    const { entries, at } = progressOf(job);
    const known = job.interrupted;
    return known !== undefined && known.times >= mostInterruptions && known.entries === entries && known.at === at;
  }

  /** Leaves to people what is queued, running or being delivered; a start that was cut off is unclear in any case. */
  async setAside(job: Job, wakeAt: number | null, lease: Lease): Promise<void> {
    const { store, providers, deliverer, clock, logger } = this.#options;
    const { state, interrupted, provider } = job;
    const times = interrupted?.times ?? mostInterruptions;
    logger.error(
      { jobId: job.id, phase: state.phase, times },
      "a job was set aside: its process ended again and again",
    );
    const options = { wakeAt: clock.now() };
    switch (state.phase) {
      case "queued": {
        const sentence = { key: "job.hold.set-aside", values: { times } } as const;
        await store.apply(job, { event: "held", hold: { reason: "set-aside", sentence } }, options);
        return;
      }
      case "running": {
        const values = { times, provider: providers.find(provider)?.title ?? provider };
        const failure = unknownFailure({ key: "job.set-aside", values }, provider);
        const event: JobEvent = {
          event: "operation-overdue",
          isLeftAlone: true,
          attempt: state.attempt,
          evidence: { failure },
        };
        await store.apply(job, event, { ...options, release: true });
        return;
      }
      default:
        await deliverer.giveUp(job, { key: "job.delivery-set-aside", values: { times } }, wakeAt, lease);
    }
  }
}

function progressOf({ timeline, createdAt }: Job): { entries: number; at: number } {
  return { entries: timeline.length, at: timeline.at(-1)?.at ?? createdAt };
}
