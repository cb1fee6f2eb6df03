import type { Context } from "../context.ts";
import { XjcRefusal } from "./codes.ts";
import type { Work } from "./records.ts";
import { statusOf } from "./tasks.ts";

/**
 * Checks a new work against the account's places: 20007 while as many works as allowed are being made, 20008 while as
 * many as allowed wait. Works accepted in one burst still begin only as places become free.
 */
export function requirePlace(context: Context): void {
  const { running, queued } = count(context);
  if (running >= context.limits.worksRunning) throw new XjcRefusal(20007);
  if (queued >= context.limits.worksQueued) throw new XjcRefusal(20008);
}

/** The instant at which another work can begin. */
export function nextFreePlace(context: Context): number {
  const ends = openWorks(context)
    .map((work) => work.endsAt ?? 0)
    .sort((left, right) => left - right);
  return ends.length < context.limits.worksRunning ? 0 : (ends.at(-context.limits.worksRunning) ?? 0);
}

function count(context: Context): { running: number; queued: number } {
  const now = context.clock.now();
  const statuses = openWorks(context).map((work) => statusOf(work, now));
  return {
    running: statuses.filter((status) => status === 2).length,
    queued: statuses.filter((status) => status === 1).length,
  };
}

/** A work that will never end takes no place: a few of them would block the sandbox for good. */
function openWorks(context: Context): Work[] {
  const now = context.clock.now();
  return context.state.works.values().filter((work) => work.endsAt !== null && work.endsAt > now);
}
