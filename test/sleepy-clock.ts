import type { Clock } from "@toolcast/core/engine";

/** The clock of a process that can be suspended: time goes on, and its timers fire when it resumes. */
export interface SleepyClock extends Clock {
  fallAsleep(): void;
  wakeUp(): void;
}

export function createSleepyClock(clock: Clock): SleepyClock {
  const missed: (() => void)[] = [];
  let asleep = false;
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    setTimer: (delayMs: number, callback: () => void) =>
      clock.setTimer(delayMs, () => (asleep ? void missed.push(callback) : callback())),
    fallAsleep() {
      asleep = true;
    },
    wakeUp() {
      asleep = false;
      for (const callback of missed.splice(0)) {
        callback();
      }
    },
  };
}
