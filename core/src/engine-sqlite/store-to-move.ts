import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isBusy } from "../state/open-database.ts";
import { openJobDatabase } from "./sqlite-schema.ts";

/** The tables whose rows go along. Leases, locks and lines begin empty in the new store. */
export type TableToMove = "jobs" | "tombstones" | "holds" | "admissions" | "counters" | "inbox" | "small_state";

type StoredRow = Record<string, string | number | null>;

/** A store that nobody else can open until it is closed. */
export interface StoreToMove {
  /** The ids of jobs with a paid start under way, at most 10. */
  starting(): string[];
  rows(table: TableToMove): Iterable<StoredRow>;
  /** From now on the store is refused, and a process that still has it open cannot write to it. */
  markMoved(): void;
  /** Safe to call again. */
  close(): void;
}

const written: readonly TableToMove[] = ["jobs", "counters", "inbox", "small_state"];
const mark = "moved_store";

/** Whether the store was moved into a database. A file that cannot be read is not known to be. */
export function wasMoved(file: string): boolean {
  if (!existsSync(file)) {
    return false;
  }
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(mark) !== undefined;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

/**
 * Keeps everybody else out; the mark is one commit with the end of that. Null if any process has the store open: SQLite
 * lets only the last connection end the write-ahead log, and knows of each until it is closed or its process has died.
 */
export function lockToMove(file: string): StoreToMove | null {
  const database = openJobDatabase(file);
  if (!takeAlone(database)) {
    database.close();
    return null;
  }
  return {
    starting: () =>
      database
        .prepare("SELECT id FROM jobs WHERE phase = 'starting' ORDER BY seq LIMIT 10")
        .all()
        .map(({ id }) => String(id)),
    rows: (table) => database.prepare(`SELECT * FROM ${table}`).iterate() as Iterable<StoredRow>,
    markMoved() {
      database.exec(`CREATE TABLE ${mark} (only INTEGER PRIMARY KEY) STRICT`);
      for (const table of written) {
        for (const change of ["INSERT", "UPDATE", "DELETE"]) {
          database.exec(
            `CREATE TRIGGER moved_${table}_${change.toLowerCase()} BEFORE ${change} ON ${table}
             BEGIN SELECT RAISE(ABORT, 'this store was moved into a database'); END`,
          );
        }
      }
      database.exec("COMMIT");
    },
    close() {
      if (database.isOpen) {
        database.close();
      }
    },
  };
}

function takeAlone(database: DatabaseSync): boolean {
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch (error) {
    if (isBusy(error)) {
      return false;
    }
    throw error;
  }
  // Somebody may have opened it, and begun a new log, between the two statements.
  return database.prepare("PRAGMA journal_mode").get()?.journal_mode === "delete";
}
