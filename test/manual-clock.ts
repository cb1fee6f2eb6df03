import type { Clock } from "@toolcast/core/engine";

/**
 * A clock that stands still until it is moved. As on a real machine, no two monotonic readings are equal: a test cannot
 * pass merely because two of them were.
 */
export interface ManualClock extends Clock {
  /** Runs every timer due within `ms`, in order and at its due time, and lets everything they begin settle. */
  advance(ms: number): Promise<void>;
  /** Sets only the wall clock, forward or back: no time passes, as when a person sets it or the machine slept. */
  step(ms: number): void;
  /** How long until the first timer is due, in milliseconds; infinite if there is none. */
  untilNext(): number;
  /** The number of timers that have neither fired nor been cancelled. */
  pending(): number;
  /**
   * Also waits for this whenever something settles: for work outside this process. It returns whether there was any, and is
   * called again until there is none.
   */
  settleWith(outside: () => Promise<boolean>): void;
}

/** The least distance between two monotonic readings, in milliseconds: a nanosecond, the unit of a machine's clock. */
const readingMs = 1e-6;

/** The number of turns of the event loop that a timer's consequences get to settle. */
const turnsToSettle = 12;

export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs;
  /** How far forward the wall clock was set. */
  let stepped = 0;
  let order = 0;
  let readings = 0;
  const timers = new Map<number, { at: number; callback: () => void }>();

  function firstDue(until: number): number | null {
    let first: number | null = null;
    for (const [id, timer] of timers) {
      if (timer.at <= until && (first === null || timer.at < timers.get(first)!.at)) {
        first = id;
      }
    }
    return first;
  }

  const outside: (() => Promise<boolean>)[] = [];

  async function settle(): Promise<void> {
    for (let busy = true; busy; ) {
      for (let turn = 0; turn < turnsToSettle; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      busy = false;
      for (const settled of outside) {
        busy = (await settled()) || busy;
      }
    }
  }

  return {
    now: () => now + stepped,
    monotonic() {
      readings += 1;
      return now - startMs + readings * readingMs;
    },
    step(ms) {
      stepped += ms;
    },
    setTimer(delayMs, callback) {
      order += 1;
      const id = order;
      // A delay measured between two readings still ends on a whole millisecond.
      timers.set(id, { at: now + Math.ceil(Math.max(0, delayMs)), callback });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let id = firstDue(until); id !== null; id = firstDue(until)) {
        const { at, callback } = timers.get(id)!;
        timers.delete(id);
        now = Math.max(now, at);
        callback();
        await settle();
      }
      now = until;
    },
    untilNext: () => Math.min(...[...timers.values()].map(({ at }) => at - now)),
    pending: () => timers.size,
    settleWith: (settled) => outside.push(settled),
  };
}
