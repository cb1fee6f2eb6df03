/**
 * The longest wait that is stored, in milliseconds. A job with a longer wait is woken after this one, and its worker
 * goes on waiting. An instant further ahead must have been written before the clock was set back, so it is due.
 */
export const longestWaitMs = 6 * 60 * 60_000;

/** How far two readings of the clock may differ before we assume that it was set, in milliseconds. */
export const clockToleranceMs = 5_000;

/** When a job that asked to be woken at `at` is woken; null for never. Whole milliseconds, as stored. */
export function legalWake(at: number | null, now: number): number | null {
  // A backoff may end in a fraction of a millisecond.
  return at === null ? null : Math.ceil(Math.min(at, now + longestWaitMs));
}

/** Whether an instant that was stored at `writtenAt` has come, even if the clock has been set back since. */
export function isDue(at: number, writtenAt: number, now: number): boolean {
  return at <= now || at > now + longestWaitMs || writtenAt > now + clockToleranceMs;
}

/**
 * An instant that was computed at `askedAt` and is stored only now. If the clock was set back in between, as while a
 * write waited for another process, the instant moves back with it: it would count as a long wait otherwise.
 */
export function movedBack(at: number | null, askedAt: number, now: number): number | null {
  return at === null ? null : at - Math.max(0, askedAt - now);
}
