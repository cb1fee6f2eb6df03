import { createHash } from "node:crypto";
import type { Clock } from "@toolcast/core/engine";
import type { JsonObject } from "../json.ts";
import { discordLimits, type Rate } from "./limits.ts";

/** The rates of the routes: Discord does not publish them but states them in headers. */
export const usualRates = {
  messages: { count: 5, windowMs: 5_000 },
  edits: { count: 5, windowMs: 5_000 },
  deletes: { count: 5, windowMs: 1_000 },
  reads: { count: 10, windowMs: 5_000 },
  typing: { count: 5, windowMs: 5_000 },
  webhook: { count: 5, windowMs: 2_000 },
  commands: { count: 20, windowMs: 20_000 },
  directs: { count: 10, windowMs: 10_000 },
  others: { count: 50, windowMs: 1_000 },
} as const satisfies Record<string, Rate>;

export type BucketName = keyof typeof usualRates;

export interface RateLimitOptions {
  /** The clock of the windows; default the server's own. A client that waits in real time needs `systemClock`. */
  readonly clock?: Clock;
  /** Requests per second over all routes except those of interactions; 50 at Discord. */
  readonly globalPerSecond?: number;
  /** Rates that replace the defaults. */
  readonly rates?: Partial<Record<BucketName, Rate>>;
}

/** The limits' decision about one request: headers always, and a refusal if it is one too many. */
export interface RateDecision {
  readonly headers: Record<string, string>;
  readonly refusal: { status: 429; body: JsonObject } | null;
  /** The caller's address was banned for too many refused requests. */
  readonly banned: boolean;
}

export interface RateLimits {
  take(bucket: BucketName, major: string, withinGlobal: boolean): RateDecision;
  /** Counts an answer to an invalid request (401, 403, and 429 unless its scope is shared). */
  countInvalid(): void;
  readonly invalidRequests: number;
}

const refusalOf = (retryAfterMs: number, global: boolean): RateDecision["refusal"] => ({
  status: 429,
  body: { message: "You are being rate limited.", retry_after: retryAfterMs / 1000, global, code: 0 },
});

export function createRateLimits(ownClock: Clock, options: RateLimitOptions | false): RateLimits {
  const settings = options === false ? {} : options;
  const clock = settings.clock ?? ownClock;
  const rates = { ...usualRates, ...settings.rates };
  const globalPerSecond = settings.globalPerSecond ?? 50;
  const windows = new Map<string, { until: number; used: number }>();
  let globalWindow = { until: 0, used: 0 };
  const invalid: number[] = [];
  const recentlyInvalid = (now: number) => {
    while (invalid.length > 0 && invalid[0]! <= now - discordLimits.invalidRequests.windowMs) {
      invalid.shift();
    }
    return invalid.length;
  };

  return {
    get invalidRequests() {
      return recentlyInvalid(clock.now());
    },
    countInvalid() {
      invalid.push(clock.now());
    },
    take(bucket, major, withinGlobal): RateDecision {
      if (options === false) {
        return { headers: {}, refusal: null, banned: false };
      }
      const now = clock.now();
      if (recentlyInvalid(now) >= discordLimits.invalidRequests.count) {
        return { headers: {}, refusal: null, banned: true };
      }
      if (withinGlobal) {
        globalWindow = globalWindow.until <= now ? { until: now + 1_000, used: 0 } : globalWindow;
        if (globalWindow.used >= globalPerSecond) {
          const waitMs = globalWindow.until - now;
          return {
            headers: {
              "retry-after": String(Math.ceil(waitMs / 1000)),
              "x-ratelimit-global": "true",
              "x-ratelimit-scope": "global",
            },
            refusal: refusalOf(waitMs, true),
            banned: false,
          };
        }
        globalWindow.used += 1;
      }
      const { count, windowMs } = rates[bucket];
      const id = `${bucket} ${major}`;
      const known = windows.get(id);
      const window = known === undefined || known.until <= now ? { until: now + windowMs, used: 0 } : known;
      windows.set(id, window);
      const waitMs = window.until - now;
      const refused = window.used >= count;
      window.used += refused ? 0 : 1;
      const headers = {
        "x-ratelimit-limit": String(count),
        "x-ratelimit-remaining": String(count - window.used),
        "x-ratelimit-reset": (window.until / 1000).toFixed(3),
        "x-ratelimit-reset-after": (waitMs / 1000).toFixed(3),
        "x-ratelimit-bucket": createHash("sha256").update(bucket).digest("hex").slice(0, 32),
      };
      return refused
        ? {
            headers: { ...headers, "retry-after": String(Math.ceil(waitMs / 1000)), "x-ratelimit-scope": "user" },
            refusal: refusalOf(waitMs, false),
            banned: false,
          }
        : { headers, refusal: null, banned: false };
    },
  };
}
