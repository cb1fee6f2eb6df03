import { Keyv, type KeyvStoreAdapter } from "keyv";
import { KeyvSqlite, type KeyvSqliteOptions, StateConnection } from "./sqlite-keyv.ts";

/** The small state of one installation: a Keyv for each use, all in one file. */
export interface State {
  /** The values of one use. Reads and writes that fail throw. The namespace must not contain a colon. */
  keyv(namespace: string): Keyv;
  /** Closes the file, if it has one of its own; the Keyv instances cannot be used afterwards. Safe to call again. */
  close(): void;
}

/**
 * Opens, and if necessary creates, the SQLite file that holds the small state. Other processes may have it open, too.
 */
export function openState(options: KeyvSqliteOptions): State {
  return stateOver(new StateConnection(options));
}

/** The same over an open connection, which is closed with it. */
export function stateOver(connection: StateConnection): State {
  return stateIn({ adapter: () => new KeyvSqlite(connection), close: () => connection.close() });
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
