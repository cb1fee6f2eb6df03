import { EventEmitter } from "node:events";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KeyvStoreAdapter } from "keyv";
import { type Clock, systemClock } from "../clock.ts";
import { openDatabase } from "./open-database.ts";

export interface KeyvSqliteOptions {
  /** The SQLite file; other tables in it are left alone. `:memory:` keeps everything in this process. */
  file: string;
  /** How long a statement waits for another process's write, in milliseconds. Default 5,000. */
  busyTimeoutMs?: number;
  /** Decides what has expired. Keyv itself reads the machine's clock, which is the default. */
  clock?: Clock;
}

const iterationBatchCount = 200;
const writesBetweenPurges = 500;

/**
 * Keyv's storage on `node:sqlite`: one table, `small_state`, in a file that other tables and other processes share.
 * Give each `Keyv` an adapter of its own ({@link openState} does): Keyv writes its namespace onto its adapter, and
 * `clear` empties that namespace. Namespaces hold no colon, as the colon ends them in the stored key.
 */
export class KeyvSqlite extends EventEmitter implements KeyvStoreAdapter {
  /** What Keyv reads to learn that this storage can be iterated. */
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
    const row = this.#connection.get.get(key, this.#connection.now());
    return row?.value as Value | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const found = this.#connection.existing(keys);
    return keys.map((key) => found.get(key) as Value | undefined);
  }

  async set(key: string, value: unknown, ttlMs?: number): Promise<boolean> {
    if (typeof value !== "string") {
      throw new TypeError("KeyvSqlite stores strings: leave Keyv's `serialize` on");
    }
    this.#connection.write(key, value, ttlMs);
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.#connection.deleteMany.run(JSON.stringify([key])).changes > 0;
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    return this.#connection.deleteMany.run(JSON.stringify(keys)).changes > 0;
  }

  async clear(): Promise<void> {
    const range = rangeOf(this.namespace);
    this.#connection.deleteRange.run(range.from, range.to);
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const found = this.#connection.existing(keys);
    return keys.map((key) => found.has(key));
  }

  /** In key order, read in batches: what is written or deleted meanwhile may or may not be seen. */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const range = rangeOf(namespace);
    for (let after = range.from; ; ) {
      const rows = this.#connection.range.all(after, range.to, this.#connection.now(), iterationBatchCount);
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

/** An open file with its statements; shared by the adapters of one process. */
export class StateConnection {
  readonly get: StatementSync;
  readonly range: StatementSync;
  readonly deleteMany: StatementSync;
  readonly deleteRange: StatementSync;
  readonly #getMany: StatementSync;
  readonly #set: StatementSync;
  readonly #purge: StatementSync;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  #writesSincePurge = 0;

  constructor(options: KeyvSqliteOptions) {
    this.#clock = options.clock ?? systemClock;
    const database = openDatabase(options.file, options.busyTimeoutMs ?? 5000, (opened) => {
      opened.exec(`
        CREATE TABLE IF NOT EXISTS small_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID, STRICT;
        CREATE INDEX IF NOT EXISTS small_state_expires ON small_state (expires) WHERE expires IS NOT NULL;
      `);
    });
    this.#database = database;
    const alive = "(expires IS NULL OR expires >= ?)";
    this.get = database.prepare(`SELECT value FROM small_state WHERE key = ? AND ${alive}`);
    this.#getMany = database.prepare(
      `SELECT key, value FROM small_state WHERE key IN (SELECT value FROM json_each(?)) AND ${alive}`,
    );
    this.range = database.prepare(
      `SELECT key, value FROM small_state WHERE key > ? AND key < ? AND ${alive} ORDER BY key LIMIT ?`,
    );
    this.#set = database.prepare(`
      INSERT INTO small_state (key, value, expires) VALUES (?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
    `);
    this.deleteMany = database.prepare("DELETE FROM small_state WHERE key IN (SELECT value FROM json_each(?))");
    this.deleteRange = database.prepare("DELETE FROM small_state WHERE key > ? AND key < ?");
    this.#purge = database.prepare("DELETE FROM small_state WHERE expires < ?");
    this.#purge.run(this.now());
  }

  now(): number {
    return this.#clock.now();
  }

  existing(keys: string[]): Map<string, string> {
    const rows = this.#getMany.all(JSON.stringify(keys), this.now());
    return new Map(rows.map((row) => [row.key as string, row.value as string]));
  }

  write(key: string, value: string, ttlMs?: number): void {
    this.#set.run(key, value, ttlMs === undefined ? null : this.now() + Math.ceil(ttlMs));
    this.#writesSincePurge += 1;
    if (this.#writesSincePurge >= writesBetweenPurges) {
      this.#writesSincePurge = 0;
      this.#purge.run(this.now());
    }
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }
}

/** The stored keys of a namespace lie between `name:` and `name;`, as `;` follows `:`; without one, everything. */
function rangeOf(namespace: string | undefined): { from: string; to: string } {
  return namespace ? { from: `${namespace}:`, to: `${namespace};` } : { from: "", to: "\u{10FFFF}" };
}
