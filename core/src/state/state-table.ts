import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Clock, systemClock } from "../ground/clock.ts";
import type { KeyedTable, KeyRange } from "./keyv-storage.ts";
import { openDatabase } from "./open-database.ts";
import { createWriteQueue, type WriteQueue } from "./sqlite-write-queue.ts";

/** A file of small state by itself, apart from any job store. */
export interface StateFileOptions {
  /**
   * The SQLite file; other tables in it are left alone, but a file with only other tables is refused. `:memory:` keeps
   * everything in this process.
   */
  file: string;
  /** How long a statement waits for another process's write, in milliseconds. Default 5,000. */
  busyTimeoutMs?: number;
  /** Decides what has expired. Keyv itself reads the machine's clock, which is the default. */
  clock?: Clock;
}

/** The table of small state in a file by itself. */
const stateSchema = `
  CREATE TABLE IF NOT EXISTS small_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID, STRICT;
  CREATE INDEX IF NOT EXISTS small_state_expires ON small_state (expires) WHERE expires IS NOT NULL;
`;

/** Distinguish a file of small state from another program's. Either table may have been created first. */
export const stateMarks = [
  { table: "small_state", column: "expires" },
  { table: "store_epoch", column: "epoch" },
];

const writesBetweenPurges = 500;
/** More than are written meanwhile, so that the table does not grow. */
const removedPerPurge = 1_000;

/** All that was requested in one turn of the event loop: one act, so that either all of it is on disk or none. */
interface Batch {
  changes: (() => number)[];
  /** How many rows each changed, once they are on disk. */
  done: Promise<number[]>;
}

/**
 * The rows of small state. Writes of one turn of the event loop share a transaction, with everything else in the queue.
 *
 * A read does not end that transaction: it waits for the commit of what it would see, if that is still to come, and for
 * nothing else. So whatever was read is on disk, and an acknowledgement may follow from it.
 */
export class StateTable implements KeyedTable {
  readonly #queue: WriteQueue;
  readonly #clock: Clock;
  readonly #close: () => void;
  readonly #get: StatementSync;
  readonly #getMany: StatementSync;
  readonly #range: StatementSync;
  readonly #set: StatementSync;
  readonly #deleteMany: StatementSync;
  readonly #deleteRange: StatementSync;
  readonly #purge: StatementSync;
  /** Keys with a write that is not on disk yet; resolves when the last of them has ended. */
  readonly #pending = new Map<string, Promise<void>>();
  /** The same for whole namespaces that are being cleared. */
  #clearing: Promise<void> | null = null;
  #batch: Batch | null = null;
  #writesSincePurge = 0;

  /** `database` has the table already. `close` is called by {@link StateTable.close}. */
  constructor(database: DatabaseSync, queue: WriteQueue, clock: Clock, close: () => void) {
    this.#queue = queue;
    this.#clock = clock;
    this.#close = close;
    const alive = "(expires IS NULL OR expires >= ?)";
    this.#get = database.prepare(`SELECT value FROM small_state WHERE key = ? AND ${alive}`);
    this.#getMany = database.prepare(
      `SELECT key, value FROM small_state WHERE key IN (SELECT value FROM json_each(?)) AND ${alive}`,
    );
    this.#range = database.prepare(
      `SELECT key, value FROM small_state WHERE key > ? AND key < ? AND ${alive} ORDER BY key LIMIT ?`,
    );
    this.#set = database.prepare(`
      INSERT INTO small_state (key, value, expires) VALUES (?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
    `);
    this.#deleteMany = database.prepare("DELETE FROM small_state WHERE key IN (SELECT value FROM json_each(?))");
    this.#deleteRange = database.prepare("DELETE FROM small_state WHERE key > ? AND key < ?");
    this.#purge = database.prepare(
      "DELETE FROM small_state WHERE key IN (SELECT key FROM small_state WHERE expires < ? LIMIT ?)",
    );
    this.#purge.run(this.#clock.now(), removedPerPurge);
  }

  async read(key: string): Promise<string | undefined> {
    await this.#untilOnDisk([key]);
    return this.#get.get(key, this.#clock.now())?.value as string | undefined;
  }

  async existing(keys: readonly string[]): Promise<Map<string, string>> {
    await this.#untilOnDisk(keys);
    const rows = this.#getMany.all(JSON.stringify(keys), this.#clock.now());
    return new Map(rows.map((row) => [row.key as string, row.value as string]));
  }

  /** The first `limit` of a range, in key order. */
  async list({ from, to }: KeyRange, limit: number): Promise<[key: string, value: string][]> {
    await this.#untilOnDisk([...this.#pending.keys()].filter((key) => key > from && key < to));
    const rows = this.#range.all(from, to, this.#clock.now(), limit);
    return rows.map((row) => [row.key as string, row.value as string]);
  }

  /** Resolves when it is on disk. */
  async write(key: string, value: string, ttlMs?: number): Promise<void> {
    const expires = ttlMs === undefined ? null : this.#clock.now() + Math.ceil(ttlMs);
    await this.#change([key], () => Number(this.#set.run(key, value, expires).changes));
  }

  /** Whether any of them existed. */
  async delete(keys: readonly string[]): Promise<boolean> {
    return (await this.#change(keys, () => Number(this.#deleteMany.run(JSON.stringify(keys)).changes))) > 0;
  }

  async clear({ from, to }: KeyRange): Promise<void> {
    const cleared = this.#change([], () => Number(this.#deleteRange.run(from, to).changes));
    const ended = ignoringFailure(Promise.all([cleared, this.#clearing]));
    this.#clearing = ended;
    void ended.then(() => {
      if (this.#clearing === ended) {
        this.#clearing = null;
      }
    });
    await cleared;
  }

  /** Writes what is waiting, and closes the file if it holds nothing else. Safe to call again. */
  close(): void {
    this.#close();
  }

  async #untilOnDisk(keys: Iterable<string>): Promise<void> {
    const waits = [...keys].flatMap((key) => this.#pending.get(key) ?? []);
    if (this.#clearing !== null) {
      waits.push(this.#clearing);
    }
    if (waits.length > 0) {
      await Promise.all(waits);
    }
  }

  /** Resolves with the number of changed rows. */
  #change(keys: readonly string[], act: () => number): Promise<number> {
    const batch = this.#batch ?? this.#begin();
    const position = batch.changes.push(act) - 1;
    const done = batch.done.then((counts) => counts[position] ?? 0);
    const ended = ignoringFailure(done);
    for (const key of keys) {
      this.#pending.set(key, ended);
    }
    void ended.then(() => {
      for (const key of keys) {
        if (this.#pending.get(key) === ended) {
          this.#pending.delete(key);
        }
      }
    });
    return done;
  }

  #begin(): Batch {
    const changes: Batch["changes"] = [];
    const end = () => {
      if (this.#batch === batch) {
        this.#batch = null;
      }
    };
    const write = () => {
      end();
      return changes.length === 1 ? this.#apply(changes) : this.#queue.whole(() => this.#apply(changes));
    };
    const batch: Batch = { changes, done: this.#queue.runPlain(write) };
    this.#batch = batch;
    // Where the transaction did not even begin, nothing was taken from the batch.
    batch.done.catch(end);
    return batch;
  }

  #apply(changes: readonly (() => number)[]): number[] {
    const counts = changes.map((change) => change());
    this.#writesSincePurge += changes.length;
    if (this.#writesSincePurge >= writesBetweenPurges) {
      this.#writesSincePurge = 0;
      this.#purge.run(this.#clock.now(), removedPerPurge);
    }
    return counts;
  }
}

async function ignoringFailure(promise: Promise<unknown>): Promise<void> {
  try {
    await promise;
  } catch {
    // Whoever wrote it learns of it.
  }
}

/** Opens, and if necessary creates, a file of small state by itself. */
export function openStateTable({ file, busyTimeoutMs, clock = systemClock }: StateFileOptions): StateTable {
  const database = openDatabase(file, {
    busyTimeoutMs,
    marks: stateMarks,
    refuseDamaged: true,
    prepare: (opened) => opened.exec(stateSchema),
  });
  const queue = createWriteQueue(database, () => {});
  return new StateTable(database, queue, clock, () => {
    if (database.isOpen) {
      queue.flush();
      database.close();
    }
  });
}
