import { readFileSync, writeFileSync } from "node:fs";

const pageBytes = 4_096;

/** The first byte of a page with rows: of a table, and of a table without row numbers. */
const leaves = [0x0d, 0x0a];

/** Overwrites the page with this text in a row of a SQLite file, as a failing disk would. Nobody may have it open. */
export function damagePage(file: string, text: string): void {
  const content = readFileSync(file);
  for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) {
    const page = at - (at % pageBytes);
    // Pages of other kinds may still contain rows from an earlier use.
    if (leaves.includes(content[page] ?? 0)) {
      writeFileSync(file, content.fill(0xa5, page, page + pageBytes));
      return;
    }
  }
  throw new Error(`no row of ${file} holds ${text}`);
}
