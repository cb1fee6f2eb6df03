import { EventEmitter } from "node:events";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KeyvStoreAdapter } from "keyv";
import { asStorageError } from "../errors/storage-error.ts";
import { type Clock, systemClock } from "../ground/clock.ts";
import { inTransaction, openDatabase } from "./open-database.ts";

export interface KeyvSqliteOptions {
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

/** Either table may have been created first. */
export const stateMarks = [
  { table: "small_state", column: "expires" },
  { table: "store_epoch", column: "epoch" },
];
const iterationBatchCount = 200;
const writesBetweenPurges = 500;

/**
 * Keyv's storage on `node:sqlite`: one table, `small_state`, in a file that other tables and other processes share.
 * Give each `Keyv` an adapter of its own, as {@link openState} does: Keyv writes its namespace onto its adapter, and
 * `clear` empties that namespace. Namespaces contain no colon, because a colon ends them in the stored key.
 */
export class KeyvSqlite extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv reads this to learn that the storage can be iterated. */
  readonly opts: { dialect: "sqlite"; url: string };
  namespace: string | undefined;
  readonly #connection: StateConnection;
  readonly #ownsConnection: boolean;

  constructor(source: KeyvSqliteOptions | StateConnection) {
    super();
    this.#ownsConnection = !(source instanceof StateConnection);
    this.#connection = source instanceof StateConnection ? source : new StateConnection(source);
    this.opts = { dialect: "sqlite", url: "sqlite://" };
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return this.#connection.read(key) as Value | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const found = this.#connection.existing(keys);
    return keys.map((key) => found.get(key) as Value | undefined);
  }

  async set(key: string, value: unknown, ttlMs?: number): Promise<boolean> {
    if (typeof value !== "string") {
      throw new TypeError("KeyvSqlite stores strings: leave Keyv's `serialize` on");
    }
    await this.#connection.write(key, value, ttlMs);
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.#connection.delete([key]);
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    return this.#connection.delete(keys);
  }

  async clear(): Promise<void> {
    const range = rangeOf(this.namespace);
    this.#connection.clear(range);
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const found = this.#connection.existing(keys);
    return keys.map((key) => found.has(key));
  }

  /** In key order, read in batches: what is written or deleted meanwhile may or may not appear. */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const range = rangeOf(namespace);
    for (let after = range.from; ; ) {
      const rows = this.#connection.list({ from: after, to: range.to });
      for (const row of rows) {
        yield [row.key as string, row.value as Awaited<Value>];
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < iterationBatchCount) {
        return;
      }
      after = last.key as string;
    }
  }

  /** Closes the file, unless the connection is shared. Safe to call again. */
  async disconnect(): Promise<void> {
    if (this.#ownsConnection) {
      this.#connection.close();
    }
  }
}

/** Keys after `from` (exclusive) up to `to`. */
interface KeyRange {
  from: string;
  to: string;
}

interface WaitingWrite {
  key: string;
  value: string;
  expires: number | null;
  settled: PromiseWithResolvers<void>;
}

/**
 * An open file with its statements, shared by the adapters of one process. Writes made in one turn of the event loop
 * share a transaction, because each transaction waits for the disk. Every other operation sees the writes made before
 * it.
 */
export class StateConnection {
  readonly #get: StatementSync;
  readonly #range: StatementSync;
  readonly #deleteMany: StatementSync;
  readonly #deleteRange: StatementSync;
  readonly #getMany: StatementSync;
  readonly #set: StatementSync;
  readonly #purge: StatementSync;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  #waiting: WaitingWrite[] = [];
  #writesSincePurge = 0;

  constructor(options: KeyvSqliteOptions) {
    this.#clock = options.clock ?? systemClock;
    const database = openDatabase(options.file, {
      busyTimeoutMs: options.busyTimeoutMs,
      marks: stateMarks,
      refuseDamaged: true,
      prepare: (opened) =>
        opened.exec(`
          CREATE TABLE IF NOT EXISTS small_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID, STRICT;
          CREATE INDEX IF NOT EXISTS small_state_expires ON small_state (expires) WHERE expires IS NOT NULL;
        `),
    });
    this.#database = database;
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
    this.#purge = database.prepare("DELETE FROM small_state WHERE expires < ?");
    this.#purge.run(this.#clock.now());
  }

  read(key: string): string | undefined {
    this.#flush();
    return this.#get.get(key, this.#clock.now())?.value as string | undefined;
  }

  existing(keys: string[]): Map<string, string> {
    this.#flush();
    const rows = this.#getMany.all(JSON.stringify(keys), this.#clock.now());
    return new Map(rows.map((row) => [row.key as string, row.value as string]));
  }

  /** The first of a range, in key order. */
  list({ from, to }: KeyRange): Record<string, unknown>[] {
    this.#flush();
    return this.#range.all(from, to, this.#clock.now(), iterationBatchCount);
  }

  delete(keys: string[]): boolean {
    this.#flush();
    return this.#deleteMany.run(JSON.stringify(keys)).changes > 0;
  }

  clear({ from, to }: KeyRange): void {
    this.#flush();
    this.#deleteRange.run(from, to);
  }

  /** Resolves when it is on disk. */
  write(key: string, value: string, ttlMs?: number): Promise<void> {
    const expires = ttlMs === undefined ? null : this.#clock.now() + Math.ceil(ttlMs);
    const settled = Promise.withResolvers<void>();
    if (this.#waiting.length === 0) {
      setImmediate(() => this.#flush());
    }
    this.#waiting.push({ key, value, expires, settled });
    return settled.promise;
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#flush();
      this.#database.close();
    }
  }

  /** Writes everything that waits to disk, as a whole or not at all; a failure rejects every waiting write. */
  #flush(): void {
    const writes = this.#waiting;
    if (writes.length === 0) {
      return;
    }
    this.#waiting = [];
    try {
      inTransaction(this.#database, () => {
        for (const { key, value, expires } of writes) {
          this.#set.run(key, value, expires);
        }
        this.#writesSincePurge += writes.length;
        if (this.#writesSincePurge >= writesBetweenPurges) {
          this.#writesSincePurge = 0;
          this.#purge.run(this.#clock.now());
        }
      });
    } catch (error) {
      for (const { settled } of writes) {
        settled.reject(asStorageError(error));
      }
      return;
    }
    for (const { settled } of writes) {
      settled.resolve();
    }
  }
}

/**
 * The stored keys of a namespace sort between `name:` and `name;`, as `;` follows `:`. No namespace means every key.
 */
function rangeOf(namespace: string | undefined): KeyRange {
  return namespace ? { from: `${namespace}:`, to: `${namespace};` } : { from: "", to: "\u{10FFFF}" };
}
