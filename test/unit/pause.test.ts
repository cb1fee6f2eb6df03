import type { JobEngine } from "@toolcast/core/engine";
import { StorageError } from "@toolcast/core/engine";
import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, expect, test } from "vitest";
import { usualOutput, vendorFailure } from "../doubles/scripted-provider.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import {
  ada,
  createInstallation,
  type Installation,
  leaseMs,
  type RunningProcess,
  startJob,
} from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const minuteMs = 60_000;
const unreachable = vendorFailure({ kind: "unreachable", retry: { kind: "later", afterMs: 0 } });
const notSent: StartEnd = { end: "not-sent", failure: unreachable };

let installation: Installation;
let looks: number;
beforeEach(async () => {
  installation = await createInstallation();
  looks = 0;
});
afterEach(() => installation[Symbol.asyncDispose]());

/** A process that counts how often it takes a job to look at it. */
async function open({ started = true } = {}): Promise<RunningProcess> {
  const { clock, store } = installation;
  const made = createMemoryEngine({ clock, random: createSeededRandom(3), shared: store, leaseMs, pollMs: 5_000 });
  const engine: JobEngine = {
    ...made,
    schedule: (options) =>
      made.schedule({
        ...options,
        advance(lease) {
          looks += 1;
          return options.advance(lease);
        },
      }),
  };
  return installation.open({ engine, started });
}

async function ask(process: RunningProcess, count: number, people = 1): Promise<string[]> {
  const jobs: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const caller = { ...ada, id: `chat:${n % people}` };
    jobs.push((await startJob(process, "image", { prompt: `picture ${n}` }, { caller })).id);
  }
  return jobs;
}

async function looksWithin(ms: number): Promise<number> {
  const before = looks;
  await installation.pass(ms);
  return looks - before;
}

const phases = (ids: readonly string[]) => new Set(ids.map((id) => installation.job(id).state.phase));

test.each([40, 80])("while a provider rests, %s waiting jobs cost no more looks than a few", async (count) => {
  verifies("survives.pause");
  const { provider } = installation;
  provider.limits = { concurrent: 5, startsPerSecond: 100 };
  let isDown = true;
  const end = () => (isDown ? notSent : ({ end: "done", output: usualOutput("image") } as const));
  provider.nextStart("image", ...Array.from({ length: 1_000 }, () => end));
  const process = await open();
  const ids = await ask(process, count, 8);
  await installation.pass(20_000);
  expect(phases(ids)).toEqual(new Set(["queued"]));
  const tries = provider.starts.length;
  // Pauses grow from half a minute to ten. Each ends with one start, after which the 20 at the front of the line report
  // their position.
  expect(await looksWithin(30 * minuteMs)).toBeLessThan(150);
  expect(provider.starts.length - tries).toBeLessThan(20);
  isDown = false;
  await installation.until(() => ids.every((id) => installation.job(id).state.phase === "succeeded"), 60 * minuteMs);
});

test("the job that waits for the end of a pause may be cancelled: the next one waits in its place", async () => {
  verifies("survives.pause");
  const { provider } = installation;
  provider.limits = { concurrent: 1, startsPerSecond: 100 };
  provider.nextStart("image", ...Array.from({ length: 5 }, () => notSent));
  const process = await open();
  const ids = await ask(process, 6);
  await installation.until(() => provider.starts.length === 5);
  await installation.pass(5_000);
  const isParked = (id: string) => installation.store.entries.get(id)?.wakeAt === null;
  const last = ids.find(isParked)!;
  for (const id of ids.filter((other) => other !== last)) {
    await process.runtime.press({ action: "cancel", subject: id, caller: { ...ada, id: "chat:0" } });
  }
  expect(installation.job(last).state.phase).toBe("queued");
  await installation.until(() => installation.job(last).state.phase === "succeeded", 10 * minuteMs);
});

test.each([20, 80])("while the disk is full, %s jobs cost one look each quarter of a minute", async (count) => {
  verifies("survives.pause", "survives.disk-full");
  installation.provider.limits = { concurrent: 5, startsPerSecond: 100 };
  const process = await open({ started: false });
  const { media } = process.runtime;
  const usual = media.condition;
  media.condition = async () => ({ trouble: new StorageError("full", new Error("ENOSPC")), freeBytes: 0 });
  const ids = await ask(process, count);
  await process.runtime.start();
  await installation.pass(minuteMs);
  expect(await looksWithin(10 * minuteMs)).toBeLessThanOrEqual(45);
  const reasons = ids.map((id) => installation.job(id).state);
  expect(reasons).toEqual(
    ids.map(() => ({ phase: "queued", attempt: 0, reason: expect.objectContaining({ kind: "internal" }) })),
  );
  media.condition = usual;
  await installation.until(() => ids.every((id) => installation.job(id).state.phase === "succeeded"));
});

test("after a refusal because of the rate the next in line is not asked for in vain", async () => {
  verifies("survives.pause");
  const { provider } = installation;
  provider.limits = { concurrent: 1, startsPerSecond: 100 };
  const busy = vendorFailure({ category: "rate", retry: { kind: "later", afterMs: 20_000 } });
  provider.nextStart("image", { end: "refused", failure: busy });
  const process = await open();
  const ids = await ask(process, 4);
  await installation.pass(15_000);
  expect(provider.starts).toHaveLength(1);
  expect(await looksWithin(4_000)).toBe(0);
  await installation.until(() => ids.every((id) => installation.job(id).state.phase === "succeeded"));
  expect(provider.starts.map(({ request }) => request.prompt)).toEqual([
    "picture 0",
    ...ids.map((_id, n) => `picture ${n}`),
  ]);
});
