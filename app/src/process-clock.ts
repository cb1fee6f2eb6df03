import { type Clock, systemClock } from "@toolcast/core";

/** The machine's clock for waits that must keep the process alive: a restart that is due, another process's turn. */
export const keepingClock: Clock = {
  now: () => systemClock.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
