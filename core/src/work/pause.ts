import { entryOf } from "../errors/catalog.ts";
import type { Failure } from "../errors/errors.ts";
import type { Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";

/** Nothing can start until it is over, whichever job asks. */
export interface Pause {
  /** What it concerns: a provider's id, or `room` on the disk. */
  name: string;
  /** When to look whether it is over, epoch milliseconds. */
  until: number;
}

/**
 * Lets one job wait for the end of a pause, and all others in line behind it: they cost nothing meanwhile. The next is
 * called when that one has started or needs no start any more. Returns whether the job has changed meanwhile.
 */
export async function waitInPause(
  store: JobStore,
  job: Job,
  failure: Failure,
  { name, until }: Pause,
): Promise<boolean> {
  const event = { event: "rested", failure } as const;
  const admission = { holds: [{ resource: `pause:${name}`, max: 1 }], counters: [] };
  const first = await store.apply(job, event, { wakeAt: until, admission });
  if (first.end !== "full") {
    return first.end === "conflict";
  }
  return (await store.apply(job, event, { wakeAt: null })).end === "conflict";
}

/**
 * Whether the vendor takes nothing more of this account for a while, whichever job asks: a deferred start then keeps its
 * place, because whoever got it would be refused as well.
 */
export function isAccountBusy(failure: Failure): boolean {
  return ["rate", "concurrency"].includes(failure.category ?? entryOf(failure)?.category ?? "");
}
