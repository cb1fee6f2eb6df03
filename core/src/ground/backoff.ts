import type { Random } from "./random.ts";

/** How the waits between attempts grow. */
export interface Backoff {
  /** The first wait, in milliseconds. */
  firstMs: number;
  /** The longest wait, in milliseconds. */
  longestMs: number;
  /** Each wait is the one before times this. Default 2. */
  factor?: number;
}

/**
 * The wait in milliseconds before attempt `attempt` (from 1), with up to 20 % of jitter either way, which spreads many
 * that would come at once.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const factor = backoff.factor ?? 2;
  const full = Math.min(backoff.longestMs, backoff.firstMs * factor ** Math.min(Math.max(attempt, 1) - 1, 40));
  return Math.round(full * (0.8 + random.integer(1_000) / 5_000));
}
