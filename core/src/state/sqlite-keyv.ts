import { KeyvStorage } from "./keyv-storage.ts";
import { openStateTable, type StateFileOptions, StateTable } from "./state-table.ts";

/**
 * Keyv's storage on `node:sqlite`: one table, `small_state`, in a file that other tables and other processes share. What
 * it returns is on disk, whoever wrote it. {@link openState} gives each `Keyv` an adapter of its own.
 */
export class KeyvSqlite extends KeyvStorage {
  readonly opts = { dialect: "sqlite", url: "sqlite://" };
  readonly #owned: StateTable | null;

  constructor(source: StateFileOptions | StateTable) {
    const table = source instanceof StateTable ? source : openStateTable(source);
    super(table);
    this.#owned = table === source ? null : table;
  }

  /** Closes the file, unless the table is shared. Safe to call again. */
  async disconnect(): Promise<void> {
    this.#owned?.close();
  }
}
