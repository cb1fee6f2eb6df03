import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";

/**
 * More operations than are ever under way at a vendor. The age of a forgotten one is taken from the wall clock again.
 */
const mostKnown = 2_000;

interface Known {
  /** Its age when this process first knew of it, in milliseconds. */
  ageMs: number;
  /** When that was, by the monotonic clock. */
  at: number;
}

/**
 * The ages of operations at a vendor. A reference stores the start by the wall clock, which is read once, when this
 * process first sees the operation. From then on the monotonic clock counts: setting the wall clock neither ends a wait
 * nor prolongs it by a day.
 */
export class WorkAges {
  readonly clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Records an operation that has just started. `startedAt` is the value in its reference, epoch milliseconds. */
  begun(id: string, startedAt: number): void {
    this.#note(keyOf(id, startedAt), 0);
  }

  /** Its age in milliseconds; infinite if its start is in the future, because the clock has been set back since. */
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
