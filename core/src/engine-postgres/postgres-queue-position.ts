import type { Clock } from "../ground/clock.ts";
import { mostCounted, QueueLengths, type QueueRow } from "../schedule/queue-lengths.ts";
import type { Sql } from "./postgres-database.ts";
import type { StoredHead } from "./postgres-records.ts";

const queued = "FROM toolcast.jobs WHERE provider = :provider AND phase = 'queued'";

/** Positions in the queues of providers, at a cost that does not grow with the queue. */
export function createQueuePositions(clock: Clock) {
  const lengths = new QueueLengths(clock);

  return {
    /** How many queued jobs of its provider were created before this one: exact below 100, otherwise estimated. */
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
      if (lengths.isUnknown(provider)) {
        const [length] = await sql(`SELECT count(*) AS count, min(seq) AS first, max(seq) AS last ${queued}`, {
          provider,
        });
        lengths.note(provider, length as QueueRow);
      }
      return lengths.aheadOf({ provider, seq });
    },
  };
}
