import type Keyv from "keyv";

/** How many past durations are remembered for one kind of work. */
const remembered = 20;

/** Fewer past durations say too little. */
const fewest = 3;

/** When work of a kind usually ends, in milliseconds after its start. */
export interface UsualDuration {
  /** Little of it ends before this. */
  earlyMs: number;
  /** The median. */
  usualMs: number;
  /** Little of it ends after this. */
  lateMs: number;
}

/** Null if there are fewer than three durations. */
export function usualDurationOf(durationsMs: readonly number[]): UsualDuration | null {
  if (durationsMs.length < fewest) {
    return null;
  }
  const sorted = durationsMs.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const usualMs = at(0.5);
  return { earlyMs: Math.min(at(0.1), 0.85 * usualMs), usualMs, lateMs: Math.max(at(0.9), 1.2 * usualMs) };
}

/** How long work of a kind usually takes, estimated from past durations. To be labelled as an estimate. */
export class Estimates {
  readonly #state: Keyv;

  constructor(state: Keyv) {
    this.#state = state;
  }

  async record(kind: string, durationMs: number): Promise<void> {
    const known = (await this.#state.get<number[]>(kind)) ?? [];
    await this.#state.set(kind, [...known, durationMs].slice(-remembered));
  }

  /** When work of this kind usually ends; null if too little is known. */
  async usual(kind: string): Promise<UsualDuration | null> {
    return usualDurationOf((await this.#state.get<number[]>(kind)) ?? []);
  }

  /** The median of the remembered durations in milliseconds; null if there are none. */
  async usualMs(kind: string): Promise<number | null> {
    const known = ((await this.#state.get<number[]>(kind)) ?? []).toSorted((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? null;
  }
}
