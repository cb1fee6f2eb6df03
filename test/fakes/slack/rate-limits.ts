import type { Clock } from "@toolcast/core/engine";
import { type MethodName, methods, type Tier } from "./methods.ts";

const minuteMs = 60_000;

/** Calls per minute of one method in one workspace. */
const tierCalls = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

export interface RateLimitOptions {
  /** The clock of the windows; default the server's own. A client that waits in real time needs `systemClock`. */
  readonly clock?: Clock;
  /** How many messages may follow each other at once in a channel before the limit of one per second; default 1. */
  readonly postBurst?: number;
  /** Messages per minute in the whole workspace; default 300 ("several hundred"). */
  readonly postsAMinute?: number;
  readonly tiers?: Partial<Record<1 | 2 | 3 | 4, number>>;
}

export interface RateLimits {
  /** How long to wait in milliseconds, or null if the call may proceed, which is then counted. */
  take(method: MethodName, channelId: string): number | null;
}

export function createRateLimits(ownClock: Clock, options: RateLimitOptions | false): RateLimits {
  if (options === false) {
    return { take: () => null };
  }
  const clock = options.clock ?? ownClock;
  const { postBurst = 1, postsAMinute = 300 } = options;
  const calls = { ...tierCalls, ...options.tiers };
  const windows = new Map<string, number[]>();
  /** By channel: when its last message would have been sent at one per second. */
  const paced = new Map<string, number>();

  function waitInWindow(name: string, count: number, now: number): number {
    const times = windows.get(name) ?? [];
    windows.set(name, times);
    while (times.length > 0 && times[0]! <= now - minuteMs) {
      times.shift();
    }
    return times.length < count ? 0 : times[0]! + minuteMs - now;
  }

  function posting(channelId: string, now: number): number | null {
    const due = Math.max(paced.get(channelId) ?? 0, now);
    const waitMs = Math.max(due - now - (postBurst - 1) * 1_000, waitInWindow("posting", postsAMinute, now));
    if (waitMs > 0) {
      return waitMs;
    }
    paced.set(channelId, due + 1_000);
    windows.get("posting")!.push(now);
    return null;
  }

  return {
    take(method, channelId) {
      const now = clock.now();
      const tier: Tier = methods[method].tier;
      if (tier === "special") {
        return null;
      }
      if (tier === "posting") {
        return posting(channelId, now);
      }
      const waitMs = waitInWindow(method, calls[tier], now);
      if (waitMs > 0) {
        return waitMs;
      }
      windows.get(method)!.push(now);
      return null;
    },
  };
}
