import type { Random } from "./random.ts";

/** How waits grow. */
export interface Backoff {
  /** The first wait, in milliseconds. */
  firstMs: number;
  /** No wait is longer, in milliseconds. */
  longestMs: number;
  /** How much longer each next one is. Default 2. */
  factor?: number;
}

/** The wait before try `attempt` (from 1), with a fifth of chance so that many do not come at once. */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const factor = backoff.factor ?? 2;
  const full = Math.min(backoff.longestMs, backoff.firstMs * factor ** Math.min(Math.max(attempt, 1) - 1, 40));
  return Math.round(full * (0.8 + random.integer(1_000) / 5_000));
}
