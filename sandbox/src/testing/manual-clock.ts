import type { Clock } from "../clock.ts";

export interface ManualClock extends Clock {
  /** Advances time and runs everything that falls due, in order. */
  advance(ms: number): void;
}

export function manualClock(startMs = Date.UTC(2026, 0, 2, 3, 4, 5)): ManualClock {
  let nowMs = startMs;
  let timers: { at: number; action: () => void }[] = [];
  return {
    now: () => nowMs,
    setTimeout(action, delayMs) {
      const timer = { at: nowMs + delayMs, action };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
        if (!due) break;
        timers = timers.filter((other) => other !== due);
        nowMs = Math.max(nowMs, due.at);
        due.action();
      }
      nowMs = end;
    },
  };
}

/** Lets real input and output happen until `done`; the manual clock does not advance meanwhile. */
export async function until(done: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 5000;
  while (!done()) {
    if (Date.now() > giveUpAt) throw new Error("nothing happened for 5 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
