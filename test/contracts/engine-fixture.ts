import type { Job } from "@toolcast/core";
import type { Clock, JobEngine, Lease, Random, WriteEnd, WriteOptions } from "@toolcast/core/engine";
import { expect } from "vitest";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { createSeededRandom } from "../seeded-random.ts";

/** The lease and poll that an engine under contract is opened with. */
export const leaseMs = 30_000;
export const pollMs = 1_000;

/** One store, opened by a first process. */
export interface OpenedEngine {
  engine: JobEngine;
  /** A second process on the same store; with a clock of its own it can be made to die. */
  another(clock?: Clock): Promise<JobEngine>;
  /** Closes every engine and removes the store. */
  close(): Promise<void>;
}

/** Opens an empty store with leases of {@link leaseMs} and polls of {@link pollMs}. */
export type OpenEngine = (options: { clock: Clock; random: Random }) => Promise<OpenedEngine>;

export interface Fixture extends OpenedEngine {
  clock: ManualClock;
}

/** Gives a test an empty store and takes it away again. */
export function withEngine(open: OpenEngine, test: (fixture: Fixture) => Promise<void>): () => Promise<void> {
  return async () => {
    const clock = createManualClock();
    const opened = await open({ clock, random: createSeededRandom() });
    try {
      await test({ ...opened, clock });
    } finally {
      await opened.close();
    }
  };
}

/** Stores a job and returns it as stored. */
export async function stored(engine: JobEngine, job: Job, options: WriteOptions = { wakeAt: null }): Promise<Job> {
  const { created, job: result } = await engine.create(job, options);
  expect(created).toBe(true);
  return result;
}

/** Writes the newest version of a job, changed; expects that nobody is in the way. */
export async function rewrite(
  engine: JobEngine,
  id: string,
  options: WriteOptions,
  change: Partial<Job> = {},
): Promise<WriteEnd> {
  const job = await engine.read(id);
  expect(job).not.toBeNull();
  return engine.write({ ...job!, ...change }, options);
}

/** A process that can be killed: its timers stop, what it awaits never comes. */
export function createMortalClock(clock: Clock): Clock & { die(): void } {
  let dead = false;
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    setTimer(delayMs, callback) {
      return clock.setTimer(delayMs, () => {
        if (!dead) {
          callback();
        }
      });
    },
    die() {
      dead = true;
    },
  };
}

/** An `advance` that notes what it was handed and ends when told. */
export function createAdvance() {
  const leases: Lease[] = [];
  const waiting = new Map<string, { resolve: () => void; reject: (reason: unknown) => void }>();
  return {
    leases,
    /** The ids handed out so far, in order. */
    handed: () => leases.map((lease) => lease.jobId),
    advance(lease: Lease): Promise<void> {
      leases.push(lease);
      return new Promise<void>((resolve, reject) => waiting.set(lease.jobId, { resolve, reject }));
    },
    finish: (id: string) => waiting.get(id)!.resolve(),
    fail: (id: string, reason: unknown) => waiting.get(id)!.reject(reason),
  };
}

/** The surfaces of a process that delivers nowhere. */
export const nowhere = (): string[] => [];
