import { EventEmitter } from "node:events";
import type { KeyvStoreAdapter } from "keyv";

const iterationBatchCount = 200;

/** Keys after `from` up to `to`, both exclusive. */
export interface KeyRange {
  from: string;
  to: string;
}

/** The table of an engine's database that Keyv's entries are rows of. Each promise resolves once what it says is durable. */
export interface KeyedTable {
  read(key: string): Promise<string | undefined>;
  existing(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The first `limit` of a range, in key order. */
  list(range: KeyRange, limit: number): Promise<[key: string, value: string][]>;
  write(key: string, value: string, ttlMs?: number): Promise<void>;
  /** Whether any of them was there. */
  delete(keys: readonly string[]): Promise<boolean>;
  clear(range: KeyRange): Promise<void>;
}

/**
 * Keyv's storage in a table. Give each `Keyv` an adapter of its own, because Keyv writes its namespace onto its adapter,
 * and `clear` empties that namespace. Namespaces contain no colon, because a colon ends them in the stored key.
 */
export abstract class KeyvStorage extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv reads this to learn that the storage can be iterated. */
  abstract readonly opts: { dialect: string; url: string };
  namespace: string | undefined;
  readonly #table: KeyedTable;

  constructor(table: KeyedTable) {
    super();
    this.#table = table;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.#table.read(key)) as Value | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const found = await this.#table.existing(keys);
    return keys.map((key) => found.get(key) as Value | undefined);
  }

  async set(key: string, value: unknown, ttlMs?: number): Promise<boolean> {
    if (typeof value !== "string") {
      throw new TypeError("the storage takes strings: leave Keyv's `serialize` on");
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
    return (await this.#table.read(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const found = await this.#table.existing(keys);
    return keys.map((key) => found.has(key));
  }

  /** In key order, read in batches: what is written or deleted meanwhile may or may not appear. */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const { from, to } = rangeOf(namespace);
    for (let after = from; ; ) {
      const entries = await this.#table.list({ from: after, to }, iterationBatchCount);
      for (const [key, value] of entries) {
        yield [key, value as Awaited<Value>];
      }
      const last = entries.at(-1);
      if (last === undefined || entries.length < iterationBatchCount) {
        return;
      }
      [after] = last;
    }
  }

  abstract disconnect(): Promise<void>;
}

/** The stored keys of a namespace sort between `name:` and `name;`, as `;` follows `:`. No namespace means every key. */
function rangeOf(namespace: string | undefined): KeyRange {
  return namespace ? { from: `${namespace}:`, to: `${namespace};` } : { from: "", to: "\u{10FFFF}" };
}
