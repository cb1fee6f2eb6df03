import type { Job } from "@toolcast/core";
import type { Clock, JobEngine, Lease, Random, WriteEnd, WriteOptions } from "@toolcast/core/engine";
import { expect } from "vitest";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { createSeededRandom } from "../seeded-random.ts";

/** The lease and poll intervals with which an engine under contract is opened. */
export const leaseMs = 30_000;
export const pollMs = 1_000;

/** One store, opened by a first process. */
export interface OpenedEngine {
  engine: JobEngine;
  /** A second process on the same store; give it a clock of its own to be able to kill it. */
  another(clock?: Clock): Promise<JobEngine>;
  /** Closes every engine and removes the store. */
  close(): Promise<void>;
}

/**
 * Opens an empty store with leases of {@link leaseMs} and polls of {@link pollMs}. `stepsWithClock`: a store that has a
 * clock of its own shares this one, so that it is set together with it. Default false.
 */
export type OpenEngine = (options: {
  clock: ManualClock;
  random: Random;
  stepsWithClock?: boolean;
}) => Promise<OpenedEngine>;

export interface Fixture extends OpenedEngine {
  clock: ManualClock;
}

/** Gives a test an empty store and removes it afterwards. */
export function withEngine(
  open: OpenEngine,
  test: (fixture: Fixture) => Promise<void>,
  { stepsWithClock = false } = {},
): () => Promise<void> {
  return async () => {
    const clock = createManualClock();
    const opened = await open({ clock, random: createSeededRandom(), stepsWithClock });
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

/** Writes a change to the newest version of a job; expects no other writer. */
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

/** The clock of a process that can be killed. */
export interface MortalClock extends Clock {
  die(): void;
  isDead(): boolean;
}

/** A clock whose timers no longer fire once its process is dead; an engine opened with it then hears of nothing. */
export function createMortalClock(clock: Clock): MortalClock {
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
    isDead: () => dead,
  };
}

/** An `advance` that records the leases it gets and ends when the test calls `finish` or `fail`. */
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
