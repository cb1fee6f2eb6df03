import { readFileSync, writeFileSync } from "node:fs";

const pageBytes = 4_096;

/** What a page begins with that holds rows: of a table, and of a table without row numbers. */
const leaves = [0x0d, 0x0a];

/** Writes over the page of a SQLite file whose row holds this text, as a failing disk does. Nobody has the file open. */
export function damagePage(file: string, text: string): void {
  const content = readFileSync(file);
  for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) {
    const page = at - (at % pageBytes);
    // Pages of other kinds may have what was there before they became such.
    if (leaves.includes(content[page] ?? 0)) {
      writeFileSync(file, content.fill(0xa5, page, page + pageBytes));
      return;
    }
  }
  throw new Error(`no row of ${file} holds ${text}`);
}
