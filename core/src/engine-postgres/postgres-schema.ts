import { ToolcastError } from "../errors/errors.ts";
import type { PostgresDatabase, Sql } from "./postgres-database.ts";
import { untilKnown } from "./until-known.ts";

/** A step from one version of the tables to the next; none is ever changed or removed. */
export interface Migration {
  /** Statements, separated by semicolons. */
  script: string;
  /**
   * The oldest version whose programs can go on working with the tables as they are after this step. A step that only
   * adds leaves it as it was, so that the processes of a rolling restart work side by side.
   */
  oldest: number;
}

/** Orders and compares text by its bytes, as SQLite does, whatever the database's locale. */
const text = `text COLLATE "C"`;

/**
 * `due_at` is when a job without a lease may be claimed: the earliest of what its last write asked for (`wake_at`), what
 * `wake` has asked for since (`hinted_at`, which only a claim clears) and when its line called it (`called_at`).
 * `scheduled_at` is when that was written. These instants, and those of leases, rates and locks, are the database's own
 * time. `changed` is the transaction of the last write, and `write_id` names that write, so that it is recognized when
 * the answer to its commit was lost.
 */
export const migrations: readonly Migration[] = [
  {
    oldest: 1,
    script: `
      CREATE TABLE toolcast.jobs (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id ${text} NOT NULL UNIQUE,
        key ${text} UNIQUE,
        version integer NOT NULL,
        owner ${text} NOT NULL,
        surface ${text} NOT NULL,
        conversation ${text} NOT NULL,
        phase ${text} NOT NULL,
        provider ${text} NOT NULL,
        created_at double precision NOT NULL,
        updated_at double precision NOT NULL,
        wake_at bigint,
        hinted_at bigint,
        called_at bigint,
        due_at bigint GENERATED ALWAYS AS (LEAST(wake_at, hinted_at, called_at)) STORED,
        scheduled_at bigint NOT NULL DEFAULT 0,
        needs_surface ${text} NOT NULL DEFAULT '',
        lease_holder ${text},
        lease_until bigint,
        troubles integer NOT NULL DEFAULT 0,
        waits_for ${text},
        changed bigint NOT NULL DEFAULT 0,
        write_id ${text} NOT NULL DEFAULT '',
        record ${text} NOT NULL
      );
      CREATE INDEX jobs_due ON toolcast.jobs (needs_surface, due_at) WHERE lease_holder IS NULL AND due_at IS NOT NULL;
      CREATE INDEX jobs_scheduled ON toolcast.jobs (needs_surface, scheduled_at)
        WHERE lease_holder IS NULL AND due_at IS NOT NULL;
      CREATE INDEX jobs_leased ON toolcast.jobs (lease_holder) WHERE lease_holder IS NOT NULL;
      CREATE INDEX jobs_phase ON toolcast.jobs (phase, created_at DESC, seq DESC);
      CREATE INDEX jobs_person ON toolcast.jobs (owner, phase, created_at DESC, seq DESC);
      CREATE INDEX jobs_queue ON toolcast.jobs (provider, phase, created_at DESC, seq DESC);
      CREATE INDEX jobs_line ON toolcast.jobs (waits_for, created_at, seq) WHERE waits_for IS NOT NULL;
      CREATE INDEX jobs_changed ON toolcast.jobs (changed);
      CREATE INDEX jobs_updated ON toolcast.jobs (updated_at);
      CREATE TABLE toolcast.holds (resource ${text} NOT NULL, job bigint NOT NULL, PRIMARY KEY (resource, job));
      CREATE INDEX holds_job ON toolcast.holds (job);
      CREATE TABLE toolcast.admissions (name ${text} NOT NULL, at bigint NOT NULL);
      CREATE INDEX admissions_name ON toolcast.admissions (name, at);
      CREATE TABLE toolcast.counters (name ${text} PRIMARY KEY, count double precision NOT NULL);
      CREATE TABLE toolcast.locks (
        name ${text} PRIMARY KEY,
        holder ${text} NOT NULL,
        until bigint NOT NULL,
        taken_at bigint NOT NULL
      );
      CREATE TABLE toolcast.inbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id ${text} NOT NULL UNIQUE,
        surface ${text} NOT NULL,
        state ${text} NOT NULL,
        content ${text} NOT NULL,
        credentials ${text},
        credentials_until bigint,
        job ${text},
        part_of bigint,
        taken_at bigint NOT NULL,
        keep_until bigint NOT NULL,
        version integer NOT NULL,
        write_id ${text} NOT NULL DEFAULT '',
        holder ${text},
        held_until bigint
      );
      CREATE INDEX inbox_open ON toolcast.inbox (surface, seq) WHERE state = 'open';
      CREATE INDEX inbox_keep ON toolcast.inbox (keep_until);
      CREATE INDEX inbox_credentials ON toolcast.inbox (credentials_until) WHERE credentials_until IS NOT NULL;
      CREATE INDEX inbox_parts ON toolcast.inbox (part_of, seq) WHERE part_of IS NOT NULL;
      CREATE TABLE toolcast.lines (line ${text} PRIMARY KEY, blocked_by ${text} NOT NULL, head_at double precision NOT NULL);
      CREATE INDEX lines_blocked ON toolcast.lines (blocked_by, head_at);
      CREATE TABLE toolcast.bounds (
        need ${text} PRIMARY KEY,
        max double precision NOT NULL,
        window_ms bigint,
        moved boolean NOT NULL DEFAULT false
      );
      CREATE TABLE toolcast.calls (need ${text} NOT NULL, job bigint NOT NULL, at bigint NOT NULL, PRIMARY KEY (need, job));
      CREATE INDEX calls_job ON toolcast.calls (job)`,
  },
  {
    oldest: 1,
    script: `
      CREATE TABLE toolcast.small_state (key ${text} PRIMARY KEY, value ${text} NOT NULL, expires_at bigint);
      CREATE INDEX small_state_expires ON toolcast.small_state (expires_at) WHERE expires_at IS NOT NULL;
      CREATE TABLE toolcast.store_identity (
        single boolean PRIMARY KEY CHECK (single),
        place ${text} NOT NULL,
        key ${text} NOT NULL
      )`,
  },
];

/** Whoever has this lock creates or changes the tables; "toolcast" in ASCII. */
const migrationLock = "8389754676650210164";

/**
 * Brings tables up to date, one process at a time. Tables of a newer program are left as they are, and refused if this
 * program cannot work with them. `versionTable` is the name of the table with their version: one for each set of tables.
 */
export async function migrate(
  database: Pick<PostgresDatabase, "read" | "transaction">,
  steps: readonly Migration[] = migrations,
  versionTable = "schema_version",
): Promise<void> {
  const [encoding] = await database.read("SELECT current_setting('server_encoding') AS encoding");
  if (encoding?.encoding !== "UTF8") {
    throw refusal({
      en: `The database's encoding is ${encoding?.encoding}. Toolcast needs UTF8: create the database with ENCODING 'UTF8'.`,
      "zh-CN": `数据库的编码是 ${encoding?.encoding}，而 Toolcast 需要 UTF8：请用 ENCODING 'UTF8' 创建数据库。`,
    });
  }
  const update = async (sql: Sql) => {
    await sql(`SELECT pg_advisory_xact_lock(${migrationLock})`);
    const { version, oldest } = await versionOf(sql, versionTable);
    if (oldest > steps.length) {
      throw newerStore(version, steps.length);
    }
    for (const step of steps.slice(version)) {
      for (const statement of step.script.split(";")) {
        await sql(statement);
      }
    }
    if (version < steps.length) {
      await sql(
        `INSERT INTO toolcast.${versionTable} (single, version, oldest) VALUES (true, :version, :oldest)
         ON CONFLICT (single) DO UPDATE SET version = excluded.version, oldest = excluded.oldest`,
        { version: steps.length, oldest: Math.max(1, ...steps.map((step) => step.oldest)) },
      );
    }
  };
  // Whatever became of it is seen when the version is read again.
  await untilKnown(() => database.transaction(update));
}

async function versionOf(sql: Sql, table: string): Promise<{ version: number; oldest: number }> {
  const [known] = await sql(`SELECT to_regclass('toolcast.${table}') IS NOT NULL AS known`);
  if (known?.known !== true) {
    await sql("CREATE SCHEMA IF NOT EXISTS toolcast");
    await sql(
      `CREATE TABLE toolcast.${table} (
         single boolean PRIMARY KEY CHECK (single),
         version integer NOT NULL,
         oldest integer NOT NULL
       )`,
    );
  }
  const [row] = await sql(`SELECT version, oldest FROM toolcast.${table}`);
  return { version: Number(row?.version ?? 0), oldest: Number(row?.oldest ?? 0) };
}

function newerStore(version: number, known: number): ToolcastError {
  return refusal({
    en: `The database was changed by a newer Toolcast (its version is ${version}, this program knows ${known}). Install the newer Toolcast, or choose another database.`,
    "zh-CN": `数据库已由更新版本的 Toolcast 升级（其版本为 ${version}，本程序只支持到 ${known}）。请安装更新版本的 Toolcast，或改用其他数据库。`,
  });
}

function refusal(sentence: { en: string; "zh-CN": string }): ToolcastError {
  return new ToolcastError(sentence.en, { kind: "usage", sentence, charged: "no", retry: { kind: "never" } });
}
