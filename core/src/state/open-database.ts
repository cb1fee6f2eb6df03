import { DatabaseSync } from "node:sqlite";
import { asUnusablePath } from "../errors/unusable-path.ts";

const retryEveryMs = 20;
/** SQLite's "somebody else has the file". */
const busyCode = 5;

/**
 * Opens a SQLite file that several processes use: write-ahead log, every commit on disk, and a wait for other writers.
 * SQLite does not wait by itself when two processes turn a new file to the write-ahead log at once, nor for the one that
 * recovers it after a crash; here that is tried again until the wait is over.
 * `prepare` makes tables and whatever else may meet another process doing the same; it may run more than once.
 */
export function openDatabase(
  file: string,
  busyTimeoutMs: number,
  prepare: (database: DatabaseSync) => void,
): DatabaseSync {
  const database = openFile(file);
  database.exec(`PRAGMA busy_timeout = ${Math.floor(busyTimeoutMs)}`);
  for (let waitedMs = 0; ; waitedMs += retryEveryMs) {
    try {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      prepare(database);
      return database;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= busyTimeoutMs) {
        database.close();
        throw asUnusablePath(file, error);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryEveryMs);
    }
  }
}

function openFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (error) {
    throw asUnusablePath(file, error);
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode & 0xff) === busyCode;
}
