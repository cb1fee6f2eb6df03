import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Machine } from "./settings.ts";

const unbounded = 4_294_967_294;

/**
 * What the machine does to this process: its clock is set, and its disk is full, which SQLite is told of its own files and
 * then says and does what it would. To be called before a database is opened.
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
