import type { DatabaseSync } from "node:sqlite";

/** Up to this size a file is checked completely, which takes some tenths of a second. */
const wholeUpToBytes = 64 * 1024 ** 2;
/** How many rows at each end of each table are read in a larger file. */
const rowsAtEachEnd = 2_000;

export interface DamageOptions {
  /** Up to which size a file is checked completely, in bytes. Default 64 MiB. */
  wholeUpTo?: number;
}

/**
 * Whether SQLite's own check finds the file damaged; may also throw SQLite's error. Limited in time, because it runs at
 * every start: of a file above 64 MiB only the oldest and newest 2,000 rows of each table are read, which are needed
 * first.
 */
export function isDamaged(database: DatabaseSync, { wholeUpTo = wholeUpToBytes }: DamageOptions = {}): boolean {
  const number = (pragma: string) => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  if (number("page_count") * number("page_size") <= wholeUpTo) {
    return database.prepare("PRAGMA quick_check(1)").get()?.quick_check !== "ok";
  }
  const tables = database
    .prepare(
      "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  for (const { name, wr: isWithoutRowId } of tables) {
    const table = quoted(String(name));
    const columns = database.prepare("SELECT name FROM pragma_table_xinfo(?)").all(String(name));
    // Compares every column, because long values are on separate pages, and within SQLite: no row is made an object.
    const read = columns.map((column) => `max(${quoted(String(column.name))})`).join(", ");
    for (const order of isWithoutRowId ? [""] : ["ORDER BY rowid", "ORDER BY rowid DESC"]) {
      database.prepare(`SELECT ${read} FROM (SELECT * FROM ${table} ${order} LIMIT ${rowsAtEachEnd})`).get();
    }
  }
  return false;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
