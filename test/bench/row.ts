import type { Spread } from "./statistics.ts";

export type Unit = "ratio" | "ms" | "MB" | "%" | "per second";

/** The value that a row should reach. */
export type Goal = { atLeast: number } | { atMost: number };

/** One line of the table. */
export interface Row {
  /** For `--only`, and unique: `discord`, then what was measured. */
  group: string;
  what: string;
  unit: Unit;
  /** What the goal is about: the median of all rounds, with the extremes. For a pair the ratio within each round. */
  value: Spread;
  /** Both sides of a pair, or what else explains the value: `1,204/s`. */
  ours?: string;
  bare?: string;
  /** Left out: shown for information. */
  goal?: Goal;
  /** Why a goal is not met, by its profile. Shown only then. */
  cause?: string;
}

/** How thoroughly to measure. */
export interface Effort {
  rounds: number;
  /** How long one side of a pair runs in a round. */
  roundMs: number;
  warmUpMs: number;
  /** The largest backlog. */
  mostJobs: number;
}

export const fullEffort: Effort = { rounds: 5, roundMs: 600, warmUpMs: 600, mostJobs: 100_000 };
/** For work on the benchmark itself: its figures mean little. */
export const quickEffort: Effort = { rounds: 3, roundMs: 150, warmUpMs: 150, mostJobs: 1_000 };

export function isMet({ goal, value: { median } }: Pick<Row, "goal" | "value">): boolean | null {
  return goal === undefined ? null : "atLeast" in goal ? median >= goal.atLeast : median <= goal.atMost;
}
