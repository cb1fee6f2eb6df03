import type { DatabaseSync } from "node:sqlite";

/** Up to this size a file is checked whole, which takes some tenths of a second. */
const wholeUpToBytes = 64 * 1024 ** 2;
/** Of a larger file, how many rows at each end of each table are read. */
const rowsAtEachEnd = 2_000;

export interface DamageOptions {
  /** Up to which size a file is checked whole, in bytes. Default 64 MiB. */
  wholeUpTo?: number;
}

/**
 * Whether SQLite's own check finds the file damaged; it may also throw what SQLite says. Bounded, as every start asks:
 * of a file above 64 MiB the oldest and the newest 2,000 rows of each table are read instead, which is what work begins with.
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
    const table = `"${String(name).replaceAll('"', '""')}"`;
    for (const order of isWithoutRowId ? [""] : ["ORDER BY rowid", "ORDER BY rowid DESC"]) {
      // Every column is read, as long ones lie on pages of their own.
      for (const _row of database.prepare(`SELECT * FROM ${table} ${order} LIMIT ${rowsAtEachEnd}`).iterate()) {
      }
    }
  }
  return false;
}
