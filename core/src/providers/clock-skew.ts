import type { Clock } from "../ground/clock.ts";

/** How far the vendor's clock is ahead of ours, measured from its answers and applied to what we sign next. */
export interface ClockSkew {
  /** Added to our clock to get the vendor's, in milliseconds. */
  skewMs(): number;
  /** The vendor's time, as far as it is known. */
  vendorNow(): number;
  /**
   * Takes the `Date` header of an answer to a request sent at `sentAt` (our clock, epoch milliseconds). Changes nothing
   * if the header is absent, unreadable or agrees with what is known.
   */
  observe(dateHeader: string | undefined, sentAt: number): void;
}

/** A `Date` header has whole seconds. */
const headerStepMs = 1000;

/** Assumes at first that both clocks agree. */
export function createClockSkew(clock: Clock): ClockSkew {
  let skewMs = 0;
  return {
    skewMs: () => skewMs,
    vendorNow: () => clock.now() + skewMs,
    observe(dateHeader, sentAt) {
      const vendorAt = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
      if (Number.isNaN(vendorAt)) {
        return;
      }
      // The header was written at some time between sending and now, so the skew is between these two. With a slow
      // answer they are far apart; a value from an earlier, quicker answer is kept if it is between them.
      const least = vendorAt - clock.now();
      const most = vendorAt + headerStepMs - sentAt;
      skewMs = Math.min(Math.max(skewMs, least), most);
    },
  };
}
