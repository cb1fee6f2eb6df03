import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JobFilter } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";

/** A stored job with what decides about writing it. */
export interface StoredHead {
  seq: number;
  version: number;
  provider: string;
  createdAt: number;
  wakeAt: number | null;
}

/** Records as JSON beside the columns they are found by. Writing methods belong inside a transaction. */
export interface RecordStore {
  insert(job: Job, record: string, due: Due): void;
  /** The new version is `job.version`. */
  update(seq: number, job: Job, record: string, due: Due): void;
  head(id: string): StoredHead | null;
  read(id: string): Job | null;
  readByKey(key: string): Job | null;
  list(filter: JobFilter): Job[];
  count(filter: JobFilter): number;
  /** Notes that a job was refused a place, until it is claimed again or is queued no more. */
  markWaiting(seq: number, resource: string): void;
  wake(id: string, at: number, now: number): void;
  nextInLine(resource: string): string | null;
}

interface Due {
  wakeAt: number | null;
  needsSurface: string | null;
}

const defaultLimit = 50;
const largestLimit = 1_000;

/** Sorts after whatever may follow in an id. */
const lastCharacter = "\u{10ffff}";

const indexed = ["version", "owner", "surface", "conversation", "phase", "provider", "created_at", "updated_at"];
const written = [...indexed, "wake_at", "needs_surface", "record"];

function columnsOf(job: Job, record: string, due: Due): SQLInputValue[] {
  const { surface, conversation } = job.caller.place;
  return [
    ...[job.version, job.caller.id, surface, conversation, job.state.phase, job.provider, job.createdAt, job.updatedAt],
    ...[wholeMs(due.wakeAt), due.needsSurface ?? "", record],
  ];
}

export function createRecordStore(database: DatabaseSync): RecordStore {
  const insert = database.prepare(
    `INSERT INTO jobs (id, key, ${written.join(", ")}) VALUES (?, ?, ${written.map(() => "?").join(", ")})`,
  );
  const update = database.prepare(
    `UPDATE jobs SET ${written.map((column) => `${column} = ?`).join(", ")},
       waits_for = CASE WHEN ? = 'queued' THEN waits_for END
     WHERE seq = ?`,
  );
  const head = database.prepare("SELECT seq, version, provider, created_at, wake_at FROM jobs WHERE id = ?");
  const byId = database.prepare("SELECT record FROM jobs WHERE id = ?");
  const byKey = database.prepare("SELECT record FROM jobs WHERE key = ?");
  const markWaiting = database.prepare("UPDATE jobs SET waits_for = ? WHERE seq = ?");
  const wake = database.prepare(
    `UPDATE jobs SET hinted_at = min(coalesce(hinted_at, :at), :at)
     WHERE id = :id AND NOT (:at > :now AND lease_until IS NULL AND coalesce(wake_at <= :at, FALSE))`,
  );
  const nextInLine = database.prepare(
    `SELECT id FROM jobs
     WHERE waits_for = ? AND phase = 'queued' AND hinted_at IS NULL
     ORDER BY created_at, seq LIMIT 1`,
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
      update.run(...columnsOf(job, record, due), job.state.phase, seq);
    },
    head(id) {
      const row = head.get(id);
      return row
        ? {
            seq: Number(row.seq),
            version: Number(row.version),
            provider: String(row.provider),
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
    markWaiting(seq, resource) {
      markWaiting.run(resource, seq);
    },
    wake(id, at, now) {
      wake.run({ id, at: wholeMs(at), now });
    },
    nextInLine(resource) {
      const row = nextInLine.get(resource);
      return row ? String(row.id) : null;
    },
  };
}

/** A back-off may come out at a fraction of a millisecond; the columns hold whole ones. */
function wholeMs(at: number | null): number | null {
  return at === null ? null : Math.ceil(at);
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
    // Two bounds and no pattern: the index of ids serves them, and no character means anything else.
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
