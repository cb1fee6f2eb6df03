import { type Clock, sleep } from "@toolcast/core/engine";

/** Keeps a stopping server open until whoever asks `/readyz` has sent its requests elsewhere. */
export interface StopNotice {
  /** From the request to stop on: what `/readyz` gives as the reason that nothing new should be sent here. */
  readonly given: boolean;
  /** Somebody asked `/readyz`. */
  asked(): void;
  /**
   * Resolves once listeners may close: at once if nobody has asked in the last minute, otherwise after the notice's
   * length. Bounded by it, however often somebody asks.
   */
  over(): Promise<void>;
}

/** Unless set otherwise, a balancer asks at least every 30 seconds. */
const recentMs = 60_000;

export interface StopNoticeOptions {
  /** From 0 to 300,000. */
  lengthMs: number;
  /** Aborted when the process is asked to stop. */
  stopping: AbortSignal;
  clock: Clock;
}

export function createStopNotice({ lengthMs, stopping, clock }: StopNoticeOptions): StopNotice {
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    get given() {
      return stopping.aborted;
    },
    asked() {
      // Whoever asks first while the server is stopping learns it at once, and needs no further time.
      if (!stopping.aborted) {
        askedAt = clock.monotonic();
      }
    },
    async over() {
      if (lengthMs > 0 && clock.monotonic() - askedAt < recentMs) {
        await sleep(clock, lengthMs);
      }
    },
  };
}

/** Of a process that is open only while its command lasts: nobody is sent there by a balancer. */
export const noStopNotice: Pick<StopNotice, "given" | "asked"> = { given: false, asked() {} };
