import { EventEmitter } from "node:events";
import type { KeyvStoreAdapter } from "keyv";
import type { PostgresDatabase } from "./postgres-database.ts";
import { untilKnown } from "./until-known.ts";

const iterationBatchCount = 200;
const writesBetweenPurges = 500;
const isAlive = "(expires_at IS NULL OR expires_at >= :now)";

/** Keys after `from` (exclusive) up to `to`. */
interface KeyRange {
  from: string;
  to: string;
}

/**
 * Keyv's storage in the table `small_state` of the engine's database, over the engine's connections: what is true of the
 * engine when the database is away is then true of small state. Give each `Keyv` an adapter of its own, because Keyv
 * writes its namespace onto its adapter, and `clear` empties that namespace. Namespaces contain no colon, because a
 * colon ends them in the stored key.
 */
export class KeyvPostgres extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv reads this to learn that the storage can be iterated. */
  readonly opts = { dialect: "postgres", url: "postgres://" };
  namespace: string | undefined;
  readonly #table: StateTable;

  constructor(table: StateTable) {
    super();
    this.#table = table;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.#table.existing([key])).get(key) as Value | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const found = await this.#table.existing(keys);
    return keys.map((key) => found.get(key) as Value | undefined);
  }

  async set(key: string, value: unknown, ttlMs?: number): Promise<boolean> {
    if (typeof value !== "string") {
      throw new TypeError("KeyvPostgres stores strings: leave Keyv's `serialize` on");
    }
    await this.#table.write(key, value, ttlMs);
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.#table.delete([key]);
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    return this.#table.delete(keys);
  }

  async clear(): Promise<void> {
    await this.#table.clear(rangeOf(this.namespace));
  }

  async has(key: string): Promise<boolean> {
    return (await this.#table.existing([key])).has(key);
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const found = await this.#table.existing(keys);
    return keys.map((key) => found.has(key));
  }

  /** In key order, read in batches: what is written or deleted meanwhile may or may not appear. */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const { from, to } = rangeOf(namespace);
    for (let after = from; ; ) {
      const rows = await this.#table.list({ from: after, to });
      for (const { key, value } of rows) {
        yield [key, value as Awaited<Value>];
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < iterationBatchCount) {
        return;
      }
      after = last.key;
    }
  }

  /** The connections are the engine's. */
  async disconnect(): Promise<void> {}
}

/** Writes that will be one commit. */
interface Batch {
  writes: Map<string, { value: string; ttlMs: number | null }>;
  committed: Promise<void>;
}

/**
 * The table as one process uses it. Writes made in one turn of the event loop are one commit: all of them happen or
 * none. Every other operation of this process sees the writes made before it. The database's time decides what has
 * expired.
 */
export class StateTable {
  readonly #database: PostgresDatabase;
  /** What more may be added to; null if nothing waits, or something else was done since. */
  #open: Batch | null = null;
  #last: Promise<void> = Promise.resolve();
  #writesSincePurge = writesBetweenPurges;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async existing(keys: string[]): Promise<Map<string, string>> {
    await this.#settled();
    const rows = await this.#database.read(
      `SELECT key, value FROM toolcast.small_state WHERE key = ANY (:keys::text[]) AND ${isAlive}`,
      { keys },
    );
    return new Map(rows.map((row) => [String(row.key), String(row.value)]));
  }

  /** The first of a range, in key order. */
  async list({ from, to }: KeyRange): Promise<{ key: string; value: string }[]> {
    await this.#settled();
    const rows = await this.#database.read(
      `SELECT key, value FROM toolcast.small_state WHERE key > :from AND key < :to AND ${isAlive}
       ORDER BY key LIMIT ${iterationBatchCount}`,
      { from, to },
    );
    return rows.map((row) => ({ key: String(row.key), value: String(row.value) }));
  }

  /** Whether any of them was there. */
  delete(keys: string[]): Promise<boolean> {
    return this.#inTurn(async () => {
      const rows = await untilKnown(() =>
        this.#database.write("DELETE FROM toolcast.small_state WHERE key = ANY (:keys::text[]) RETURNING key", {
          keys,
        }),
      );
      return rows.length > 0;
    });
  }

  clear({ from, to }: KeyRange): Promise<void> {
    return this.#inTurn(async () => {
      await untilKnown(() =>
        this.#database.write("DELETE FROM toolcast.small_state WHERE key > :from AND key < :to", { from, to }),
      );
    });
  }

  /** Resolves after its commit. */
  write(key: string, value: string, ttlMs?: number): Promise<void> {
    const batch = this.#open ?? this.#openBatch();
    batch.writes.set(key, { value, ttlMs: ttlMs === undefined ? null : Math.ceil(ttlMs) });
    return batch.committed;
  }

  #openBatch(): Batch {
    const writes: Batch["writes"] = new Map();
    const committed = this.#inTurn(async () => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#open?.writes === writes) {
        this.#open = null;
      }
      await this.#commit([...writes]);
    });
    this.#open = { writes, committed };
    return this.#open;
  }

  /** Once all writes made so far have been committed, or have failed. */
  async #settled(): Promise<void> {
    await this.#last;
  }

  /** After everything before it, so that changes of one key keep their order. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    this.#open = null;
    const turn = this.#last.then(act);
    this.#last = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }

  async #commit(writes: [string, { value: string; ttlMs: number | null }][]): Promise<void> {
    await untilKnown(() =>
      this.#database.write(
        `INSERT INTO toolcast.small_state (key, value, expires_at)
         SELECT key, value, :now + ttl
         FROM unnest(:keys::text[], :values::text[], :ttls::bigint[]) AS written (key, value, ttl)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
        {
          keys: writes.map(([key]) => key),
          values: writes.map(([, { value }]) => value),
          ttls: writes.map(([, { ttlMs }]) => ttlMs),
        },
      ),
    );
    this.#writesSincePurge += writes.length;
    if (this.#writesSincePurge >= writesBetweenPurges) {
      this.#writesSincePurge = 0;
      // What has expired is not read in any case.
      await this.#database.write("DELETE FROM toolcast.small_state WHERE expires_at < :now").catch(() => {});
    }
  }
}

/** The stored keys of a namespace sort between `name:` and `name;`, as `;` follows `:`. No namespace means every key. */
function rangeOf(namespace: string | undefined): KeyRange {
  return namespace ? { from: `${namespace}:`, to: `${namespace};` } : { from: "", to: "\u{10FFFF}" };
}
