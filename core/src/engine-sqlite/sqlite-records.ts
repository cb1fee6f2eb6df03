import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { clockToleranceMs, legalWake } from "../ground/due.ts";
import { endedPhases, type Job, type PhaseName } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";
import { removedJob } from "../job/removed-job.ts";
import { createJobLists, type JobLists } from "./sqlite-lists.ts";

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
export interface RecordStore extends JobLists {
  insert(job: Job, record: string, due: Due): void;
  /** The new version is `job.version`. */
  update(seq: number, job: Job, record: string, due: Due): void;
  /** As stored, for a write that may reschedule it: if the clock was set back since, the job is made due before. */
  head(id: string, now: number): StoredHead | null;
  read(id: string): Job | null;
  readByKey(key: string): Job | null;
  wake(id: string, at: number, now: number): void;
  /** Removes an ended job that still has this version, unless it was written last of all; returns its row's number. */
  remove(id: string, version: number): number | null;
}

interface Due {
  /** The time of this write, from which a clock that was set back later is recognized. */
  now: number;
  wakeAt: number | null;
  needsSurface: string | null;
}

const indexed = ["version", "owner", "surface", "conversation", "phase", "provider", "created_at", "updated_at"];
const written = [...indexed, "wake_at", "needs_surface", "scheduled_at", "record"];

/** Greater than that of every earlier write, and at least the given microseconds. */
const nextChange = "max(coalesce((SELECT changed FROM jobs ORDER BY changed DESC LIMIT 1), 0) + 1, ?)";

function columnsOf(job: Job, record: string, due: Due): SQLInputValue[] {
  const { surface, conversation } = job.caller.place;
  return [
    ...[job.version, job.caller.id, surface, conversation, job.state.phase, job.provider, job.createdAt, job.updatedAt],
    ...[legalWake(due.wakeAt, due.now), due.needsSurface ?? "", due.now, record],
  ];
}

export function createRecordStore(database: DatabaseSync): RecordStore {
  const lists = createJobLists(database);
  const insert = database.prepare(
    `INSERT INTO jobs (id, key, ${written.join(", ")}, changed)
     VALUES (?, ?, ${written.map(() => "?").join(", ")}, ${nextChange})`,
  );
  const update = database.prepare(
    `UPDATE jobs SET ${written.map((column) => `${column} = ?`).join(", ")}, changed = ${nextChange},
       waits_for = CASE WHEN ? THEN waits_for END, called_at = CASE WHEN ? THEN called_at END
     WHERE seq = ?`,
  );
  const head = database.prepare(
    "SELECT seq, version, provider, phase, created_at, wake_at, scheduled_at FROM jobs WHERE id = ?",
  );
  const byId = database.prepare("SELECT record FROM jobs WHERE id = ?");
  // One statement for both: outside a transaction each takes and gives back the file's locks.
  const byKey = database.prepare(
    `SELECT record, NULL AS id, NULL AS request FROM jobs WHERE key = :key
     UNION ALL SELECT NULL, id, request FROM tombstones WHERE key = :key`,
  );
  const catchUp = database.prepare(
    `UPDATE jobs SET wake_at = min(wake_at, :now), hinted_at = min(hinted_at, :now),
       called_at = min(called_at, :now), scheduled_at = :now
     WHERE id = :id AND scheduled_at > :tolerated`,
  );
  const removable = database.prepare(
    `SELECT seq, record FROM jobs
     WHERE id = ? AND version = ? AND phase IN (SELECT value FROM json_each(?))
       AND changed < (SELECT changed FROM jobs ORDER BY changed DESC LIMIT 1)`,
  );
  const remove = database.prepare("DELETE FROM jobs WHERE seq = ?");
  const bury = database.prepare("INSERT OR REPLACE INTO tombstones (key, id, request) VALUES (?, ?, ?)");
  const wake = database.prepare(
    `UPDATE jobs SET hinted_at = min(coalesce(hinted_at, :at), :at), scheduled_at = :now
     WHERE id = :id AND NOT (:at > :now AND lease_until IS NULL AND coalesce(wake_at <= :at, FALSE))`,
  );
  /** Makes a job due that was scheduled before the clock was set back. */
  function catchUpTo(id: string, now: number): void {
    catchUp.run({ id, now, tolerated: now + clockToleranceMs });
  }

  function readByKey(key: string): Job | null {
    const row = byKey.get({ key });
    if (row === undefined || row.record !== null) {
      return jobIn(row);
    }
    return removedJob({ key, id: String(row.id), ...(row.request === null ? {} : { request: String(row.request) }) });
  }

  return {
    insert(job, record, due) {
      insert.run(job.id, job.key ?? null, ...columnsOf(job, record, due), due.now * 1_000);
    },
    update(seq, job, record, due) {
      const mayWait = job.state.phase === "queued" ? 1 : 0;
      update.run(...columnsOf(job, record, due), due.now * 1_000, mayWait, mayWait, seq);
    },
    head(id, now) {
      let row = head.get(id);
      if (row !== undefined && Number(row.scheduled_at) > now + clockToleranceMs) {
        catchUpTo(id, now);
        row = head.get(id);
      }
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
    readByKey,
    ...lists,
    wake(id, at, now) {
      catchUpTo(id, now);
      wake.run({ id, at: legalWake(at, now), now });
    },
    remove(id, version) {
      const row = removable.get(id, version, JSON.stringify(endedPhases));
      if (row === undefined) {
        return null;
      }
      const { key, request } = readJob(String(row.record));
      if (key !== undefined) {
        bury.run(key, id, request ?? null);
      }
      remove.run(Number(row.seq));
      return Number(row.seq);
    },
  };
}

function jobIn(row: Record<string, unknown> | undefined): Job | null {
  return row ? readJob(String(row.record)) : null;
}
