import type { Clock } from "../ground/clock.ts";
import { hasEnded, type Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** How often to look for changes by other processes while somebody watches, in milliseconds. */
const lookMs = 1_000;

/** Reports every change of a job: those of this process immediately, those of others within about a second. */
export class JobWatch {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #listeners = new Set<(job: Job) => void>();
  /** The last version reported of each job: a change is reported once. */
  readonly #reported = new Map<string, number>();
  readonly #unwatch: () => void;
  #lookedAt: number;
  #cancelTimer: (() => void) | undefined;

  constructor(store: JobStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#lookedAt = clock.now();
    this.#unwatch = store.watch((job) => this.#tell(job));
  }

  add(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    if (this.#cancelTimer === undefined) {
      this.#lookedAt = this.#clock.now();
      this.#lookLater();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        this.#stopLooking();
      }
    };
  }

  /** Resolves with the job once nothing more happens without a person: ended, unresolved or held. */
  async settled(jobId: string, signal?: AbortSignal): Promise<Job> {
    const { promise, resolve, reject } = Promise.withResolvers<Job>();
    const remove = this.add((job) => {
      if (job.id === jobId && isSettled(job)) {
        resolve(job);
      }
    });
    // If aborted while the job is being read, we throw below and nobody waits for this promise.
    promise.catch(() => {});
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const job = await this.#store.read(jobId);
      if (job === null) {
        throw new Error(`There is no job ${jobId}`);
      }
      signal?.throwIfAborted();
      return isSettled(job) ? job : await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      remove();
    }
  }

  close(): void {
    this.#unwatch();
    this.#stopLooking();
    this.#listeners.clear();
  }

  #lookLater(): void {
    // Somebody may have begun to watch, and so set a timer, during the query.
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.setTimer(lookMs, () => void this.#look());
  }

  #stopLooking(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#reported.clear();
  }

  async #look(): Promise<void> {
    const since = this.#lookedAt;
    this.#lookedAt = this.#clock.now();
    try {
      // Overlaps by a second, because another process's timestamp may be stored a little after it was taken.
      const changed = await this.#store.engine.list({ changedSince: since - lookMs, limit: 1_000 });
      for (const job of changed.reverse()) {
        if ((this.#reported.get(job.id) ?? 0) < job.version) {
          this.#tell(job);
        }
      }
    } catch {
      // The store is in trouble or closed: the same period is queried again.
      this.#lookedAt = since;
    } finally {
      if (this.#listeners.size > 0) {
        this.#lookLater();
      }
    }
  }

  #tell(job: Job): void {
    if (this.#listeners.size === 0) {
      return;
    }
    this.#reported.set(job.id, job.version);
    if (hasEnded(job) && job.notices.every(({ state }) => state !== "pending" && state !== "sending")) {
      this.#clock.setTimer(lookMs * 5, () => this.#reported.delete(job.id));
    }
    for (const listener of this.#listeners) {
      listener(job);
    }
  }
}

function isSettled(job: Job): boolean {
  return hasEnded(job) || job.state.phase === "unresolved" || job.state.phase === "held";
}
