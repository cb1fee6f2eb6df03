import type { Clock } from "../clock.ts";
import type { Job } from "../jobs/job.ts";
import type { Runtime } from "../runtime.ts";

export interface WaitOptions {
  runtime: Pick<Runtime, "settled">;
  clock: Clock;
  /** Longest wait, in milliseconds. */
  waitMs: number;
  /** The caller's patience: its abort stops the waiting and never the job. */
  signal?: AbortSignal | undefined;
}

/** Until nothing more happens to the job by itself, or time is up. Rejects when the signal aborts. */
export async function waitForJob(job: Job, { runtime, clock, waitMs, signal }: WaitOptions): Promise<void> {
  signal?.throwIfAborted();
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const cancelTimer = clock.setTimer(waitMs, giveUp);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    await runtime.settled(job.id, patience.signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!patience.signal.aborted) {
      throw error;
    }
  } finally {
    cancelTimer();
    signal?.removeEventListener("abort", giveUp);
  }
}
