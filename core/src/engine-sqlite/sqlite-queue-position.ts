import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../ground/clock.ts";
import { mostCounted, QueueLengths, type QueueRow } from "../schedule/queue-lengths.ts";

/** Positions in the queues of providers, at a cost that does not grow with the queue. */
export function createQueuePositions(database: DatabaseSync, clock: Clock) {
  const queued = "FROM jobs INDEXED BY jobs_queue WHERE provider = ? AND phase = 'queued'";
  const someAhead = database.prepare(
    `SELECT count(*) AS count FROM (SELECT 1 ${queued} AND (created_at, seq) < (?, ?) LIMIT ${mostCounted})`,
  );
  const length = database.prepare(`SELECT count(*) AS count, min(seq) AS first, max(seq) AS last ${queued}`);
  const lengths = new QueueLengths(clock);

  return {
    /** How many queued jobs of its provider were created before this one: exact below 100, otherwise estimated. */
    ahead({ provider, createdAt, seq }: { provider: string; createdAt: number; seq: number }): number {
      const counted = Number(someAhead.get(provider, createdAt, seq)?.count);
      if (counted < mostCounted) {
        return counted;
      }
      if (lengths.isUnknown(provider)) {
        lengths.note(provider, length.get(provider) as QueueRow);
      }
      return lengths.aheadOf({ provider, seq });
    },
  };
}
