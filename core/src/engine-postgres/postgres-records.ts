import { clockToleranceMs, longestWaitMs } from "../ground/due.ts";
import { endedPhases, type Job, type PhaseName } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";
import { removedJob } from "../job/removed-job.ts";
import type { Row, Sql } from "./postgres-database.ts";

/** A stored job, with the columns needed to write it. */
export interface StoredHead {
  seq: number;
  version: number;
  provider: string;
  phase: PhaseName;
  createdAt: number;
}

/** A version of a job to be stored. */
export interface NewVersion {
  job: Job;
  /** The job as JSON. */
  record: string;
  /** Names this write. */
  writeId: string;
  /** How long until the job is due; null for never, undefined to leave that as it was. */
  delayMs: number | null | undefined;
  needsSurface: string | null;
}

/**
 * The phase of a row whose record was removed. It stays for its key and the mark of its request: one index of keys then
 * decides at every moment whether a key is taken.
 */
const removedPhase = "removed";

/** Whether an instant was written before the database's clock was set back. */
const isFromLater = `scheduled_at > :now + ${clockToleranceMs}`;

/** An instant of a job, which is now if it was written before the database's clock was set back. */
const caughtUp = (column: string) =>
  `CASE WHEN ${isFromLater} AND ${column} IS NOT NULL THEN LEAST(${column}, :now) ELSE ${column} END`;

/** Null for never: of a null and a number, LEAST is the number. */
const dueAfterDelay = `CASE WHEN :delayMs::bigint IS NOT NULL THEN :now + LEAST(:delayMs::bigint, ${longestWaitMs}) END`;

/** How long until a job may be claimed; null if it is leased or never due. */
const dueIn = "CASE WHEN lease_holder IS NULL THEN due_at - :now END AS due_in";

const indexed = `version = :version, owner = :owner, surface = :surface, conversation = :conversation, phase = :phase,
  provider = :provider, created_at = :createdAt, updated_at = :updatedAt`;

const updateJob = `UPDATE toolcast.jobs SET ${indexed},
    wake_at = CASE WHEN :keepsWake THEN ${caughtUp("wake_at")} ELSE ${dueAfterDelay} END,
    hinted_at = ${caughtUp("hinted_at")},
    called_at = CASE WHEN :mayWait THEN ${caughtUp("called_at")} END,
    waits_for = CASE WHEN :mayWait THEN waits_for END,
    scheduled_at = :now, needs_surface = :needsSurface, record = :record, write_id = :writeId,
    changed = pg_current_xact_id()::text::bigint
  WHERE id = :id AND version = :version - 1`;

function valuesOf({ job, record, writeId, delayMs, needsSurface }: NewVersion) {
  const { surface, conversation } = job.caller.place;
  return {
    ...{ id: job.id, key: job.key ?? null, version: job.version, owner: job.caller.id, surface, conversation },
    ...{ phase: job.state.phase, provider: job.provider, createdAt: job.createdAt, updatedAt: job.updatedAt },
    ...{ record, writeId, needsSurface: needsSurface ?? "", keepsWake: delayMs === undefined },
    ...{ delayMs: delayMs == null ? null : Math.ceil(delayMs), mayWait: job.state.phase === "queued" },
  };
}

/** Stores a new job unless its id or key is known; returns how long until it is due, or null if it is known. */
export async function insertJob(sql: Sql, version: NewVersion): Promise<{ dueInMs: number | null } | null> {
  const [row] = await sql(
    `INSERT INTO toolcast.jobs (id, key, version, owner, surface, conversation, phase, provider, created_at, updated_at,
       wake_at, needs_surface, scheduled_at, record, write_id, changed)
     VALUES (:id, :key, :version, :owner, :surface, :conversation, :phase, :provider, :createdAt, :updatedAt,
       ${dueAfterDelay}, :needsSurface, :now, :record, :writeId, pg_current_xact_id()::text::bigint)
     ON CONFLICT DO NOTHING RETURNING ${dueIn}`,
    valuesOf({ ...version, delayMs: version.delayMs ?? null }),
  );
  return row === undefined ? null : { dueInMs: dueInOf(row) };
}

/** What {@link insertMany} stores, a list for each column. */
export type ColumnsOfNew = Record<keyof ReturnType<typeof valuesOf>, unknown[]>;

export function columnsOfNew(versions: readonly NewVersion[]): ColumnsOfNew {
  // In the same order everywhere, so that two processes that store the same keys do not wait for each other.
  const nameOf = ({ job }: NewVersion) => job.key ?? job.id;
  const sorted = versions.toSorted(
    (one, other) => Number(nameOf(one) > nameOf(other)) - Number(nameOf(one) < nameOf(other)),
  );
  const all = sorted.map((version) => valuesOf({ ...version, delayMs: version.delayMs ?? null }));
  const names = Object.keys(all[0] ?? {}) as (keyof ColumnsOfNew)[];
  return Object.fromEntries(names.map((name) => [name, all.map((values) => values[name])])) as ColumnsOfNew;
}

/** The same as {@link insertJob} for several jobs; returns the rows of those that were stored. */
export function insertMany(sql: Sql, columns: ColumnsOfNew): Promise<Row[]> {
  return sql(
    `INSERT INTO toolcast.jobs (id, key, version, owner, surface, conversation, phase, provider, created_at, updated_at,
       wake_at, needs_surface, scheduled_at, record, write_id, changed)
     SELECT id, key, version, owner, surface, conversation, phase, provider, created_at, updated_at,
       CASE WHEN delay IS NOT NULL THEN :now + LEAST(delay, ${longestWaitMs}) END, needs_surface, :now, record, write_id,
       pg_current_xact_id()::text::bigint
     FROM unnest(:id::text[], :key::text[], :version::integer[], :owner::text[], :surface::text[], :conversation::text[],
       :phase::text[], :provider::text[], :createdAt::float8[], :updatedAt::float8[], :delayMs::bigint[],
       :needsSurface::text[], :record::text[], :writeId::text[])
       AS new (id, key, version, owner, surface, conversation, phase, provider, created_at, updated_at, delay,
         needs_surface, record, write_id)
     ON CONFLICT DO NOTHING RETURNING write_id, ${dueIn}`,
    columns,
  );
}

/** Stores the next version of a job, unless the one before is not stored; returns null then. */
export async function updateJobIn(sql: Sql, version: NewVersion): Promise<{ dueInMs: number | null } | null> {
  const [row] = await sql(`${updateJob} RETURNING ${dueIn}`, valuesOf(version));
  return row === undefined ? null : { dueInMs: dueInOf(row) };
}

/** The same, but also null if the job leaves the queue by it, which may concern others. */
export async function updateAlone(sql: Sql, version: NewVersion): Promise<{ dueInMs: number | null } | null> {
  const [row] = await sql(`${updateJob} AND (:mayWait OR phase <> 'queued') RETURNING ${dueIn}`, valuesOf(version));
  return row === undefined ? null : { dueInMs: dueInOf(row) };
}

/** Locks a job for a write, with the database's time; null if there is none. */
export async function lockJob(
  sql: Sql,
  id: string,
): Promise<{ head: StoredHead; writeId: string; now: number } | null> {
  const [row] = await sql(
    `SELECT seq, version, provider, phase, created_at, write_id, :now AS now FROM toolcast.jobs WHERE id = :id FOR UPDATE`,
    { id },
  );
  return row === undefined
    ? null
    : {
        head: {
          seq: Number(row.seq),
          version: Number(row.version),
          provider: String(row.provider),
          phase: row.phase as PhaseName,
          createdAt: Number(row.created_at),
        },
        writeId: String(row.write_id),
        now: Number(row.now),
      };
}

/** Makes a job due after `delayMs` unless it is due sooner. */
export async function wakeJob(sql: Sql, id: string, delayMs: number): Promise<number | null> {
  const at = dueAfterDelay;
  const [row] = await sql(
    `UPDATE toolcast.jobs SET wake_at = ${caughtUp("wake_at")}, called_at = ${caughtUp("called_at")},
       hinted_at = LEAST(${caughtUp("hinted_at")}, ${at}), scheduled_at = :now
     WHERE id = :id AND phase <> '${removedPhase}' AND NOT (:delayMs::bigint > 0 AND lease_until IS NULL AND coalesce(${caughtUp("wake_at")} <= ${at}, false))
     RETURNING ${dueIn}`,
    { id, delayMs: Math.ceil(delayMs) },
  );
  return row === undefined ? null : dueInOf(row);
}

/** The job in a row with `id`, `key`, `phase` and `record`; of a removed one only what has stayed. */
export function jobIn(row: Row | undefined): Job | null {
  if (row === undefined) {
    return null;
  }
  const record = String(row.record);
  return row.phase === removedPhase
    ? removedJob({ id: String(row.id), key: String(row.key), ...(JSON.parse(record) as { request?: string }) })
    : readJob(record);
}

/**
 * Removes the record of an ended job that still has this version, unless it was written last of all; returns its row's
 * number. Its key, if it has one, stays.
 */
export async function removeJob(sql: Sql, id: string, version: number): Promise<number | null> {
  const [row] = await sql(
    `SELECT seq, key, record FROM toolcast.jobs
     WHERE id = :id AND version = :version AND phase = ANY (:ended::text[])
       AND changed < (SELECT changed FROM toolcast.jobs ORDER BY changed DESC LIMIT 1)
     FOR UPDATE`,
    { id, version, ended: endedPhases },
  );
  if (row === undefined) {
    return null;
  }
  const seq = Number(row.seq);
  if (row.key === null) {
    await sql("DELETE FROM toolcast.jobs WHERE seq = :seq", { seq });
  } else {
    const { request } = readJob(String(row.record));
    await sql(
      `UPDATE toolcast.jobs SET phase = '${removedPhase}', version = version + 1, changed = 0, record = :record,
         owner = '', surface = '', conversation = '', provider = '',
         wake_at = NULL, hinted_at = NULL, called_at = NULL, waits_for = NULL
       WHERE seq = :seq`,
      { seq, record: JSON.stringify({ request }) },
    );
  }
  return seq;
}

export function dueInOf(row: Row): number | null {
  return row.due_in === null ? null : Number(row.due_in);
}
