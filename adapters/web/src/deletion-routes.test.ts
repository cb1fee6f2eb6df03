import type { OwnThing } from "@toolcast/core/surface";
import { expect, it } from "vitest";
import { testConsole } from "./testing/console.ts";
import type { DeletionView } from "./wire.ts";

function started() {
  const console = testConsole();
  const remove = async (items: { kind: string; id: string }[], confirmed: boolean) => {
    const response = await console.post("/api/deletions", { items, confirmed });
    return { status: response.status, ...((await response.json()) as DeletionView) };
  };
  const entries = async () => (await console.get("/api/conversations/main/entries")).entries;
  return { console, remove, entries };
}

// @verifies console.deleting
it("asks before it deletes a conversation with its jobs, and erases nothing that core left", async () => {
  const { console, remove, entries } = started();
  await console.say("/paint a fox");
  const asked = await remove([{ kind: "conversation", id: "main" }], false);
  expect(asked.message.lines?.[0]).toBe(
    "A conversation is deleted with all its messages and jobs, and what these made.",
  );
  expect(console.runtime.removals).toEqual([
    { things: [{ kind: "job", id: "job_1" }], also: ["/paint a fox"], confirmed: false },
  ]);
  console.runtime.removable = () => false;
  expect((await remove([{ kind: "conversation", id: "main" }], true)).removed).toEqual([]);
  expect(await entries()).toHaveLength(2);
  console.runtime.removable = () => true;
  expect((await remove([{ kind: "conversation", id: "main" }], true)).removed).toEqual([
    { kind: "job", id: "job_1" },
    { kind: "conversation", id: "main" },
  ]);
  expect(await entries()).toEqual([]);
  expect((await console.get("/api/state")).conversations).toEqual([]);
});

// @verifies safe.deleting-jobs
it("erases what was said about a deleted job, keeps its key, and tells open pages", async () => {
  const { console, entries } = started();
  const key = { "Idempotency-Key": "once" };
  await console.say("/paint a secret fox", key);
  await console.say("/paint another");
  const { surface } = console.web;
  await surface.forgetJob?.("job_1");
  await surface.forgetJob?.("job_1");
  expect((await entries()).map(({ text }) => text)).toEqual(["/paint another", undefined]);
  const found = (await console.get("/api/search?words=secret")) as unknown as { results: unknown[] };
  expect(found.results).toEqual([]);
  expect((await console.get("/api/state")).conversations.map(({ title }) => title)).toEqual(["/paint another"]);
  expect((await console.say("/paint a secret fox", key)).status).toBe(409);
  expect(console.runtime.calls).toHaveLength(2);
});

it("refuses what is not a choice of things, and too many", async () => {
  const { remove } = started();
  expect((await remove([], true)).status).toBe(400);
  expect((await remove([{ kind: "person", id: "a" }], true)).status).toBe(400);
  expect((await remove(Array(201).fill({ kind: "file", id: "a" } satisfies OwnThing), true)).status).toBe(400);
  expect((await remove([{ kind: "conversation", id: "no/where" }], true)).status).toBe(404);
});
