import type { Clock } from "../ground/clock.ts";
import { hasEnded, type Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** How often to look for changes by other processes while somebody watches, in milliseconds. */
const lookMs = 1_000;
/** The most changes that one look reads at once. */
const pageSize = 1_000;

/** Reports every change of a job: those of this process immediately, those of others within about a second. */
export class JobWatch {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #listeners = new Set<(job: Job) => void>();
  /** The versions that were reported before the look that will meet them: a change is reported once. */
  readonly #reported = new Map<string, number>();
  readonly #unwatch: () => void;
  /** From where the next look goes on; null while nobody watches. */
  #cursor: Promise<string> | null = null;
  #cancelTimer: (() => void) | undefined;

  constructor(store: JobStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#unwatch = store.watch((job) => this.#tell(job));
  }

  add(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    if (this.#cursor === null) {
      this.#cursor = this.#begin();
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
      // Whatever is written after this is reported.
      await this.#cursor;
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

  /** Where the changes begin that are to be reported. */
  async #begin(): Promise<string> {
    try {
      return (await this.#store.engine.changes(null)).cursor;
    } catch {
      // The store is in trouble or closed: until it answers, nothing changes in it.
      return "";
    }
  }

  #lookLater(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.setTimer(lookMs, () => void this.#look());
  }

  #stopLooking(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#cursor = null;
    this.#reported.clear();
  }

  async #look(): Promise<void> {
    const began = this.#cursor;
    const cursor = await began;
    const next = cursor === null ? null : await this.#read(cursor, () => this.#cursor === began);
    // Somebody may have stopped and begun to watch, and so set a cursor and a timer, during the query.
    if (this.#cursor === began && began !== null) {
      this.#cursor = Promise.resolve(next ?? "");
      this.#lookLater();
    }
  }

  /** Reports what has changed since; returns from where to go on. */
  async #read(from: string, isWanted: () => boolean): Promise<string> {
    let cursor = from;
    try {
      if (cursor === "") {
        return (await this.#store.engine.changes(null)).cursor;
      }
      for (;;) {
        const page = await this.#store.engine.changes(cursor, pageSize);
        if (!isWanted()) {
          return cursor;
        }
        for (const job of page.jobs) {
          this.#meet(job);
        }
        cursor = page.cursor;
        if (page.jobs.length < pageSize) {
          return cursor;
        }
      }
    } catch {
      // The store is in trouble or closed: the next look goes on from here.
      return cursor;
    }
  }

  /** A change that a look has found. */
  #meet(job: Job): void {
    const reported = this.#reported.get(job.id) ?? 0;
    if (reported <= job.version) {
      this.#reported.delete(job.id);
    }
    if (reported < job.version) {
      this.#notify(job);
    }
  }

  /** A change that this process has made. */
  #tell(job: Job): void {
    if (this.#listeners.size > 0) {
      this.#reported.set(job.id, job.version);
      this.#notify(job);
    }
  }

  #notify(job: Job): void {
    for (const listener of this.#listeners) {
      listener(job);
    }
  }
}

function isSettled(job: Job): boolean {
  return hasEnded(job) || job.state.phase === "unresolved" || job.state.phase === "held";
}
