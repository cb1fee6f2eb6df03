import { EventEmitter } from "node:events";
import type { KeyvStoreAdapter } from "keyv";
import { type KeyRange, openStateTable, type StateFileOptions, StateTable } from "./state-table.ts";

const iterationBatchCount = 200;

/**
 * Keyv's storage on `node:sqlite`: one table, `small_state`, in a file that other tables and other processes share. What
 * it returns is on disk, whoever wrote it.
 *
 * Give each `Keyv` an adapter of its own, as {@link openState} does: Keyv writes its namespace onto its adapter, and
 * `clear` empties that namespace. Namespaces contain no colon, because a colon ends them in the stored key.
 */
export class KeyvSqlite extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv reads this to learn that the storage can be iterated. */
  readonly opts: { dialect: "sqlite"; url: string };
  namespace: string | undefined;
  readonly #table: StateTable;
  readonly #ownsTable: boolean;

  constructor(source: StateFileOptions | StateTable) {
    super();
    this.#ownsTable = !(source instanceof StateTable);
    this.#table = source instanceof StateTable ? source : openStateTable(source);
    this.opts = { dialect: "sqlite", url: "sqlite://" };
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
      throw new TypeError("KeyvSqlite stores strings: leave Keyv's `serialize` on");
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
    return (await this.get(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const found = await this.#table.existing(keys);
    return keys.map((key) => found.has(key));
  }

  /** In key order, read in batches: what is written or deleted meanwhile may or may not appear. */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const range = rangeOf(namespace);
    for (let after = range.from; ; ) {
      const entries = await this.#table.list({ from: after, to: range.to }, iterationBatchCount);
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

  /** Closes the file, unless the table is shared. Safe to call again. */
  async disconnect(): Promise<void> {
    if (this.#ownsTable) {
      this.#table.close();
    }
  }
}

/**
 * The stored keys of a namespace sort between `name:` and `name;`, as `;` follows `:`. No namespace means every key.
 */
function rangeOf(namespace: string | undefined): KeyRange {
  return namespace ? { from: `${namespace}:`, to: `${namespace};` } : { from: "", to: "\u{10FFFF}" };
}
