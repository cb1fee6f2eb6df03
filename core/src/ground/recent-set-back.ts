import type { Clock } from "./clock.ts";
import { clockToleranceMs } from "./due.ts";

/** How long an instant may be under way from whoever computes it to the store, in milliseconds. */
const underWayMs = 60_000;

/**
 * Corrects instants that were computed before the clock was set back, and reach a store only after it: as when a job had
 * to be read in between, over a network. Such an instant lies ahead by as much as the clock was set back.
 */
export class RecentSetBack {
  readonly #clock: Clock;
  /** How far the wall clock is ahead of the monotonic one, as last seen. */
  #ahead: number;
  /** The last times at which it was set back: by how much, and when that was seen on the monotonic clock. */
  #setBacks: { byMs: number; seenAt: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#ahead = clock.now() - clock.monotonic();
  }

  /** Notices whether the clock was set back. To be called whenever an instant may be computed soon. */
  look(): void {
    const monotonic = this.#clock.monotonic();
    const ahead = this.#clock.now() - monotonic;
    const byMs = this.#ahead - ahead;
    this.#ahead = ahead;
    this.#setBacks = this.#setBacks.filter(({ seenAt }) => monotonic - seenAt < underWayMs);
    if (byMs > clockToleranceMs) {
      this.#setBacks.push({ byMs, seenAt: monotonic });
    }
  }

  /**
   * The instant by the clock as it is now. One that is as far ahead as the clock was just set back was computed before;
   * a wait that happens to be as long ends early, but not at once, so that a job that asks for it again is not a busy
   * loop. Nothing changes if the clock was set back by less than an instant may be under way.
   */
  corrected(at: number): number {
    this.look();
    const now = this.#clock.now();
    let setBackMs = 0;
    let byMs = 0;
    // It may have been computed before the last of them alone, or before several.
    for (const setBack of this.#setBacks.toReversed()) {
      setBackMs += setBack.byMs;
      byMs = setBackMs > underWayMs && at - now >= setBackMs - underWayMs ? setBackMs : byMs;
    }
    return byMs === 0 ? at : Math.max(at - byMs, now + clockToleranceMs);
  }
}
