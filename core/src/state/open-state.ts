import { Keyv, type KeyvStoreAdapter } from "keyv";
import { KeyvSqlite } from "./sqlite-keyv.ts";
import { openStateTable, type StateFileOptions, type StateTable } from "./state-table.ts";

/** The small state of one installation: a Keyv for each use. */
export interface State {
  /** The values of one use. Reads and writes that fail throw. The namespace must not contain a colon. */
  keyv(namespace: string): Keyv;
  /** Closes the file, if it has one of its own; the Keyv instances cannot be used afterwards. Safe to call again. */
  close(): void;
}

/**
 * Opens, and if necessary creates, a SQLite file of its own for small state. Other processes may have it open, too. A
 * SQLite job store holds small state itself: `openSqliteEngine`'s `state`.
 */
export function openState(options: StateFileOptions): State {
  return stateOver(openStateTable(options));
}

/** The same over an open table, which is closed with it. */
export function stateOver(table: StateTable): State {
  return stateIn({ adapter: () => new KeyvSqlite(table), close: () => table.close() });
}

/** The same in any storage; each Keyv has an adapter of its own. */
export function stateIn(storage: { adapter: () => KeyvStoreAdapter; close: () => void }): State {
  return {
    keyv(namespace) {
      if (namespace === "" || namespace.includes(":")) {
        throw new RangeError(`a namespace of small state must not be empty or contain a colon: "${namespace}"`);
      }
      return new Keyv({
        store: storage.adapter(),
        namespace,
        throwOnErrors: true,
        // Values are plain JSON: Keyv's own serializer, which looks for bytes in every string, takes several times as
        // long.
        serialize: JSON.stringify,
        deserialize: JSON.parse,
      });
    },
    close: () => storage.close(),
  };
}
