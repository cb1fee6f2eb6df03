import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../ground/clock.ts";
import { openState } from "./open-state.ts";
import { KeyvSqlite } from "./sqlite-keyv.ts";
import { createWriteQueue } from "./sqlite-write-queue.ts";
import { StateTable } from "./state-table.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-state-"));
  file = join(directory, "toolcast.sqlite");
});
afterEach(() => rmSync(directory, { recursive: true }));

it("keeps the uses of one file apart, even when one is cleared or iterated", async () => {
  const state = openState({ file });
  const [media, tokens] = [state.keyv("media"), state.keyv("tokens")];
  await media.set("a", 1);
  await tokens.set("a", 2);
  await tokens.set("b", { deep: ["x"] });
  await media.clear();
  expect(await media.get("a")).toBeUndefined();
  expect(await tokens.get(["a", "b", "c"])).toEqual([2, { deep: ["x"] }, undefined]);
  expect(await tokens.has(["a", "c"])).toEqual([true, false]);
  const seen: unknown[] = [];
  for await (const entry of tokens.iterator?.(undefined) ?? []) {
    seen.push(entry);
  }
  expect(seen).toEqual([
    ["a", 2],
    ["b", { deep: ["x"] }],
  ]);
  expect(() => state.keyv("a:b")).toThrow(RangeError);
  state.close();
  state.close();
  await expect(tokens.set("a", 3)).rejects.toThrow();
  const again = openState({ file });
  expect(await again.keyv("tokens").get("a")).toBe(2);
  again.close();
});

it("writes what one turn of the event loop brought to disk together, and nothing later before it", async () => {
  const [own, other] = [new KeyvSqlite({ file }), new KeyvSqlite({ file })];
  const writes = [own.set("a", "1"), own.set("b", "1"), own.set("a", "2")];
  expect(await other.getMany(["a", "b"])).toEqual([undefined, undefined]);
  await writes[0];
  expect(await other.getMany(["a", "b"])).toEqual(["2", "1"]);
  await Promise.all(writes);
  const late = [own.set("c", "1"), own.set("d", "1")];
  expect(await own.get("c")).toBe("1");
  expect(await own.delete("d")).toBe(true);
  await Promise.all(late);
  expect(await own.get("d")).toBeUndefined();
  const last = own.set("e", "1");
  await own.disconnect();
  await last;
  expect(await other.get("e")).toBe("1");
  await other.disconnect();
});

it("does not end a transaction for a read, which waits only for what it would see", async () => {
  const { table, commits, values, close } = countedTable();
  await table.write("b", "0");
  const before = commits();
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const writes = [table.write("a", "1").then(note("a written"))];
  const other = table.read("b").then((value) => void order.push(`b is ${value}`));
  const seen = table.read("a").then((value) => void order.push(`a is ${value}`));
  const listed = table.list({ from: "", to: "z" }, 10).then((rows) => void order.push(`${rows.length} listed`));
  writes.push(table.write("c", "1").then(note("c written")));
  const gone = table.delete(["b"]);
  await other;
  expect(order).toEqual(["b is 0"]);
  expect(values()).toEqual(["0"]);
  await Promise.all([...writes, seen, listed]);
  expect(await gone).toBe(true);
  expect(order.indexOf("a is 1")).toBeGreaterThan(0);
  expect(commits() - before).toBe(1);
  close();
});

it("returns what is stored when the write it waited for was lost", async () => {
  const state = openState({ file, busyTimeoutMs: 10 });
  const tokens = state.keyv("tokens");
  await tokens.set("a", "stored");
  const blocker = new DatabaseSync(file);
  blocker.exec("BEGIN IMMEDIATE");
  const lost = expect(tokens.set("a", "lost")).rejects.toThrow();
  const cleared = expect(tokens.clear()).rejects.toThrow();
  const read = tokens.get("a");
  await Promise.all([lost, cleared]);
  blocker.exec("ROLLBACK");
  blocker.close();
  expect(await read).toBe("stored");
  await Promise.all([tokens.clear(), expect(tokens.get("a")).resolves.toBeUndefined()]);
  state.close();
});

/** A table, with how many commits its queue has made and what is in the file. */
function countedTable() {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE small_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID");
  let count = 0;
  const queue = createWriteQueue(database, () => {
    count += 1;
  });
  return {
    table: new StateTable(database, queue, systemClock, () => {}),
    commits: () => count,
    values: () =>
      database
        .prepare("SELECT value FROM small_state ORDER BY key")
        .all()
        .map(({ value }) => value),
    close: () => database.close(),
  };
}

it("rejects every write of a turn when nothing was kept", async () => {
  const state = openState({ file, busyTimeoutMs: 10 });
  const tokens = state.keyv("tokens");
  const blocker = new DatabaseSync(file);
  blocker.exec("BEGIN IMMEDIATE");
  const writes = await Promise.allSettled([tokens.set("a", 1), tokens.set("b", 1)]);
  expect(writes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  blocker.exec("ROLLBACK");
  blocker.close();
  expect(await tokens.get(["a", "b"])).toEqual([undefined, undefined]);
  await tokens.set("a", 2);
  expect(await tokens.get("a")).toBe(2);
  state.close();
});

it("iterates over more than a batch", async () => {
  const state = openState({ file });
  const keyv = state.keyv("many");
  await Promise.all(Array.from({ length: 450 }, (_, count) => keyv.set(`key ${count}`, count)));
  const seen = new Set<number>();
  for await (const [, value] of keyv.iterator?.(undefined) ?? []) {
    seen.add(value);
  }
  expect(seen.size).toBe(450);
  state.close();
});

it("removes expired values from the file itself", async () => {
  let nowMs = 1000;
  const clock = { now: () => nowMs, monotonic: () => nowMs, setTimer: () => () => {} };
  const adapter = new KeyvSqlite({ file, clock });
  await adapter.set("brief", "x", 10);
  await adapter.set("lasting", "x");
  nowMs = 1010;
  expect(await adapter.get("brief")).toBe("x");
  nowMs = 1011;
  expect(await adapter.get("brief")).toBeUndefined();
  expect(await adapter.getMany(["brief", "lasting"])).toEqual([undefined, "x"]);
  expect(await adapter.hasMany(["brief", "lasting"])).toEqual([false, true]);
  await adapter.disconnect();
  await new KeyvSqlite({ file, clock }).disconnect();
  const database = new DatabaseSync(file);
  expect(database.prepare("SELECT count(*) AS count FROM small_state").get()).toEqual({ count: 1 });
  database.close();
});

it("refuses values that are not text, which Keyv passes without a serializer", async () => {
  const adapter = new KeyvSqlite({ file: ":memory:" });
  await expect(adapter.set("a", { no: "text" })).rejects.toThrow(TypeError);
  await adapter.disconnect();
});
