import type { Clock } from "../ground/clock.ts";
import type { Job } from "../job/job.ts";
import type { Runtime } from "./runtime.ts";

interface WaitOptions {
  /** Whose job it is. */
  runtime: Pick<Runtime, "settled">;
  /** Measures `waitMs`. */
  clock: Clock;
  /** The longest wait, in milliseconds. */
  waitMs: number;
  /** The asker's patience: its abort stops the waiting and never the job. */
  signal?: AbortSignal | undefined;
}

/** The job once nothing more happens to it by itself; null when the time is up or the asker has left first. */
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
