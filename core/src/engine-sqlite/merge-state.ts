import { existsSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { inTransaction, openDatabase } from "../state/open-database.ts";
import { stateMarks } from "../state/state-table.ts";
import { openJobDatabase } from "./sqlite-schema.ts";
import { readStoreEpoch, writeStoreEpoch } from "./store-epoch.ts";

export interface EarlierState {
  /** The job database; created if it does not exist. */
  jobs: string;
  /** The database in which earlier versions kept small state. If it does not exist, nothing happens. */
  state: string;
  /** The file of the store's epoch, as for `openSqliteIdentity`. */
  epoch: string;
}

/**
 * Moves the small state of an earlier version into the job database, once, and then removes its file. To be called
 * before the store is opened. It may be interrupted at any point, and several processes may call it at the same time.
 *
 * The epoch of the earlier file becomes the store's, unless there is one already: then one of the two databases comes
 * from a backup, which `openSqliteIdentity` notices. An earlier file that turns up after another one was merged is
 * neither read nor removed. Throws an `UnusablePath` if one of the databases cannot be used, and then nothing is moved.
 */
export function mergeEarlierState({ jobs, state, epoch }: EarlierState): void {
  if (!existsSync(state)) {
    return;
  }
  const earlierEpoch = readEarlierEpoch(state);
  const database = openJobDatabase(jobs, { refuseDamaged: true });
  try {
    database.prepare("ATTACH ? AS earlier").run(state);
    const merged = inTransaction(database, () => mergeOnce(database, earlierEpoch));
    database.exec("DETACH earlier");
    if (merged !== earlierEpoch) {
      return;
    }
  } finally {
    database.close();
  }
  if (earlierEpoch !== null && readStoreEpoch(epoch) === null) {
    writeStoreEpoch(epoch, earlierEpoch);
  }
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      rmSync(state + suffix, { force: true });
    } catch {
      // Another process still has it open. It is merged, and removed at a later start.
    }
  }
}

/** Returns the epoch of the file that was merged, now or before. */
function mergeOnce(database: DatabaseSync, epoch: string | null): unknown {
  const known = database.prepare("SELECT epoch FROM merged_state").get();
  if (known !== undefined) {
    return known.epoch;
  }
  database.exec("INSERT OR IGNORE INTO main.small_state SELECT key, value, expires FROM earlier.small_state");
  database.prepare("INSERT INTO merged_state (only, epoch) VALUES (1, ?)").run(epoch);
  return epoch;
}

function readEarlierEpoch(state: string): string | null {
  const database = openDatabase(state, {
    marks: stateMarks,
    refuseDamaged: true,
    // Whichever was written first was alone for a moment, in which its process may have died.
    prepare: (opened) =>
      opened.exec(`
        CREATE TABLE IF NOT EXISTS small_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID, STRICT;
        CREATE TABLE IF NOT EXISTS store_epoch (only INTEGER PRIMARY KEY CHECK (only = 1), epoch TEXT) STRICT;
      `),
  });
  try {
    return (database.prepare("SELECT epoch FROM store_epoch").get()?.epoch ?? null) as string | null;
  } finally {
    database.close();
  }
}
