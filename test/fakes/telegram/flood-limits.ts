import type { Clock } from "@toolcast/core/engine";

/** A number of messages at once, and then one more per interval in milliseconds. */
export interface Flow {
  readonly burst: number;
  readonly everyMs: number;
}

/** From Telegram's own guide: about one per second in a chat, 20 per minute in a group, 30 per second in total. */
const usualFlows = {
  chat: { burst: 5, everyMs: 1_000 },
  group: { burst: 20, everyMs: 3_000 },
  bot: { burst: 30, everyMs: 1_000 / 30 },
} as const satisfies Record<string, Flow>;

export interface FloodOptions {
  /** The clock of the limits; default the server's own. */
  readonly clock?: Clock;
  readonly chat?: Flow;
  readonly group?: Flow;
  readonly bot?: Flow;
}

export interface FloodLimits {
  /** Seconds to wait if `messages` more are too many now; 0 if they were counted. */
  take(chatId: number, isGroup: boolean, messages: number): number;
  /** Closes a chat to sends and edits for this long. */
  close(chatId: number, seconds: number): void;
}

interface Bucket {
  level: number;
  at: number;
}

export function createFloodLimits(ownClock: Clock, options: FloodOptions | false): FloodLimits {
  const settings = options === false ? {} : options;
  const clock = settings.clock ?? ownClock;
  const flows = { ...usualFlows, ...settings };
  const buckets = new Map<string, Bucket>();
  const closedUntil = new Map<number, number>();

  function bucketOf(key: string, { burst, everyMs }: Flow): Bucket {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { level: burst, at: now };
    bucket.level = Math.min(burst, bucket.level + (now - bucket.at) / everyMs);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take(chatId, isGroup, messages) {
      const closedMs = (closedUntil.get(chatId) ?? 0) - clock.now();
      if (closedMs > 0) {
        return Math.ceil(closedMs / 1000);
      }
      if (options === false) {
        return 0;
      }
      const asked: [string, Flow][] = [
        ["bot", flows.bot],
        [`chat ${chatId}`, flows.chat],
        ...(isGroup ? [[`group ${chatId}`, flows.group] as [string, Flow]] : []),
      ];
      const filled = asked.map(([key, flow]) => ({ bucket: bucketOf(key, flow), flow }));
      const waitMs = Math.max(
        ...filled.map(({ bucket, flow }) => (bucket.level >= 1 - 1e-9 ? 0 : (1 - bucket.level) * flow.everyMs)),
      );
      if (waitMs > 0) {
        return Math.max(1, Math.ceil(waitMs / 1000));
      }
      // An album is one request but several messages: any excess counts against later ones.
      for (const { bucket } of filled) {
        bucket.level -= messages;
      }
      return 0;
    },
    close(chatId, seconds) {
      closedUntil.set(chatId, clock.now() + seconds * 1000);
    },
  };
}
