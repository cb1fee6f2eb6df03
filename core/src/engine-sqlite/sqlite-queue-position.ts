import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../ground/clock.ts";

/** Up to so many jobs ahead are counted; more are estimated. */
const mostCounted = 100;
/** How long the length of a queue is reused for estimates, in milliseconds. */
const lengthAgeMs = 10_000;

interface Queue {
  countedAt: number;
  count: number;
  firstSeq: number;
  lastSeq: number;
}

/** Positions in the queues of providers, at a cost that does not grow with the queue. */
export function createQueuePositions(database: DatabaseSync, clock: Clock) {
  const queued = "FROM jobs INDEXED BY jobs_queue WHERE provider = ? AND phase = 'queued'";
  const someAhead = database.prepare(
    `SELECT count(*) AS count FROM (SELECT 1 ${queued} AND (created_at, seq) < (?, ?) LIMIT ${mostCounted})`,
  );
  const length = database.prepare(`SELECT count(*) AS count, min(seq) AS first, max(seq) AS last ${queued}`);
  const queues = new Map<string, Queue>();

  function queueOf(provider: string): Queue {
    const known = queues.get(provider);
    const now = clock.monotonic();
    if (known !== undefined && now - known.countedAt < lengthAgeMs) {
      return known;
    }
    const row = length.get(provider);
    const queue = {
      ...{ countedAt: now, count: Number(row?.count) },
      ...{ firstSeq: Number(row?.first), lastSeq: Number(row?.last) },
    };
    queues.set(provider, queue);
    return queue;
  }

  return {
    /**
     * How many queued jobs of its provider were created before this one: exact below 100, otherwise estimated from its
     * place among all of them, which is right if they were stored evenly.
     */
    ahead({ provider, createdAt, seq }: { provider: string; createdAt: number; seq: number }): number {
      const counted = Number(someAhead.get(provider, createdAt, seq)?.count);
      if (counted < mostCounted) {
        return counted;
      }
      const { count, firstSeq, lastSeq } = queueOf(provider);
      const share = (seq - firstSeq) / Math.max(1, lastSeq - firstSeq);
      return Math.max(mostCounted, Math.round(Math.min(1, share) * (count - 1)));
    },
  };
}
