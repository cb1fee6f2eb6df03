import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JobFilter } from "../job/engine.ts";
import { endedPhases, type Job, openPhases } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";

/** Jobs found by something other than their id or key. */
export interface JobLists {
  list(filter: JobFilter): Job[];
  count(filter: JobFilter): number;
  changes(cursor: string | null, limit?: number): { cursor: string; jobs: Job[] };
}

const defaultLimit = 50;
const largestLimit = 1_000;
const allPhases = [...openPhases, ...endedPhases];

/** Sorts after every character of an id. */
const lastCharacter = "\u{10ffff}";

interface Conditions {
  where: string;
  values: SQLInputValue[];
}

/**
 * Each list is read from an index in its own order, phase by phase, and merged: no list reads or sorts more than it
 * returns, however long the history. The indexes are named, because with other statistics SQLite would choose others.
 */
export function createJobLists(database: DatabaseSync): JobLists {
  const recordOf = database.prepare("SELECT record FROM jobs WHERE seq = ?");
  const newestChange = database.prepare("SELECT changed FROM jobs ORDER BY changed DESC LIMIT 1");
  const changedAfter = database.prepare(
    "SELECT changed, record FROM jobs INDEXED BY jobs_changed WHERE changed > ? ORDER BY changed LIMIT ?",
  );
  const tally = database.prepare("SELECT count FROM tallies WHERE phase = ?");
  const prepared = new Map<string, StatementSync>();

  function statement(sql: string): StatementSync {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  }

  /** The first of one phase, as `seq` and `created_at`. */
  function firstIn(phase: string, filter: JobFilter, limit: number) {
    const { where, values } = conditionsOf({
      ...filter,
      phases: undefined,
      changedSince: undefined,
      idBegins: undefined,
    });
    const order = filter.oldestFirst ? "created_at, seq" : "created_at DESC, seq DESC";
    const sql = `SELECT seq, created_at FROM jobs INDEXED BY ${indexFor(filter)} WHERE phase = ?${where && ` AND ${where}`}
       ORDER BY ${order} LIMIT ?`;
    return statement(sql).all(phase, ...values, limit);
  }

  /** Those that an id or a time of change finds; they are sorted, so there should be few. */
  function newestFound(filter: JobFilter, limit: number) {
    const { where, values } = conditionsOf(filter);
    const sql = `SELECT seq, created_at FROM jobs INDEXED BY ${finderFor(filter)} WHERE ${where}
       ORDER BY created_at DESC, seq DESC LIMIT ?`;
    return statement(sql).all(...values, limit);
  }

  return {
    list(filter) {
      const limit = Math.max(0, Math.min(filter.limit ?? defaultLimit, largestLimit));
      const rows = isFound(filter)
        ? newestFound(filter, limit)
        : [...new Set(filter.phases ?? allPhases)].flatMap((phase) => firstIn(phase, filter, limit));
      const sign = filter.oldestFirst ? -1 : 1;
      return rows
        .sort(
          (one, other) =>
            sign * (Number(other.created_at) - Number(one.created_at) || Number(other.seq) - Number(one.seq)),
        )
        .slice(0, limit)
        .map(({ seq }) => readJob(String(recordOf.get(Number(seq))?.record)));
    },
    count({ limit: _limit, ...filter }) {
      const { phases = allPhases, ...others } = filter;
      const { where } = conditionsOf(others);
      if (where === "") {
        return [...new Set(phases)].reduce((sum, phase) => sum + Number(tally.get(phase)?.count ?? 0), 0);
      }
      if (isFound(filter)) {
        const found = conditionsOf(filter);
        const sql = `SELECT count(*) AS count FROM jobs INDEXED BY ${finderFor(filter)} WHERE ${found.where}`;
        return Number(statement(sql).get(...found.values)?.count);
      }
      const { values } = conditionsOf(others);
      const sql = `SELECT count(*) AS count FROM jobs INDEXED BY ${indexFor(filter)} WHERE phase = ? AND ${where}`;
      return [...new Set(phases)].reduce((sum, phase) => sum + Number(statement(sql).get(phase, ...values)?.count), 0);
    },
    changes(cursor, limit = largestLimit) {
      if (cursor === null) {
        return { cursor: String(newestChange.get()?.changed ?? 0), jobs: [] };
      }
      const rows = changedAfter.all(Number(cursor), Math.max(0, Math.min(limit, largestLimit)));
      return {
        cursor: String(rows.at(-1)?.changed ?? cursor),
        jobs: rows.map(({ record }) => readJob(String(record))),
      };
    },
  };
}

/** An index of jobs by phase and age. */
function indexFor({ owner, provider }: JobFilter): string {
  return owner !== undefined ? "jobs_person" : provider !== undefined ? "jobs_queue" : "jobs_phase";
}

function isFound({ idBegins, changedSince }: JobFilter): boolean {
  return idBegins !== undefined || changedSince !== undefined;
}

function finderFor({ idBegins }: JobFilter): string {
  // The index behind `id TEXT UNIQUE`.
  return idBegins === undefined ? "jobs_changed" : "sqlite_autoindex_jobs_1";
}

function conditionsOf(filter: JobFilter): Conditions {
  const { changedSince } = filter;
  const all: [string, SQLInputValue | undefined][] = [
    ["owner = ?", filter.owner],
    ["surface = ?", filter.surface],
    ["conversation = ?", filter.conversation],
    ["phase IN (SELECT value FROM json_each(?))", filter.phases && JSON.stringify(filter.phases)],
    ["provider = ?", filter.provider],
    // Two bounds instead of a pattern: they can use the index of ids, and no character has a special meaning.
    ["id >= ?", filter.idBegins],
    ["id < ?", filter.idBegins === undefined ? undefined : filter.idBegins + lastCharacter],
    ["updated_at >= ?", changedSince],
    ["changed >= ?", changedSince === undefined ? undefined : changedSince * 1_000],
    ["created_at < ?", filter.createdBefore],
    [
      `(created_at, seq) ${filter.oldestFirst ? ">" : "<"} (SELECT created_at, seq FROM jobs WHERE id = ?)`,
      filter.after,
    ],
  ];
  const given = all.filter((entry): entry is [string, SQLInputValue] => entry[1] !== undefined);
  return { where: given.map(([condition]) => condition).join(" AND "), values: given.map(([, value]) => value) };
}
