import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "./open-database.ts";

/** SQLite's temporary files, which it removes from their directory as soon as it has opened them. */
function temporaryFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${descriptor}`);
      return file.includes("etilqs_") ? [file] : [];
    } catch {
      return [];
    }
  });
}

test.runIf(process.platform === "linux")("a statement that changes many pages needs no file to undo it", () => {
  const folder = mkdtempSync(join(tmpdir(), "toolcast-database-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const columns = Array.from({ length: 20 }, (_, index) => `column_${index}`);
  const database = openDatabase(join(folder, "wide.sqlite"), {
    prepare: (opened) =>
      opened.exec(`
        CREATE TABLE wide (id TEXT UNIQUE, ${columns.map((name) => `${name} TEXT`).join(", ")});
        ${columns.map((name) => `CREATE INDEX wide_${name} ON wide (${name});`).join("\n")}
      `),
  });
  onTestFinished(() => database.close());
  const insert = database.prepare(
    `INSERT INTO wide (id, ${columns.join(", ")}) VALUES (?, ${columns.map(() => "?").join(", ")})`,
  );
  const before = temporaryFiles();
  database.exec("BEGIN IMMEDIATE");
  insert.run("one", ...columns);
  // Several rows in one statement, of which the last may be refused: SQLite has to be able to undo the others.
  database.exec(`INSERT INTO wide SELECT value, ${columns.join(", ")} FROM wide, json_each('["two", "three"]')`);
  const after = temporaryFiles();
  database.exec("COMMIT");
  expect(after).toEqual(before);
});
