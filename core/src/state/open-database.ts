import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asUnusablePath } from "../errors/unusable-path.ts";

const tries = 50;
/** SQLite's "somebody else has the file". */
const busyCode = 5;

/** How a SQLite file is opened. */
export interface DatabaseOptions {
  /** How long a statement waits for another process's write, in milliseconds. Default 5,000. */
  busyTimeoutMs?: number;
  /** Refuses a file by throwing, before anything is written into it; it may run more than once. */
  check?(database: DatabaseSync): void;
  /** Makes tables and whatever else may meet another process doing the same; it may run more than once. */
  prepare(database: DatabaseSync): void;
}

/**
 * Opens a SQLite file that several processes use: write-ahead log, every commit on disk, and a wait for other writers.
 * The file is made, with its directory, when it does not exist; `:memory:` stays in this process.
 *
 * SQLite does not wait by itself when two processes turn a new file to the write-ahead log at once, nor for the one that
 * recovers it after a crash. Whoever is refused waits for a write lock, which is given when the other is done, and tries
 * again. Throws an `UnusablePath` for a file that cannot be used.
 */
export function openDatabase(file: string, options: DatabaseOptions): DatabaseSync {
  try {
    if (file !== ":memory:") {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    }
    const database = new DatabaseSync(file, { timeout: Math.floor(options.busyTimeoutMs ?? 5_000) });
    try {
      makeReady(database, options);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw asUnusablePath(file, error);
  }
}

function makeReady(database: DatabaseSync, { check, prepare }: DatabaseOptions): void {
  for (let left = tries; ; left -= 1) {
    try {
      check?.(database);
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      prepare(database);
      return;
    } catch (error) {
      if (left === 0 || !isBusy(error)) {
        throw error;
      }
      database.exec("BEGIN IMMEDIATE; ROLLBACK");
    }
  }
}

/** What `act` writes is kept whole or not at all, and no other process writes between its statements. */
export function inTransaction<Value>(database: DatabaseSync, act: () => Value): Value {
  database.exec("BEGIN IMMEDIATE");
  try {
    const value = act();
    database.exec("COMMIT");
    return value;
  } catch (error) {
    // Some errors, such as a full disk, end the transaction by themselves.
    if (database.isOpen && database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === busyCode;
}
