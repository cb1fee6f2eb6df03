import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";

/** More are under way at no vendor; what is forgotten is taken up again by the wall clock. */
const mostKnown = 2_000;

interface Known {
  /** How old it was when this process first knew of it, in milliseconds. */
  ageMs: number;
  /** When that was, on this process's own monotonic clock. */
  at: number;
}

/**
 * How old work at a vendor is. A reference stores when it began by the wall clock, which is asked once, when this process
 * first meets the work; from then on its own monotonic clock counts, so that a wall clock that is set neither ends a wait
 * nor makes it last for a day.
 */
export class WorkAges {
  readonly clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Notes work that has just begun. `startedAt`: as its reference stores it, epoch milliseconds. */
  begun(id: string, startedAt: number): void {
    this.#note(keyOf(id, startedAt), 0);
  }

  /** In milliseconds; infinite when it began at an instant that has not come: the clock was set back since. */
  of(id: string, startedAt: number): number {
    const key = keyOf(id, startedAt);
    const now = this.clock.now();
    const known =
      this.#known.get(key) ??
      this.#note(key, startedAt > now + clockToleranceMs ? Number.POSITIVE_INFINITY : Math.max(0, now - startedAt));
    return known.ageMs + (this.clock.monotonic() - known.at);
  }

  #note(key: string, ageMs: number): Known {
    const known = { ageMs, at: this.clock.monotonic() };
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKnown && oldest !== undefined) {
      this.#known.delete(oldest);
    }
    return known;
  }
}

function keyOf(id: string, startedAt: number): string {
  return `${startedAt} ${id}`;
}
