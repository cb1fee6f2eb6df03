import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { clockToleranceMs, legalWake } from "../ground/due.ts";
import type { JobFilter } from "../job/engine.ts";
import type { Job, PhaseName } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";

/** A stored job, with the columns needed to write it. */
export interface StoredHead {
  seq: number;
  version: number;
  provider: string;
  phase: PhaseName;
  createdAt: number;
  wakeAt: number | null;
}

/** Records as JSON, beside the columns by which they are found. Call the writing methods within a transaction. */
export interface RecordStore {
  insert(job: Job, record: string, due: Due): void;
  /** The new version is `job.version`. */
  update(seq: number, job: Job, record: string, due: Due): void;
  head(id: string): StoredHead | null;
  read(id: string): Job | null;
  readByKey(key: string): Job | null;
  list(filter: JobFilter): Job[];
  count(filter: JobFilter): number;
  wake(id: string, at: number, now: number): void;
  /** Makes a job due that was scheduled before the clock was set back. To be called before a write reschedules it. */
  catchUp(id: string, now: number): void;
}

interface Due {
  /** The time of this write, from which a clock that was set back later is recognized. */
  now: number;
  wakeAt: number | null;
  needsSurface: string | null;
}

const defaultLimit = 50;
const largestLimit = 1_000;

/** Sorts after every character of an id. */
const lastCharacter = "\u{10ffff}";

const indexed = ["version", "owner", "surface", "conversation", "phase", "provider", "created_at", "updated_at"];
const written = [...indexed, "wake_at", "needs_surface", "scheduled_at", "record"];

function columnsOf(job: Job, record: string, due: Due): SQLInputValue[] {
  const { surface, conversation } = job.caller.place;
  return [
    ...[job.version, job.caller.id, surface, conversation, job.state.phase, job.provider, job.createdAt, job.updatedAt],
    ...[legalWake(due.wakeAt, due.now), due.needsSurface ?? "", due.now, record],
  ];
}

export function createRecordStore(database: DatabaseSync): RecordStore {
  const insert = database.prepare(
    `INSERT INTO jobs (id, key, ${written.join(", ")}) VALUES (?, ?, ${written.map(() => "?").join(", ")})`,
  );
  const update = database.prepare(
    `UPDATE jobs SET ${written.map((column) => `${column} = ?`).join(", ")},
       waits_for = CASE WHEN ? THEN waits_for END, called_at = CASE WHEN ? THEN called_at END
     WHERE seq = ?`,
  );
  const head = database.prepare("SELECT seq, version, provider, phase, created_at, wake_at FROM jobs WHERE id = ?");
  const byId = database.prepare("SELECT record FROM jobs WHERE id = ?");
  const byKey = database.prepare("SELECT record FROM jobs WHERE key = ?");
  const catchUp = database.prepare(
    `UPDATE jobs SET wake_at = min(wake_at, :now), hinted_at = min(hinted_at, :now),
       called_at = min(called_at, :now), scheduled_at = :now
     WHERE id = :id AND scheduled_at > :tolerated`,
  );
  const wake = database.prepare(
    `UPDATE jobs SET hinted_at = min(coalesce(hinted_at, :at), :at), scheduled_at = :now
     WHERE id = :id AND NOT (:at > :now AND lease_until IS NULL AND coalesce(wake_at <= :at, FALSE))`,
  );
  const filtered = new Map<string, StatementSync>();

  function prepared(sql: string): StatementSync {
    const known = filtered.get(sql) ?? database.prepare(sql);
    filtered.set(sql, known);
    return known;
  }

  return {
    insert(job, record, due) {
      insert.run(job.id, job.key ?? null, ...columnsOf(job, record, due));
    },
    update(seq, job, record, due) {
      const mayWait = job.state.phase === "queued" ? 1 : 0;
      update.run(...columnsOf(job, record, due), mayWait, mayWait, seq);
    },
    head(id) {
      const row = head.get(id);
      return row
        ? {
            seq: Number(row.seq),
            version: Number(row.version),
            provider: String(row.provider),
            phase: row.phase as PhaseName,
            createdAt: Number(row.created_at),
            wakeAt: row.wake_at === null ? null : Number(row.wake_at),
          }
        : null;
    },
    read: (id) => jobIn(byId.get(id)),
    readByKey: (key) => jobIn(byKey.get(key)),
    list(filter) {
      const { where, values } = conditionsOf(filter);
      const limit = Math.max(0, Math.min(filter.limit ?? defaultLimit, largestLimit));
      const rows = prepared(`SELECT record FROM jobs ${where} ORDER BY created_at DESC, seq DESC LIMIT ?`).all(
        ...values,
        limit,
      );
      return rows.flatMap((row) => jobIn(row) ?? []);
    },
    count(filter) {
      const { where, values } = conditionsOf(filter);
      return Number(prepared(`SELECT count(*) AS count FROM jobs ${where}`).get(...values)?.count);
    },
    catchUp(id, now) {
      catchUp.run({ id, now, tolerated: now + clockToleranceMs });
    },
    wake(id, at, now) {
      this.catchUp(id, now);
      wake.run({ id, at: legalWake(at, now), now });
    },
  };
}

function jobIn(row: Record<string, unknown> | undefined): Job | null {
  return row ? readJob(String(row.record)) : null;
}

function conditionsOf(filter: JobFilter): { where: string; values: SQLInputValue[] } {
  const all: [string, SQLInputValue | undefined][] = [
    ["owner = ?", filter.owner],
    ["surface = ?", filter.surface],
    ["conversation = ?", filter.conversation],
    ["phase IN (SELECT value FROM json_each(?))", filter.phases && JSON.stringify(filter.phases)],
    ["provider = ?", filter.provider],
    // Two bounds instead of a pattern: they can use the index of ids, and no character has a special meaning.
    ["id >= ?", filter.idBegins],
    ["id < ?", filter.idBegins === undefined ? undefined : filter.idBegins + lastCharacter],
    ["updated_at >= ?", filter.changedSince],
    ["created_at < ?", filter.createdBefore],
    ["(created_at, seq) < (SELECT created_at, seq FROM jobs WHERE id = ?)", filter.after],
  ];
  const given = all.filter((entry): entry is [string, SQLInputValue] => entry[1] !== undefined);
  return {
    where: given.length === 0 ? "" : `WHERE ${given.map(([condition]) => condition).join(" AND ")}`,
    values: given.map(([, value]) => value),
  };
}
