import { type KeyedTable, type KeyRange, KeyvStorage } from "../state/keyv-storage.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { untilKnown } from "./until-known.ts";

const writesBetweenPurges = 500;
const isAlive = "(expires_at IS NULL OR expires_at >= :now)";

/**
 * Keyv's storage in the table `small_state` of the engine's database, over the engine's connections: what is true of the
 * engine when the database is away is then true of small state.
 */
export class KeyvPostgres extends KeyvStorage {
  readonly opts = { dialect: "postgres", url: "postgres://" };

  constructor(table: StateTable) {
    super(table);
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
export class StateTable implements KeyedTable {
  readonly #database: PostgresDatabase;
  /** What more may be added to; null if nothing waits, or something else was done since. */
  #open: Batch | null = null;
  #last: Promise<void> = Promise.resolve();
  #writesSincePurge = writesBetweenPurges;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async read(key: string): Promise<string | undefined> {
    return (await this.existing([key])).get(key);
  }

  async existing(keys: readonly string[]): Promise<Map<string, string>> {
    await this.#settled();
    const rows = await this.#database.read(
      `SELECT key, value FROM toolcast.small_state WHERE key = ANY (:keys::text[]) AND ${isAlive}`,
      { keys },
    );
    return new Map(rows.map((row) => [String(row.key), String(row.value)]));
  }

  async list({ from, to }: KeyRange, limit: number): Promise<[key: string, value: string][]> {
    await this.#settled();
    const rows = await this.#database.read(
      `SELECT key, value FROM toolcast.small_state WHERE key > :from AND key < :to AND ${isAlive}
       ORDER BY key LIMIT :limit`,
      { from, to, limit },
    );
    return rows.map((row) => [String(row.key), String(row.value)]);
  }

  delete(keys: readonly string[]): Promise<boolean> {
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
