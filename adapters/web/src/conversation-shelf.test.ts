import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { undoMs } from "./conversation-shelf.ts";
import { testConsole } from "./testing/console.ts";

async function started() {
  const console = testConsole();
  const titles = async () => (await console.get("/api/state")).conversations.map(({ title }) => title);
  const change = async (path: string, method: string, body?: object) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return (await console.request(`/api/conversations/${path}`, init)).status;
  };
  const texts = async () => {
    const { entries } = await console.get("/api/conversations/main/entries");
    return entries.filter(({ kind }) => kind === "request").map(({ text }) => text);
  };
  const found = async (words: string) => {
    const answer = (await console.get(`/api/search?words=${words}`)) as unknown as { results: unknown[] };
    return answer.results.length;
  };
  await console.say("/voices");
  return { console, titles, change, texts, found };
}

it("renames a conversation, and restores its original name", async () => {
  const { titles, change } = await started();
  expect(await titles()).toEqual(["/voices"]);
  expect(await change("main", "PATCH", { title: "  声音 " })).toBe(204);
  expect(await titles()).toEqual(["声音"]);
  expect(await change("main", "PATCH", { title: "" })).toBe(204);
  expect(await titles()).toEqual(["/voices"]);
  expect(await change("main", "PATCH", { title: "界".repeat(81) })).toBe(400);
  expect(await change("no/where", "PATCH", { title: "a" })).toBe(404);
});

// @verifies console.conversations
it("removes a conversation from the list, its page and the search, and brings it back", async () => {
  const { titles, change, texts, found } = await started();
  expect(await found("voices")).toBeGreaterThan(0);
  expect(await change("main", "DELETE")).toBe(200);
  expect([await titles(), await texts(), await found("voices")]).toEqual([[], [], 0]);
  expect(await change("main", "DELETE")).toBe(404);
  expect(await change("main/restore", "POST")).toBe(204);
  expect([await titles(), await texts()]).toEqual([["/voices"], ["/voices"]]);
  expect(await found("voices")).toBeGreaterThan(0);
  expect(await change("main/restore", "POST")).toBe(404);
});

it("shows what comes after the removal, and only that", async () => {
  const { console, change, texts } = await started();
  await change("main", "DELETE");
  await console.say("/image later");
  expect(await texts()).toEqual(["/image later"]);
});

it("wipes the text when it can no longer be brought back, but recognises a repeated request", async () => {
  const { console, titles, change, found } = await started();
  const key = { "Idempotency-Key": "once" };
  await console.say("/image unforgettable", key);
  expect(await found("unforgettable")).toBe(1);
  await change("main", "PATCH", { title: "unforgettable too" });
  await change("main", "DELETE");
  const calls = console.runtime.calls.length;
  console.clock.move(undoMs);
  expect(await change("main/restore", "POST")).toBe(404);
  expect(await titles()).toEqual([]);
  expect(JSON.stringify(contentOf(join(console.directory, "console.sqlite")))).not.toContain("unforgettable");
  expect((await console.say("/image unforgettable", key)).status).toBe(409);
  expect(console.runtime.calls).toHaveLength(calls);
});

it("wipes after a restart too", async () => {
  const { console, change } = await started();
  await change("main", "DELETE");
  console.web.close();
  const late = { ...console.clock, now: () => console.clock.now() + undoMs, setTimer: () => () => {} };
  testConsole({ directory: console.directory, clock: late });
  expect(JSON.stringify(contentOf(join(console.directory, "console.sqlite")))).not.toContain("voices");
});

/** Everything in the tables. */
function contentOf(file: string): unknown {
  expect(readFileSync(file).length).toBeGreaterThan(0);
  const database = new DatabaseSync(file);
  try {
    return ["entries", "entry_text", "conversations"].map((table) =>
      database
        .prepare(`SELECT * FROM ${table} WHERE TRUE`)
        .all()
        .map((row) => ({ ...row, id: null })),
    );
  } finally {
    database.close();
  }
}
