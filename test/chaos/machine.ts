import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Machine } from "./settings.ts";

const unbounded = 4_294_967_294;

/**
 * Applies the machine's faults to this process: the clock is set, and the disk is full. SQLite gets a page limit on its
 * own files and then reacts as it does to a full disk. Call this before a database is opened.
 */
export function watchMachine(file: string): { clockStepMs(): number; look(): void } {
  const databases = new Set<DatabaseSync>();
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function noteDatabase(...given) {
    databases.add(this);
    return prepare.apply(this, given);
  };
  const read = () => JSON.parse(readFileSync(file, "utf8")) as Machine;
  let { clockStepMs } = read();
  return {
    clockStepMs: () => clockStepMs,
    look() {
      const { clockStepMs: stepMs, isDiskFull } = read();
      clockStepMs = stepMs;
      for (const database of [...databases].filter(({ isOpen }) => isOpen)) {
        const pages = Number(database.prepare("PRAGMA page_count").get()?.page_count);
        database.exec(`PRAGMA max_page_count = ${isDiskFull ? pages : unbounded}`);
      }
    },
  };
}
