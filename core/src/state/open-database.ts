import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asUnusablePath, UnusablePath } from "../errors/unusable-path.ts";
import { isDamaged } from "./whole-database.ts";

const tries = 50;
/** SQLITE_BUSY: another connection has the file locked. */
const busyCode = 5;

/** How a SQLite file is opened. */
export interface DatabaseOptions {
  /** How long a statement waits for another process's write, in milliseconds. Default 5,000. */
  busyTimeoutMs?: number;
  /**
   * Our tables, each with a column that distinguishes it from another program's: a file that has tables but none of
   * these belongs to another program and is refused before anything is written to it. Default: any file is accepted.
   */
  marks?: readonly { table: string; column: string }[];
  /** Whether a damaged file is refused before anything is written to it (see `isDamaged`). Default false. */
  refuseDamaged?: boolean;
  /** Creates tables and whatever else another process may be creating at the same time. May run more than once. */
  prepare(database: DatabaseSync): void;
}

/**
 * Opens a SQLite file that several processes use: with a write-ahead log, every commit synced to disk, and a busy
 * timeout for other writers. Creates the file and its directory if they do not exist; `:memory:` stays in this process.
 *
 * SQLite's timeout does not apply when two processes switch a new file to the write-ahead log at once, nor while one
 * recovers it after a crash. The process that SQLite refuses waits for a write lock, which it gets when the other is
 * done, and tries again. Throws an `UnusablePath` for a file that cannot be used.
 */
export function openDatabase(file: string, options: DatabaseOptions): DatabaseSync {
  try {
    if (file !== ":memory:") {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    }
    const database = new DatabaseSync(file, { timeout: Math.floor(options.busyTimeoutMs ?? 5_000) });
    try {
      makeReady(database, file, options);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw asUnusablePath(file, error);
  }
}

function makeReady(database: DatabaseSync, file: string, options: DatabaseOptions): void {
  const { marks, refuseDamaged = false, prepare } = options;
  for (let left = tries; ; left -= 1) {
    try {
      if (marks !== undefined && isForeign(database, marks)) {
        throw new UnusablePath(file, "foreign");
      }
      if (refuseDamaged && isDamaged(database)) {
        throw new UnusablePath(file, "damaged");
      }
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      prepare(database);
      // What a statement would have to undo. In a file, to which SQLite moves it from the fifteenth changed page on, it
      // costs two system calls a page, three times as many as the log. `prepare` may sort a whole store, and keeps files.
      database.exec("PRAGMA temp_store = MEMORY");
      return;
    } catch (error) {
      if (left === 0 || !isBusy(error)) {
        throw error;
      }
      database.exec("BEGIN IMMEDIATE; ROLLBACK");
    }
  }
}

/** Whether the database belongs to another program and must not be changed, whatever its version. */
function isForeign(database: DatabaseSync, marks: NonNullable<DatabaseOptions["marks"]>): boolean {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  const has = database.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
  return tables.length > 0 && !marks.some(({ table, column }) => has.get(table, column) !== undefined);
}

/**
 * Runs `act` in a transaction: its writes are kept as a whole or not at all, and no other process writes between them.
 */
export function inTransaction<Value>(database: DatabaseSync, act: () => Value): Value {
  database.exec("BEGIN IMMEDIATE");
  try {
    const value = act();
    database.exec("COMMIT");
    return value;
  } catch (error) {
    // Some errors, such as a full disk, have already rolled the transaction back.
    if (database.isOpen && database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}

/** Whether SQLite refused because another connection has the file locked. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === busyCode;
}
