import type { Clock } from "../ground/clock.ts";

/** Up to so many jobs ahead are counted; more are estimated. */
export const mostCounted = 100;
/** How long the length of a queue is reused for estimates, in milliseconds. */
const lengthAgeMs = 10_000;

/** A provider's queue, as the store counts it: the jobs in it, the first and the last of them. */
export type QueueRow = Record<"count" | "first" | "last", unknown>;

interface Queue {
  countedAt: number;
  count: number;
  first: number;
  last: number;
}

/** The lengths of providers' queues, counted now and then, so that a position costs the same however long a queue is. */
export class QueueLengths {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queue>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the queue has to be counted before a place in it can be estimated. */
  isUnknown(provider: string): boolean {
    const countedAt = this.#queues.get(provider)?.countedAt;
    return countedAt === undefined || this.#clock.monotonic() - countedAt >= lengthAgeMs;
  }

  note(provider: string, { count, first, last }: QueueRow): void {
    const countedAt = this.#clock.monotonic();
    this.#queues.set(provider, { countedAt, count: Number(count), first: Number(first), last: Number(last) });
  }

  /** How many are ahead of a job, from its place among all of them, which is right if they were stored evenly. */
  aheadOf({ provider, seq }: { provider: string; seq: number }): number {
    const { count, first, last } = this.#queues.get(provider) ?? { count: 0, first: seq, last: seq };
    const share = (seq - first) / Math.max(1, last - first);
    return Math.max(mostCounted, Math.round(Math.min(1, share) * (count - 1)));
  }
}
