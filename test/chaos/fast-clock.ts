import type { Clock } from "@toolcast/core/engine";
import type { Clock as SandboxClock } from "@toolcast/sandbox";

/** When the world of a run began, and how many times faster than the machine's clock it runs. */
export interface WorldTime {
  /** Epoch milliseconds, the same on both clocks. */
  epochMs: number;
  /** Above 0. Time-outs, leases, waits and vendors' work all shrink by the same factor. */
  factor: number;
}

/** One clock for all processes of a run: production defaults stay as they are, and half an hour passes in minutes. */
export function createFastClock(
  { epochMs, factor }: WorldTime,
  /** How far off the machine's wall clock is now. */
  stepMs: () => number = () => 0,
): Clock & SandboxClock {
  const start = (delayMs: number, callback: () => void) => setTimeout(callback, Math.max(0, delayMs) / factor);
  return {
    now: () => Math.floor(epochMs + (Date.now() - epochMs) * factor) + stepMs(),
    monotonic: () => performance.now() * factor,
    setTimer(delayMs, callback) {
      const timer = start(delayMs, callback).unref();
      return () => clearTimeout(timer);
    },
    setTimeout(action, delayMs) {
      const timer = start(delayMs, action);
      return () => clearTimeout(timer);
    },
  };
}
