/** Time as the sandbox sees it; passed in so that tests can advance it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
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

/** Resolves after `delayMs` on `clock`, or at once when `signal` aborts; leaves no timer or listener behind. */
export function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      withdraw();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const withdraw = clock.setTimeout(finish, delayMs);
    signal.addEventListener("abort", finish, { once: true });
  });
}
