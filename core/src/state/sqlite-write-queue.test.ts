import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";
import { createWriteQueue, type JobWriteQueue } from "./sqlite-write-queue.ts";

let database: DatabaseSync;
let queue: JobWriteQueue;
let commits: number;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE words (word TEXT UNIQUE) STRICT");
  commits = 0;
  queue = createWriteQueue(database, () => {
    commits += 1;
  });
  return () => database.isOpen && database.close();
});

function add(word: string): void {
  database.prepare("INSERT INTO words VALUES (?)").run(word);
}

function words(): unknown[] {
  return database
    .prepare("SELECT word FROM words ORDER BY word")
    .all()
    .map((row) => row.word);
}

test("writes of one turn share a commit and resolve after it", async () => {
  const answers = Promise.all([
    queue.run(() => add("a")),
    queue.run(() => {
      add("b");
      return "b";
    }),
  ]);
  expect(words()).toEqual([]);
  expect(await answers).toEqual([undefined, "b"]);
  expect(commits).toBe(1);
  expect(words()).toEqual(["a", "b"]);
});

test("a commit of only what was written aside is not reported", async () => {
  await Promise.all([queue.aside.run(() => add("a")), queue.aside.runPlain(() => add("b"))]);
  expect(commits).toBe(0);
  await Promise.all([queue.aside.runPlain(() => add("c")), queue.run(() => add("d"))]);
  expect(commits).toBe(1);
  expect(words()).toEqual(["a", "b", "c", "d"]);
});

test("an act that throws undoes only its own changes", async () => {
  const ends = await Promise.allSettled([
    queue.run(() => add("before")),
    queue.run(() => {
      add("half");
      throw new Error("broken");
    }),
    queue.run(() => add("after")),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(words()).toEqual(["after", "before"]);
});

test("when the transaction fails, every act in it rejects and the next one works", async () => {
  const inTheWay = queue.run(() => database.exec("ROLLBACK"));
  const beside = queue.run(() => add("a"));
  await expect(inTheWay).rejects.toThrow();
  await expect(beside).rejects.toThrow();
  expect(words()).toEqual([]);
  await queue.run(() => add("b"));
  expect(words()).toEqual(["b"]);
});

test("many writes are made in several transactions, completely and in order", async () => {
  const order: number[] = [];
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => queue.run(() => order.push(n))));
  expect(order).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  expect(commits).toBe(4);
});

test("flushing writes immediately what waits; a closed database accepts nothing", async () => {
  const waiting = queue.run(() => add("a"));
  queue.flush();
  expect(words()).toEqual(["a"]);
  await waiting;
  database.close();
  await expect(queue.run(() => add("b"))).rejects.toThrow("closed");
});

test("a database that cannot grow reports a full disk, undoes the whole write, and continues when there is room", async () => {
  // @verifies survives.disk-full
  const directory = mkdtempSync(join(tmpdir(), "toolcast-full-"));
  const database = new DatabaseSync(join(directory, "jobs.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE things (text TEXT NOT NULL); PRAGMA max_page_count = 12");
  const queue = createWriteQueue(database, () => {});
  const insert = database.prepare("INSERT INTO things VALUES (?)");
  const writes = [10, 100_000, 10].map((length) => queue.run(() => insert.run("x".repeat(length))));
  const ends = await Promise.allSettled(writes);
  expect(
    ends.filter(({ status }) => status === "rejected").map((end) => (end as PromiseRejectedResult).reason),
  ).toContainEqual(expect.objectContaining({ trouble: "full" }));
  database.exec("PRAGMA max_page_count = 10000");
  await queue.run(() => insert.run("y".repeat(100_000)));
  expect(database.prepare("SELECT count(*) AS count FROM things WHERE length(text) > 100").get()?.count).toBe(1);
  database.close();
  rmSync(directory, { recursive: true });
});
