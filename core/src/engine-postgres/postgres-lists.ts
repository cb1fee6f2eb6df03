import type { JobFilter } from "../job/engine.ts";
import { endedPhases, type Job, openPhases } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

/** Jobs found by something other than their id or key. */
export interface JobLists {
  list(filter: JobFilter): Promise<Job[]>;
  count(filter: JobFilter): Promise<number>;
  changes(cursor: string | null, limit?: number): Promise<{ cursor: string; jobs: Job[] }>;
}

const defaultLimit = 50;
const largestLimit = 1_000;
const allPhases = [...openPhases, ...endedPhases];

/** Sorts after every character of an id. */
const lastCharacter = "\u{10ffff}";

/** Every transaction before this one has ended: none of them can still store a change. */
const ended = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

interface Conditions {
  where: string;
  values: Record<string, unknown>;
}

/**
 * Each list is read from an index in its own order, phase by phase, and merged: no list reads or sorts more than it
 * returns, however long the history.
 */
export function createJobLists({ read }: PostgresDatabase): JobLists {
  /** The first of each phase. */
  function first(filter: JobFilter, limit: number) {
    const { where, values } = conditionsOf(filter);
    const direction = filter.oldestFirst ? "" : "DESC";
    return read(
      `SELECT jobs.record FROM (
         SELECT first.seq, first.created_at
         FROM unnest(:phases::text[]) AS wanted (phase) CROSS JOIN LATERAL (
           SELECT seq, created_at FROM toolcast.jobs WHERE phase = wanted.phase ${where && ` AND ${where}`}
           ORDER BY created_at ${direction}, seq ${direction} LIMIT :limit::integer
         ) AS first
         ORDER BY first.created_at ${direction}, first.seq ${direction} LIMIT :limit::integer
       ) AS found JOIN toolcast.jobs USING (seq)
       ORDER BY found.created_at ${direction}, found.seq ${direction}`,
      { ...values, phases: [...new Set(filter.phases ?? allPhases)], limit },
    );
  }

  /** Those that an id or a time of change finds; they are sorted, so there should be few. */
  function found(filter: JobFilter, limit: number) {
    const { where, values } = conditionsOf(filter);
    const phases = filter.phases === undefined ? " AND phase <> 'removed'" : " AND phase = ANY (:phases::text[])";
    return read(
      `SELECT record FROM toolcast.jobs WHERE ${where}${phases}
       ORDER BY created_at DESC, seq DESC LIMIT :limit::integer`,
      { ...values, phases: filter.phases, limit },
    );
  }

  return {
    async list(filter) {
      const limit = Math.max(0, Math.min(filter.limit ?? defaultLimit, largestLimit));
      const rows = await (isFound(filter) ? found(filter, limit) : first(filter, limit));
      return rows.map(({ record }) => readJob(String(record)));
    },
    async count(filter) {
      const { where, values } = conditionsOf(filter);
      const phases = filter.phases ?? (isFound(filter) ? undefined : allPhases);
      const conditions = [
        ...(where === "" ? [] : [where]),
        phases ? "phase = ANY (:phases::text[])" : "phase <> 'removed'",
      ];
      const [row] = await read(`SELECT count(*) AS count FROM toolcast.jobs WHERE ${conditions.join(" AND ")}`, {
        ...values,
        phases,
      });
      return Number(row?.count);
    },
    /**
     * In the order of transactions, and only once every earlier one has ended: otherwise one that began before and ends
     * later would be passed over. A cursor from before a failover may be ahead of the new server's transactions.
     */
    async changes(cursor, limit = largestLimit) {
      if (cursor === null) {
        const [row] = await read(`SELECT ${ended} - 1 AS cursor`);
        return { cursor: String(row?.cursor), jobs: [] };
      }
      const rows = await read(
        `SELECT changed, record FROM toolcast.jobs
         WHERE changed > LEAST(:cursor::bigint, ${ended} - 1) AND changed < ${ended} ORDER BY changed LIMIT :limit::integer`,
        { cursor, limit: Math.max(0, Math.min(limit, largestLimit)) },
      );
      return {
        cursor: String(rows.at(-1)?.changed ?? cursor),
        jobs: rows.map(({ record }) => readJob(String(record))),
      };
    },
  };
}

function isFound({ idBegins, changedSince }: JobFilter): boolean {
  return idBegins !== undefined || changedSince !== undefined;
}

/** All but the phases. */
function conditionsOf(filter: JobFilter): Conditions {
  const { idBegins } = filter;
  const all: [string, string, unknown][] = [
    ["owner", "owner = :owner", filter.owner],
    ["surface", "surface = :surface", filter.surface],
    ["conversation", "conversation = :conversation", filter.conversation],
    ["provider", "provider = :provider", filter.provider],
    // Two bounds instead of a pattern: they can use the index of ids, and no character has a special meaning.
    ["idBegins", "id >= :idBegins", idBegins],
    ["idEnds", "id < :idEnds", idBegins === undefined ? undefined : idBegins + lastCharacter],
    ["changedSince", "updated_at >= :changedSince", filter.changedSince],
    ["createdBefore", "created_at < :createdBefore", filter.createdBefore],
    [
      "after",
      `(created_at, seq) ${filter.oldestFirst ? ">" : "<"} (SELECT before.created_at, before.seq FROM toolcast.jobs AS before WHERE before.id = :after)`,
      filter.after,
    ],
  ];
  const given = all.filter(([, , value]) => value !== undefined);
  return {
    where: given.map(([, condition]) => condition).join(" AND "),
    values: Object.fromEntries(given.map(([name, , value]) => [name, value])),
  };
}
