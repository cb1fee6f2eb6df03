import type { Clock } from "../ground/clock.ts";
import type { Sql } from "./postgres-database.ts";
import type { StoredHead } from "./postgres-records.ts";

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

const queued = "FROM toolcast.jobs WHERE provider = :provider AND phase = 'queued'";

/** Positions in the queues of providers, at a cost that does not grow with the queue. */
export function createQueuePositions(clock: Clock) {
  const queues = new Map<string, Queue>();

  async function queueOf(sql: Sql, provider: string): Promise<Queue> {
    const known = queues.get(provider);
    const now = clock.monotonic();
    if (known !== undefined && now - known.countedAt < lengthAgeMs) {
      return known;
    }
    const [row] = await sql(`SELECT count(*) AS count, min(seq) AS first, max(seq) AS last ${queued}`, { provider });
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
    async ahead(sql: Sql, { provider, createdAt, seq }: StoredHead): Promise<number> {
      const [row] = await sql(
        `SELECT count(*) AS count FROM (
           SELECT ${queued} AND (created_at, seq) < (:createdAt, :seq::bigint) LIMIT ${mostCounted}
         ) AS counted`,
        { provider, createdAt, seq },
      );
      const counted = Number(row?.count);
      if (counted < mostCounted) {
        return counted;
      }
      const { count, firstSeq, lastSeq } = await queueOf(sql, provider);
      const share = (seq - firstSeq) / Math.max(1, lastSeq - firstSeq);
      return Math.max(mostCounted, Math.round(Math.min(1, share) * (count - 1)));
    },
  };
}
