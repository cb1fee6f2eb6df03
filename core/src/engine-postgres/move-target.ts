import { createHash } from "node:crypto";
import type { TableToMove } from "../engine-sqlite/store-to-move.ts";
import { ToolcastError } from "../errors/errors.ts";
import { connectPostgres, type PostgresDatabase, type PostgresOptions, type Sql } from "./postgres-database.ts";
import { placeOf } from "./postgres-identity.ts";
import { migrate } from "./postgres-schema.ts";

type MovedRow = Record<string, unknown>;

/** What else is stored in the same database, by somebody who has tables of their own. */
export interface MoveCompanion {
  /** The names of the tables. */
  tables: readonly string[];
  /** Creates or updates them. */
  migrate(database: MigratedDatabase): Promise<void>;
  /** Copies their rows. */
  copy(sql: Sql): Promise<void>;
}

/** What tables are created in. */
type MigratedDatabase = Pick<PostgresDatabase, "read" | "transaction">;

interface MoveTargetOptions extends Pick<PostgresOptions, "url" | "clock" | "client" | "schema"> {
  /** That of the store which is moved: with it this store is recognized when a move is repeated. */
  secretKey: Uint8Array;
}

/** A database that a store is moved into. */
export interface MoveTarget {
  /**
   * Copies everything in one transaction. The copy is held, as any copy is, until {@link MoveTarget.finish}. Replaces the
   * copy of an earlier move that was cut off before its store was marked. Throws a usage error if there is anything else.
   */
  copy(rows: (table: TableToMove) => Iterable<MovedRow>, companion: MoveCompanion): Promise<void>;
  /** The copy is the store from now on. False if it was already, or if the database has another store. */
  finish(): Promise<boolean>;
  close(): Promise<void>;
}

const tables = ["jobs", "holds", "admissions", "counters", "inbox", "small_state"] as const;
const perStatement = { rows: 200, characters: 1_000_000 };

/**
 * How rows become rows of the database. Instants that the database's own time decides about are shifted by how far its
 * clock is from this machine's. A job that waited in line looks for its place again at once.
 */
const inserts: Readonly<Record<TableToMove, string>> = {
  jobs: `INSERT INTO toolcast.jobs (seq, id, key, version, owner, surface, conversation, phase, provider, created_at,
      updated_at, wake_at, hinted_at, scheduled_at, needs_surface, troubles, changed, record)
    OVERRIDING SYSTEM VALUE
    SELECT seq, id, key, version, owner, surface, conversation, phase, provider, created_at, updated_at,
      wake_at + :shift::bigint, CASE WHEN waits_for IS NULL THEN hinted_at + :shift::bigint ELSE :now END, :now,
      needs_surface, troubles, pg_current_xact_id()::text::bigint, record
    FROM json_to_recordset(:rows::json) AS moved (seq bigint, id text, key text, version integer, owner text,
      surface text, conversation text, phase text, provider text, created_at double precision,
      updated_at double precision, wake_at bigint, hinted_at bigint, waits_for text, needs_surface text,
      troubles integer, record text)`,
  tombstones: `INSERT INTO toolcast.jobs (id, key, version, owner, surface, conversation, phase, provider, created_at,
      updated_at, record)
    SELECT id, key, 1, '', '', '', 'removed', '', 0, 0,
      CASE WHEN request IS NULL THEN '{}' ELSE json_build_object('request', request)::text END
    FROM json_to_recordset(:rows::json) AS moved (id text, key text, request text)`,
  holds: `INSERT INTO toolcast.holds (resource, job)
    SELECT resource, job FROM json_to_recordset(:rows::json) AS moved (resource text, job bigint)`,
  admissions: `INSERT INTO toolcast.admissions (name, at)
    SELECT name, at + :shift::bigint FROM json_to_recordset(:rows::json) AS moved (name text, at bigint)`,
  counters: `INSERT INTO toolcast.counters (name, count)
    SELECT name, count FROM json_to_recordset(:rows::json) AS moved (name text, count double precision)`,
  inbox: `INSERT INTO toolcast.inbox (seq, id, surface, state, content, credentials, credentials_until, job, part_of,
      taken_at, keep_until, version)
    OVERRIDING SYSTEM VALUE
    SELECT seq, id, surface, state, content, credentials, credentials_until, job, part_of, taken_at, keep_until, version
    FROM json_to_recordset(:rows::json) AS moved (seq bigint, id text, surface text, state text, content text,
      credentials text, credentials_until bigint, job text, part_of bigint, taken_at bigint, keep_until bigint,
      version integer)`,
  small_state: `INSERT INTO toolcast.small_state (key, value, expires_at)
    SELECT key, value, expires + :shift::bigint
    FROM json_to_recordset(:rows::json) AS moved (key text, value text, expires bigint)`,
};

/** Connects to the database; changes nothing in it. */
export async function openMoveTarget(options: MoveTargetOptions): Promise<MoveTarget> {
  const { clock, secretKey } = options;
  const database = await connectPostgres({ ...options, connections: 1 });
  const moving = `moving:${createHash("sha256").update("moved store").update(secretKey).digest("base64url")}`;
  const key = Buffer.from(secretKey).toString("base64url");
  return {
    async copy(rows, companion) {
      await database.transaction(async (sql) => {
        const inside: MigratedDatabase = { read: sql, transaction: (act) => act(sql) };
        await migrate(inside);
        await companion.migrate(inside);
        await makeEmpty(sql, [...tables, ...companion.tables], moving);
        const [time] = await sql("SELECT :now AS now");
        const shift = Math.round(Number(time?.now) - clock.now());
        await insertAll(sql, inserts.jobs, rows("jobs"), { shift });
        await continueNumbers(sql, "jobs", "seq");
        for (const table of ["tombstones", "holds", "admissions", "counters", "inbox", "small_state"] as const) {
          await insertAll(sql, inserts[table], rows(table), { shift });
        }
        await continueNumbers(sql, "inbox", "seq");
        await companion.copy(sql);
        await sql(
          `INSERT INTO toolcast.store_identity (single, place, key) VALUES (true, :moving, :key)
           ON CONFLICT (single) DO UPDATE SET place = excluded.place, key = excluded.key`,
          { moving, key },
        );
      });
    },
    async finish() {
      const [known] = await database.read("SELECT to_regclass('toolcast.store_identity') IS NOT NULL AS known");
      if (known?.known !== true) {
        return false;
      }
      const place = await placeOf(database);
      const finished = await database.write(
        "UPDATE toolcast.store_identity SET place = :place WHERE place = :moving RETURNING place",
        { place, moving },
      );
      return finished.length > 0;
    },
    close: () => database.close(),
  };
}

/** Inserts rows a few hundred at a time; `statement` takes them as `:rows`. */
export async function insertAll(
  sql: Sql,
  statement: string,
  rows: Iterable<MovedRow>,
  values: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  let batch: string[] = [];
  let characters = 0;
  const send = async () => {
    if (batch.length > 0) {
      await sql(statement, { ...values, rows: `[${batch.join()}]` });
    }
    batch = [];
    characters = 0;
  };
  for (const row of rows) {
    const json = JSON.stringify(row);
    batch.push(json);
    characters += json.length;
    if (batch.length >= perStatement.rows || characters >= perStatement.characters) {
      await send();
    }
  }
  await send();
}

/** New rows are numbered after those that were copied with their numbers. */
export async function continueNumbers(sql: Sql, table: string, column: string): Promise<void> {
  await sql(
    `SELECT setval(pg_get_serial_sequence('toolcast.${table}', '${column}'), coalesce(max(${column}), 0) + 1, false)
     FROM toolcast.${table}`,
  );
}

async function makeEmpty(sql: Sql, names: readonly string[], moving: string): Promise<void> {
  const [identity] = await sql("SELECT place FROM toolcast.store_identity");
  if (identity?.place === moving) {
    await sql(`TRUNCATE ${names.map((name) => `toolcast.${name}`).join(", ")}`);
  }
  for (const name of names) {
    const [found] = await sql(`SELECT EXISTS (SELECT FROM toolcast.${name}) AS used`);
    if (found?.used === true) {
      throw notEmpty();
    }
  }
}

function notEmpty(): ToolcastError {
  const sentence = {
    en: "The database is in use already: a data directory can be moved only into an empty one. Nothing was moved.",
    "zh-CN": "该数据库已在使用：数据目录只能移入空数据库。未移动任何内容。",
  };
  return new ToolcastError(sentence.en, { kind: "usage", sentence, charged: "no", retry: { kind: "never" } });
}
