import type { Caller, Clock, Job, Runtime } from "@toolcast/core";

export interface WaitOptions {
  runtime: Runtime;
  clock: Clock;
  caller: Caller;
  waitMs: number;
  /** Stops the waiting, and never the job. */
  signal: AbortSignal;
}

/** The job once nothing more happens by itself, or as it stands when the time is up or the asker has left. */
export async function waitForJob(job: Job, { runtime, clock, caller, waitMs, signal }: WaitOptions): Promise<Job> {
  if (waitMs <= 0 || signal.aborted) {
    return job;
  }
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  const cancelTimer = clock.setTimer(waitMs, stop);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await runtime.settled(job.id, waiting.signal);
  } catch (error) {
    if (waiting.signal.aborted) {
      return (await runtime.job(job.id, caller)) ?? job;
    }
    throw error;
  } finally {
    cancelTimer();
    signal.removeEventListener("abort", stop);
  }
}
