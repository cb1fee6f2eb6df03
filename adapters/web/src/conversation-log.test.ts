import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openConsoleDatabase } from "./console-database.ts";
import { createConversationLog, type NewEntry } from "./conversation-log.ts";
import { temporaryDirectory } from "./testing/console.ts";

const entry = (id: string, conversation = "main", text = id): NewEntry => ({
  id,
  conversation,
  at: 7,
  content: { kind: "request", text },
});

function open(file = join(temporaryDirectory(), "console.sqlite")) {
  const database = openConsoleDatabase(file);
  onTestFinished(() => database[Symbol.dispose]());
  return { log: createConversationLog(database), database, file };
}

it("appends once per id, even from another process's connection and after reopening", async () => {
  const { log, database, file } = open();
  const first = await log.append(entry("a"));
  expect(first.added).toBe(true);
  const other = open(file).log;
  const again = await other.append(entry("a", "elsewhere", "changed"));
  expect(again).toEqual({ added: false, entry: first.entry });
  database.close();
  const { log: reopened } = open(file);
  expect(await reopened.page("main", { limit: 10 })).toEqual([first.entry]);
  expect((await reopened.append(entry("b"))).entry.sequence).toBeGreaterThan(first.entry.sequence);
});

it("gives the newest page, the one before it, and what was added later", async () => {
  const { log } = open();
  const added = await Promise.all(["a", "b", "c", "d"].map((id) => log.append(entry(id))));
  const sequences = added.map(({ entry: { sequence } }) => sequence);
  await log.append(entry("x", "other"));
  const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);
  expect(ids(await log.page("main", { limit: 2 }))).toEqual(["c", "d"]);
  expect(ids(await log.page("main", { limit: 2, before: sequences[2]! }))).toEqual(["a", "b"]);
  expect(ids(await log.after("main", sequences[1]!, 10))).toEqual(["c", "d"]);
  expect(ids(await log.after("main", sequences[1]!, 1))).toEqual(["c"]);
});

it("lists conversations by their last entry, named by their first", async () => {
  const { log } = open();
  await log.append(entry("a", "one"));
  await log.append(entry("b", "two"));
  await log.append(entry("c", "one"));
  expect((await log.conversations(10)).map(({ id, first }) => [id, first.id])).toEqual([
    ["one", "a"],
    ["two", "b"],
  ]);
});

it("finds what was said about a job", async () => {
  const { log } = open();
  await log.append({ ...entry("a"), jobId: "job_1", replyTo: "b" });
  await log.append(entry("b"));
  expect(await log.ofJob("job_1")).toMatchObject([{ id: "a", replyTo: "b", jobId: "job_1" }]);
  expect(await log.read("b")).not.toHaveProperty("jobId");
  expect(await log.read("none")).toBeNull();
});
