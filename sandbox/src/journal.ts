import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * An append-only file of JSON lines. Appending returns after the kernel has the line, so a killed process loses nothing;
 * a line cut short by a full disk or a power cut is skipped on reading.
 */
export interface Journal<Entry> {
  entries(): Entry[];
  append(entry: Entry): void;
  /** Replaces everything with `entries`, by a rename, so that a kill leaves either the old file or the new one. */
  rewrite(entries: readonly Entry[]): void;
}

export function openJournal<Entry>(path: string | undefined): Journal<Entry> {
  if (path === undefined) return { entries: () => [], append() {}, rewrite() {} };
  mkdirSync(dirname(path), { recursive: true });
  return {
    entries() {
      if (!existsSync(path)) return [];
      const text = readFileSync(path, "utf8");
      // The next line would otherwise be appended to a half-written last line and be lost with it.
      if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
      return text.split("\n").flatMap((line) => parseLine<Entry>(line));
    },
    append: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`),
    rewrite(entries) {
      const fresh = `${path}.new`;
      rmSync(fresh, { force: true });
      writeFileSync(fresh, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      renameSync(fresh, path);
    },
  };
}

function parseLine<Entry>(line: string): Entry[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}
