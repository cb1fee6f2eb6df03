import type { DatabaseSync } from "node:sqlite";
import { ToolcastError } from "../errors/errors.ts";
import { inTransaction, openDatabase } from "../state/open-database.ts";

/**
 * Each migration leads from one version to the next; none is ever changed or removed. `user_version` counts those that
 * were applied, so other users of the file must leave that number alone.
 *
 * `due_at` is when a job without a lease may be claimed: the earliest of what its last write asked for (`wake_at`),
 * what `wake` has asked for since (`hinted_at`, which only a claim clears) and when its line called it (`called_at`).
 * `scheduled_at` is when that was written.
 */
const migrations = [
  `CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     key TEXT UNIQUE,
     version INTEGER NOT NULL,
     owner TEXT NOT NULL,
     surface TEXT NOT NULL,
     conversation TEXT NOT NULL,
     phase TEXT NOT NULL,
     provider TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     wake_at INTEGER,
     hinted_at INTEGER,
     needs_surface TEXT NOT NULL DEFAULT '',
     lease_holder TEXT,
     lease_until INTEGER,
     troubles INTEGER NOT NULL DEFAULT 0,
     waits_for TEXT,
     due_at INTEGER GENERATED ALWAYS AS (coalesce(lease_until, min(wake_at, hinted_at), wake_at, hinted_at)) VIRTUAL,
     record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX jobs_due ON jobs (needs_surface, due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX jobs_owner ON jobs (owner, created_at);
   CREATE INDEX jobs_place ON jobs (surface, conversation, created_at);
   CREATE INDEX jobs_queue ON jobs (provider, phase, created_at);
   CREATE INDEX jobs_line ON jobs (waits_for, created_at) WHERE waits_for IS NOT NULL;
   CREATE INDEX jobs_phase ON jobs (phase, created_at);
   CREATE INDEX jobs_created ON jobs (created_at);
   CREATE INDEX jobs_updated ON jobs (updated_at);
   CREATE TABLE holds (
     resource TEXT NOT NULL,
     job INTEGER NOT NULL,
     PRIMARY KEY (resource, job)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX holds_job ON holds (job);
   CREATE TABLE admissions (name TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
   CREATE INDEX admissions_name ON admissions (name, at);
   CREATE TABLE counters (name TEXT PRIMARY KEY, count REAL NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE locks (
     name TEXT PRIMARY KEY,
     holder TEXT NOT NULL,
     until INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE inbox (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     surface TEXT NOT NULL,
     state TEXT NOT NULL,
     content TEXT NOT NULL,
     credentials TEXT,
     credentials_until INTEGER,
     job TEXT,
     part_of INTEGER,
     taken_at INTEGER NOT NULL,
     keep_until INTEGER NOT NULL,
     version INTEGER NOT NULL,
     holder TEXT,
     held_until INTEGER
   ) STRICT;
   CREATE INDEX inbox_open ON inbox (surface, seq) WHERE state = 'open';
   CREATE INDEX inbox_keep ON inbox (keep_until);
   CREATE INDEX inbox_credentials ON inbox (credentials_until) WHERE credentials_until IS NOT NULL;
   CREATE INDEX inbox_parts ON inbox (part_of, seq) WHERE part_of IS NOT NULL;`,
  `ALTER TABLE jobs ADD COLUMN scheduled_at INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX jobs_scheduled ON jobs (needs_surface, scheduled_at) WHERE due_at IS NOT NULL;
   CREATE INDEX jobs_leased ON jobs (lease_holder) WHERE lease_holder IS NOT NULL;
   ALTER TABLE locks ADD COLUMN taken_at INTEGER NOT NULL DEFAULT 0;`,
  // Older unresolved jobs were never due. Each is woken once, and then says when it is due next.
  `UPDATE jobs SET hinted_at = 0 WHERE phase = 'unresolved' AND hinted_at IS NULL`,
  `CREATE TABLE store_identity (
     only INTEGER PRIMARY KEY CHECK (only = 1),
     inode TEXT NOT NULL,
     born_at TEXT,
     epoch TEXT,
     raising TEXT,
     key_mark TEXT
   ) STRICT;`,
  // Lines were kept by the resource that refused a job. Whoever waited in one is due within a minute and joins again.
  `DROP INDEX jobs_due;
   DROP INDEX jobs_scheduled;
   ALTER TABLE jobs DROP COLUMN due_at;
   ALTER TABLE jobs ADD COLUMN called_at INTEGER;
   ALTER TABLE jobs ADD COLUMN due_at INTEGER GENERATED ALWAYS AS (coalesce(lease_until, nullif(min(
     coalesce(wake_at, 9007199254740991), coalesce(hinted_at, 9007199254740991), coalesce(called_at, 9007199254740991)
   ), 9007199254740991))) VIRTUAL;
   CREATE INDEX jobs_due ON jobs (needs_surface, due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX jobs_scheduled ON jobs (needs_surface, scheduled_at) WHERE due_at IS NOT NULL;
   UPDATE jobs SET waits_for = NULL WHERE waits_for IS NOT NULL;
   CREATE TABLE lines (line TEXT PRIMARY KEY, blocked_by TEXT NOT NULL, head_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX lines_blocked ON lines (blocked_by, head_at);
   CREATE TABLE bounds (
     need TEXT PRIMARY KEY,
     max REAL NOT NULL,
     window_ms INTEGER,
     moved INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE calls (need TEXT NOT NULL, job INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (need, job))
     STRICT, WITHOUT ROWID;
   CREATE INDEX calls_job ON calls (job);`,
  // `changed` grows with every write and is never below the microseconds of its instant. Rows that were last written
  // long before the upgrade need none. The indexes that went were used by nothing, or only by queries that others serve.
  `ALTER TABLE jobs ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
   UPDATE jobs SET changed = updated_at * 1000
     WHERE updated_at >= (SELECT max(updated_at) FROM jobs) - 604800000;
   CREATE INDEX jobs_changed ON jobs (changed);
   CREATE INDEX jobs_person ON jobs (owner, phase, created_at);
   DROP INDEX jobs_owner;
   DROP INDEX jobs_place;
   DROP INDEX jobs_created;
   DROP INDEX jobs_updated;
   CREATE TABLE tallies (phase TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO tallies (phase, count) SELECT phase, count(*) FROM jobs GROUP BY phase;
   CREATE TRIGGER jobs_stored AFTER INSERT ON jobs BEGIN
     INSERT INTO tallies (phase, count) VALUES (new.phase, 1) ON CONFLICT (phase) DO UPDATE SET count = count + 1;
   END;
   CREATE TRIGGER jobs_moved AFTER UPDATE OF phase ON jobs WHEN old.phase <> new.phase BEGIN
     UPDATE tallies SET count = count - 1 WHERE phase = old.phase;
     INSERT INTO tallies (phase, count) VALUES (new.phase, 1) ON CONFLICT (phase) DO UPDATE SET count = count + 1;
   END;
   CREATE TRIGGER jobs_removed AFTER DELETE ON jobs BEGIN
     UPDATE tallies SET count = count - 1 WHERE phase = old.phase;
   END;`,
  // The charges of all days together, by provider and unit, from names such as `charged|2026-01-31|spark|points|web:ada`.
  `CREATE TABLE tombstones (key TEXT PRIMARY KEY, id TEXT NOT NULL, request TEXT) STRICT, WITHOUT ROWID;
   INSERT INTO counters (name, count)
     SELECT 'charged-sum|' || provider || '|' || substr(rest, 1, instr(rest, '|') - 1) AS name, round(sum(count), 6)
     FROM (
       SELECT substr(tail, 1, instr(tail, '|') - 1) AS provider, substr(tail, instr(tail, '|') + 1) AS rest, count
       FROM (SELECT substr(name, 20) AS tail, count FROM counters WHERE name >= 'charged|' AND name < 'charged}')
     )
     GROUP BY 1`,
  // Small state was in a file of its own, see `mergeEarlierState`.
  `CREATE TABLE IF NOT EXISTS small_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID, STRICT;
   CREATE INDEX IF NOT EXISTS small_state_expires ON small_state (expires) WHERE expires IS NOT NULL;
   CREATE TABLE merged_state (only INTEGER PRIMARY KEY CHECK (only = 1), epoch TEXT) STRICT;`,
];

/** Distinguishes our file from that of another program with a table of jobs. */
const marks = [{ table: "jobs", column: "needs_surface" }];

/** Opens the file, with every commit durable, and brings its tables up to date. `refuseDamaged`: see `openDatabase`. */
export function openJobDatabase(file: string, { refuseDamaged = false } = {}): DatabaseSync {
  return openDatabase(file, { marks, refuseDamaged, prepare: (database) => migrate(database) });
}

/** Applies the migrations up to and including number `last`. Default: all. */
export function migrate(database: DatabaseSync, last: number = migrations.length): void {
  if (versionOf(database) === last) {
    return;
  }
  inTransaction(database, () => {
    const version = versionOf(database);
    if (version > migrations.length) {
      throw newerStore(version);
    }
    for (const migration of migrations.slice(version, last)) {
      database.exec(migration);
    }
    database.exec(`PRAGMA user_version = ${last}`);
  });
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}

function newerStore(version: number): ToolcastError {
  const sentence = {
    en: `The job store was written by a newer Toolcast (its version is ${version}, this program knows ${migrations.length}). Install the newer Toolcast, or choose another data directory.`,
    "zh-CN": `任务数据库由更新版本的 Toolcast 写入（其版本为 ${version}，本程序只支持到 ${migrations.length}）。请安装更新版本的 Toolcast，或改用其他数据目录。`,
  };
  return new ToolcastError(sentence.en, { kind: "usage", sentence, charged: "no", retry: { kind: "never" } });
}
