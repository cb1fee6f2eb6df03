import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/**
 * Opens a SQLite file only to read, whatever state it is in; null if SQLite cannot read it at all. In a read-only
 * folder SQLite cannot keep its shared memory; the file is then read without its newest log.
 */
export function openToRead(file: string): DatabaseSync | null {
  if (!existsSync(file)) {
    return null;
  }
  const asItIs = pathToFileURL(file);
  asItIs.searchParams.set("immutable", "1");
  for (const path of [file, asItIs]) {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly: true });
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
      return database;
    } catch {
      if (database?.isOpen) {
        database.close();
      }
    }
  }
  return null;
}
