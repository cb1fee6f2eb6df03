import { Keyv } from "keyv";
import { KeyvSqlite, type KeyvSqliteOptions, StateConnection } from "./sqlite-keyv.ts";

/** Small state of one installation: a Keyv for each use, all in one file. */
export interface State {
  /** The values of one use. Failing reads and writes throw. The namespace holds no colon. */
  keyv(namespace: string): Keyv;
  /** Closes the file; the Keyv instances are of no use afterwards. Safe to call again. */
  close(): void;
}

/** Opens (and makes, when absent) the SQLite file that holds small state. Other processes may have it open too. */
export function openState(options: KeyvSqliteOptions): State {
  const connection = new StateConnection(options);
  return {
    keyv(namespace) {
      if (namespace === "" || namespace.includes(":")) {
        throw new RangeError(`a namespace of small state has no colon and is not empty: "${namespace}"`);
      }
      return new Keyv({
        store: new KeyvSqlite(connection),
        namespace,
        throwOnErrors: true,
        // Values are plain JSON: Keyv's own form, which looks for bytes in every string, takes several times as long.
        serialize: JSON.stringify,
        deserialize: JSON.parse,
      });
    },
    close: () => connection.close(),
  };
}
