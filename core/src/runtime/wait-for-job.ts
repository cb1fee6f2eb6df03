import type { Clock } from "../ground/clock.ts";
import type { Job } from "../job/job.ts";
import type { Runtime } from "./runtime.ts";

interface WaitOptions {
  /** The runtime that has the job. */
  runtime: Pick<Runtime, "settled">;
  /** Measures `waitMs`. */
  clock: Clock;
  /** The longest wait, in milliseconds. */
  waitMs: number;
  /** Aborting it ends the waiting but not the job. */
  signal?: AbortSignal | undefined;
}

/**
 * Resolves with the job once it has ended, is unresolved or is held; null if the time is up or `signal` aborts first.
 */
export async function waitForJob(jobId: string, { runtime, clock, waitMs, signal }: WaitOptions): Promise<Job | null> {
  if (waitMs <= 0 || signal?.aborted) {
    return null;
  }
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const cancelTimer = clock.setTimer(waitMs, giveUp);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await runtime.settled(jobId, patience.signal);
  } catch (error) {
    if (patience.signal.aborted) {
      return null;
    }
    throw error;
  } finally {
    cancelTimer();
    signal?.removeEventListener("abort", giveUp);
  }
}
