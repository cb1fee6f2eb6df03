import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/**
 * Opens a SQLite file only to read, whatever state it is in; null when SQLite can make nothing of it. A file in a folder
 * that cannot be written, where SQLite cannot keep its shared memory, is read without its newest log.
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
