import type { Clock } from "../ground/clock.ts";

/** A second press within this time is a double click and starts nothing. */
const doubleClickMs = 5_000;

/** Remembers for a moment what each press started. */
export class RecentStarts {
  readonly #clock: Clock;
  readonly #started = new Map<string, { event: string; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False if another event has just started the same. */
  begin(what: string, event: string): boolean {
    const now = this.#clock.monotonic();
    for (const [key, { at }] of this.#started) {
      if (now - at >= doubleClickMs) {
        this.#started.delete(key);
      }
    }
    const known = this.#started.get(what);
    if (known !== undefined && known.event !== event) {
      return false;
    }
    this.#started.set(what, { event, at: now });
    return true;
  }
}
