import type Keyv from "keyv";

/** How many past durations are remembered for one kind of work. */
const remembered = 20;

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

  /** The median of the remembered durations in milliseconds; null if there are none. */
  async usualMs(kind: string): Promise<number | null> {
    const known = ((await this.#state.get<number[]>(kind)) ?? []).toSorted((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? null;
  }
}
