/** @verifies survives.backup */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { create, list } from "tar";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBackup, restoreBackup } from "./backup.ts";

const now = new Date("2026-11-30T08:00:00Z");
let root: string;
let data: string;
let writer: DatabaseSync;

/** A data directory in use: a transaction that is not yet in the main file, media, and what does not belong in a backup. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "toolcast-backup-"));
  data = join(root, "data");
  mkdirSync(join(data, "media", "ab"), { recursive: true });
  mkdirSync(join(data, "media", "incoming"));
  writeFileSync(join(data, "key"), Buffer.alloc(32, 7));
  writeFileSync(join(data, "media", "ab", "abc.png"), "a picture");
  writeFileSync(join(data, "media", "incoming", "half"), "half a picture");
  writeFileSync(join(data, "server.json"), "{}");
  writeFileSync(join(data, "notes.txt"), "not ours");
  for (const name of ["jobs.sqlite", "state.sqlite"]) {
    const database = new DatabaseSync(join(data, name));
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)");
    if (name === "jobs.sqlite") {
      database.exec("CREATE TABLE store_identity (only INTEGER PRIMARY KEY, inode TEXT, born_at TEXT)");
      database.exec("INSERT INTO store_identity VALUES (1, '42', '7')");
      database.exec("INSERT INTO rows (text) VALUES ('committed')");
      writer = database;
    } else {
      database.close();
    }
  }
});

afterEach(() => {
  writer.close();
  rmSync(root, { recursive: true, force: true });
});

const target = (name = "saved.tar.gz") => join(root, name);
const rowsOf = (directory: string) => {
  const database = new DatabaseSync(join(directory, "jobs.sqlite"));
  const rows = database
    .prepare("SELECT text FROM rows")
    .all()
    .map(({ text }) => text);
  const { inode } = database.prepare("SELECT inode FROM store_identity").get()!;
  database.close();
  return { rows, inode };
};
const nothingLeft = (directory: string) => readdirSync(directory).filter((name) => /partial|^\.backup-/.test(name));

test("a backup has the committed rows, the media and the key, and nothing half-written, foreign or uncommitted", async () => {
  writer.exec("BEGIN IMMEDIATE; INSERT INTO rows (text) VALUES ('not committed')");
  expect(await createBackup(data, target(), now)).toMatchObject({ format: 1, madeAt: now.toISOString() });
  writer.exec("ROLLBACK");
  const names: string[] = [];
  await list({ file: target(), onReadEntry: ({ path, type }) => void (type === "File" && names.push(path)) });
  expect(names.sort()).toEqual(["backup.json", "jobs.sqlite", "key", "media/ab/abc.png", "state.sqlite"]);
  const restored = join(root, "restored");
  expect(await restoreBackup(target(), restored)).toMatchObject({ madeAt: now.toISOString() });
  expect(rowsOf(restored)).toEqual({ rows: ["committed"], inode: "backup" });
  expect(rowsOf(data).inode).toBe("42");
  expect(readFileSync(join(restored, "media", "ab", "abc.png"), "utf8")).toBe("a picture");
  expect(readFileSync(join(restored, "key"))).toEqual(Buffer.alloc(32, 7));
  expect([nothingLeft(data), nothingLeft(root), nothingLeft(restored)]).toEqual([[], [], []]);
});

test.skipIf(process.platform === "win32")(
  "only its owner can read a backup, and what is restored from it",
  async () => {
    await createBackup(data, target(), now);
    const restored = join(root, "restored");
    await restoreBackup(target(), restored);
    const open = [target(), restored, join(restored, "key"), join(restored, "media")].filter(
      (path) => (statSync(path).mode & 0o077) !== 0,
    );
    expect(open).toEqual([]);
  },
);

test("what an interrupted backup left behind is removed by the next", async () => {
  mkdirSync(join(data, ".backup-older", "media"), { recursive: true });
  await createBackup(data, target("saved.tar"), now);
  expect(nothingLeft(data)).toEqual([]);
});

describe("refused, with nothing changed", () => {
  test("a file that exists, a folder that does not, and an empty data directory", async () => {
    writeFileSync(target(), "mine");
    await expect(createBackup(data, target(), now)).rejects.toThrow("exists already");
    expect(readFileSync(target(), "utf8")).toBe("mine");
    await expect(createBackup(data, join(root, "nowhere", "saved.tar"), now)).rejects.toThrow("There is no folder");
    await expect(createBackup(join(root, "empty"), target("other.tar"), now)).rejects.toThrow("nothing to back up");
  });

  test("restoring over anything that is in use", async () => {
    await createBackup(data, target(), now);
    await expect(restoreBackup(target(), data)).rejects.toThrow("only into an unused data directory");
    await expect(restoreBackup(join(root, "nowhere.tar"), join(root, "new"))).rejects.toThrow("There is no file");
    await expect(restoreBackup(root, join(root, "new"))).rejects.toThrow("There is no file");
  });

  test.each(["saved.tar", "saved.tar.gz"])("%s, cut anywhere", async (name) => {
    await createBackup(data, target(name), now);
    const whole = readFileSync(target(name));
    // A tar archive ends with two empty blocks, which nothing depends on.
    const end = name.endsWith("gz") ? whole.length : whole.length - 1024;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: end - 600 }), async (length) => {
        writeFileSync(target("cut"), whole.subarray(0, length));
        const restored = mkdtempSync(join(root, "restored-"));
        await expect(restoreBackup(target("cut"), restored)).rejects.toThrow("not a whole backup");
        expect(readdirSync(restored)).toEqual([".gitignore"]);
      }),
      { numRuns: 40 },
    );
  });

  test("an archive that is not a backup, or of a layout to come", async () => {
    const other = join(root, "other");
    mkdirSync(other);
    writeFileSync(join(other, "key"), "k");
    await create({ file: target("other.tar"), cwd: other }, ["key"]);
    await expect(restoreBackup(target("other.tar"), join(root, "new"))).rejects.toThrow("not a whole backup");
    writeFileSync(
      join(other, "backup.json"),
      JSON.stringify({ format: 2, version: "9", madeAt: now.toISOString(), files: 1 }),
    );
    await create({ file: target("later.tar"), cwd: other }, ["backup.json", "key"]);
    await expect(restoreBackup(target("later.tar"), join(root, "new"))).rejects.toThrow("not a whole backup");
    expect(existsSync(join(root, "new", "key"))).toBe(false);
  });
});

test("an archive cannot put anything beside or outside the data directory", async () => {
  const hostile = join(root, "hostile");
  mkdirSync(join(hostile, "media"), { recursive: true });
  const note = { format: 1, version: "1", madeAt: now.toISOString(), files: 1 };
  writeFileSync(join(hostile, "backup.json"), JSON.stringify(note));
  writeFileSync(join(hostile, "key"), "a key");
  writeFileSync(join(hostile, ".env"), "OPERATORS=web:anybody");
  symlinkSync(root, join(hostile, "media", "out"));
  writeFileSync(join(root, "secret"), "secret");
  await create({ file: target("hostile.tar"), cwd: hostile, preservePaths: true }, [
    "backup.json",
    "key",
    ".env",
    "media/out",
    "../secret",
  ]);
  const restored = join(root, "restored");
  await restoreBackup(target("hostile.tar"), restored);
  expect(readdirSync(restored, { recursive: true }).filter((name) => name !== ".gitignore")).toEqual(["key"]);
});

test("a name that ends in .gz is compressed, another is not", async () => {
  await createBackup(data, target("saved.tgz"), now);
  await createBackup(data, target("saved.tar"), now);
  expect(
    gunzipSync(readFileSync(target("saved.tgz")))
      .subarray(0, 11)
      .toString(),
  ).toBe("backup.json");
  expect(readFileSync(target("saved.tar")).subarray(0, 11).toString()).toBe("backup.json");
});
