/** Time as the sandbox sees it; handed in so that tests move it by hand. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `action` once after `delayMs`; the returned function withdraws it. */
  setTimeout(action: () => void, delayMs: number): () => void;
}

/** Node refuses longer timers and would fire them at once. */
const longestTimerMs = 2_147_483_647;

export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout(action, delayMs) {
    const timer = setTimeout(action, Math.min(delayMs, longestTimerMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs` on `clock`. */
export function wait(clock: Clock, delayMs: number): Promise<void> {
  if (delayMs <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}
