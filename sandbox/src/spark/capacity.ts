import type { Context } from "../context.ts";

/** What one service accepts at a time; each has its own count. */
export interface Capacity {
  /** The code with which another request is refused now: the same user twice, too many at once, too many a second. */
  refusal(uid: string | undefined): 10006 | 11202 | 11203 | undefined;
  /** Takes a place; the returned function frees it. */
  enter(uid: string | undefined): () => void;
}

export function openCapacity(context: Context): Capacity {
  const uidsInFlight = new Set<string>();
  let inFlight = 0;
  let startTimes: number[] = [];

  return {
    refusal(uid) {
      if (uid !== undefined && uidsInFlight.has(uid)) return 10006;
      const now = context.clock.now();
      startTimes = startTimes.filter((time) => now - time < context.pace(1000));
      if (inFlight >= context.limits.sparkConcurrency) return 11203;
      return startTimes.length >= context.limits.sparkPerSecond ? 11202 : undefined;
    },
    enter(uid) {
      startTimes.push(context.clock.now());
      inFlight += 1;
      if (uid !== undefined) uidsInFlight.add(uid);
      return () => {
        inFlight -= 1;
        if (uid !== undefined) uidsInFlight.delete(uid);
      };
    },
  };
}
