/**
 * The longest wait that is stored, in milliseconds: a job that is to be woken later is woken then, and its worker waits
 * on. An instant further ahead was written before the clock was set back, so it is due.
 */
export const longestWaitMs = 6 * 60 * 60_000;

/** How far two readings of the clock may be apart without its having been set, in milliseconds. */
export const clockToleranceMs = 5_000;

/** The instant at which a job is woken that asked for `at`; null for never. Whole milliseconds, as stored. */
export function legalWake(at: number | null, now: number): number | null {
  // A back-off may come out at a fraction of a millisecond.
  return at === null ? null : Math.ceil(Math.min(at, now + longestWaitMs));
}

/** Whether a stored instant, written at `writtenAt`, has come, also when the clock has been set back since. */
export function isDue(at: number, writtenAt: number, now: number): boolean {
  return at <= now || at > now + longestWaitMs || writtenAt > now + clockToleranceMs;
}
