import type { ToolcastError } from "@toolcast/core";
import { afterEach, expect, test } from "vitest";
import { answer, closeAll, setUp, startMs } from "../doubles/dashscope-vendor.ts";
import { createOperationContext } from "../doubles/provider-tools.ts";
import type { Reply } from "../doubles/raw-vendor.ts";
import { verifies } from "../verifies.ts";

afterEach(closeAll);

const context = createOperationContext();
const reference = (taskId: string) => ({ kind: "task", taskId, model: "wanx2.1-t2i-turbo", startedAt: startMs });
const ids = Array.from({ length: 10 }, (_, n) => `task-${n}`);

/** A vendor where all tasks run until they are in `done`; the list may say otherwise. */
async function vendorWith({ list }: { list: (states: Map<string, string>) => Reply }) {
  const states = new Map(ids.map((id) => [id, "RUNNING"]));
  const one = (id: string) => () =>
    answer({
      task_id: id,
      task_status: states.get(id),
      ...(states.get(id) === "SUCCEEDED" ? { results: [{ url: `https://result.example/${id}.png` }] } : {}),
    });
  const made = await setUp({
    ...Object.fromEntries(ids.map((id) => [`tasks/${id}`, one(id)])),
    "tasks/": () => list(states),
  });
  const { vendor, provider, clock } = made;
  const pathsOf = () => vendor.requests.splice(0).map(({ path }) => path.replace("/api/v1/tasks/", ""));
  const check = (id: string) => provider.operations.image!.check!(reference(id), context);
  const checkAll = async () => {
    await clock.advance(5_000);
    const ends = await Promise.all(ids.map(check));
    return { states: ends.map(({ state }) => state), calls: pathsOf() };
  };
  return { states, checkAll, check, pathsOf, clock };
}

const listOf = (states: Map<string, string>): Reply => ({
  body: { total: states.size, data: [...states].map(([task_id, status]) => ({ task_id, status })) },
});

test("many tasks under way are looked at with one call, and each that has ended with one of its own", async () => {
  verifies("survives.adaptive-checks");
  const { states, checkAll } = await vendorWith({ list: listOf });
  expect((await checkAll()).calls).toHaveLength(ids.length);
  expect(await checkAll()).toEqual({ states: ids.map(() => "pending"), calls: [""] });
  states.set("task-3", "SUCCEEDED");
  const { states: ends, calls } = await checkAll();
  expect(ends).toEqual(ids.map((id) => (id === "task-3" ? "done" : "pending")));
  expect(calls).toEqual(["", "task-3"]);
});

test("a list that lags or cannot be read only costs calls", async () => {
  verifies("survives.adaptive-checks");
  const lagging = await vendorWith({ list: () => listOf(new Map(ids.map((id) => [id, "RUNNING"]))) });
  await lagging.checkAll();
  lagging.states.set("task-1", "SUCCEEDED");
  const looks: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    looks.push((await lagging.checkAll()).states[1]!);
  }
  expect(looks).toContain("done");
  expect(looks.slice(0, 5)).not.toContain("done");

  const broken = await vendorWith({ list: () => ({ status: 500, body: "{}" }) });
  await broken.checkAll();
  const { states, calls } = await broken.checkAll();
  expect(states).toEqual(ids.map(() => "pending"));
  expect(calls).toHaveLength(ids.length + 1);
});

test("a vendor that wants to be asked less is not asked about each task instead", async () => {
  verifies("survives.asked-to-wait");
  const refusals: Reply[] = [
    { status: 429, body: "<html>", retryAfter: "30" },
    { status: 429, body: { code: "Throttling.RateQuota", message: "too many" }, retryAfter: "30" },
    { status: 400, body: { code: "Throttling", message: "too many" } },
  ];
  for (const refusal of refusals) {
    const { check, checkAll, pathsOf, clock } = await vendorWith({ list: () => refusal });
    await checkAll();
    await clock.advance(5_000);
    const ends = await Promise.all(ids.map((id) => check(id).catch((error: ToolcastError) => error.failure.retry)));
    const [first] = ends;
    expect(ends).toEqual(
      ids.map(() => ({ kind: "later", afterMs: "retryAfter" in Object(refusal) ? 30_000 : expect.any(Number) })),
    );
    expect([first, pathsOf()]).toEqual([expect.objectContaining({ kind: "later" }), [""]]);
  }
});

test("tasks that have ended do not count", async () => {
  const { states, check, pathsOf, clock } = await vendorWith({ list: listOf });
  for (const id of ids) {
    await check(id);
    await clock.advance(1_000);
    states.set(id, "SUCCEEDED");
    await check(id);
  }
  expect(pathsOf()).not.toContain("");
});

test("one or two tasks are asked about by themselves", async () => {
  const { check, pathsOf, clock } = await vendorWith({ list: listOf });
  for (let n = 0; n < 3; n += 1) {
    await Promise.all(["task-0", "task-1"].map(check));
    await clock.advance(5_000);
  }
  expect(pathsOf()).not.toContain("");
});
