import type { Clock } from "../ground/clock.ts";

/** How far the vendor's clock is ahead of ours, measured from its answers and applied to what we sign next. */
export interface ClockSkew {
  /** Added to our clock to get the vendor's, in milliseconds. */
  skewMs(): number;
  /** The vendor's time, as far as it is known. */
  vendorNow(): number;
  /** The vendor's time to sign a request with. */
  sign(): Signed;
  /**
   * Takes the `Date` header of an answer to a request sent at `sentAt` (our monotonic clock, milliseconds). Changes
   * nothing if the header is absent, unreadable or agrees with what is known.
   */
  observe(dateHeader: string | undefined, sentAt: number): void;
}

export interface Signed {
  /** Epoch milliseconds by the vendor's clock, as far as it was known. */
  at: number;
  /** An answer since has shown that `at` was off by more than any vendor overlooks; what is signed next will not be. */
  wasOff(): boolean;
}

/** A `Date` header has whole seconds. */
const headerStepMs = 1000;
/** A smaller error cannot have been the reason for a refusal: vendors allow minutes. */
const decisiveMs = 60_000;

/** Assumes at first that both clocks agree. Durations are monotonic, since our clock may be set meanwhile. */
export function createClockSkew(clock: Clock): ClockSkew {
  let skewMs = 0;
  let seen: { vendorAt: number; monotonic: number } | undefined;
  const vendorNow = () => clock.now() + skewMs;
  return {
    skewMs: () => skewMs,
    vendorNow,
    sign() {
      const at = vendorNow();
      const signedAt = clock.monotonic();
      return {
        at,
        wasOff() {
          if (seen === undefined || seen.monotonic < signedAt) {
            return false;
          }
          // The header was written at some time between signing and its arrival.
          const least = seen.vendorAt - (seen.monotonic - signedAt);
          const most = seen.vendorAt + headerStepMs;
          return at < least - decisiveMs || at > most + decisiveMs;
        },
      };
    },
    observe(dateHeader, sentAt) {
      const vendorAt = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
      if (Number.isNaN(vendorAt)) {
        return;
      }
      const monotonic = clock.monotonic();
      seen = { vendorAt, monotonic };
      // The header was written at some time between sending and now, so the skew is between these two. With a slow
      // answer they are far apart; a value from an earlier, quicker answer is kept if it is between them.
      const least = vendorAt - clock.now();
      const most = least + headerStepMs + (monotonic - sentAt);
      skewMs = Math.round(Math.min(Math.max(skewMs, least), most));
    },
  };
}
