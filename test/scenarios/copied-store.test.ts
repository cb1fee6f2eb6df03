import { copyFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteEngine, systemRandom } from "@toolcast/core";
import { type JobEngine, openSqliteIdentity } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectPipe, eras, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import {
  ada,
  createInstallation,
  type Installation,
  leaseMs,
  operator,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const words = "大家好，我是用自己的声音说话的数字人。";
let installation: Installation;
let directory: string;
let open: (() => Promise<void> | void)[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-copied-"));
  installation = await createInstallation();
  open = [];
});
afterEach(async () => {
  await closeAll();
  await installation[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function closeAll(): Promise<void> {
  for (const close of open.splice(0)) {
    await close();
  }
}

interface OnDisk extends RunningProcess {
  engine: JobEngine;
}

/** A process on a data directory; every process before it has ended. */
async function start(dataDirectory: string, started = true): Promise<OnDisk> {
  await closeAll();
  mkdirSync(dataDirectory, { recursive: true });
  const engine = openSqliteEngine({
    file: join(dataDirectory, "jobs.sqlite"),
    clock: installation.clock,
    random: systemRandom,
    leaseMs,
  });
  const identity = identityOf(dataDirectory);
  const process = await installation.open({ engine, state: engine.state, identity, dataDirectory, started });
  open = [() => process.runtime.stop(), () => identity.close(), () => engine.close()];
  return { ...process, engine };
}

function identityOf(dataDirectory: string) {
  const [jobs, epoch] = [join(dataDirectory, "jobs.sqlite"), join(dataDirectory, "store-epoch")];
  const key = { file: join(dataDirectory, "key"), bytes: new Uint8Array(32).fill(7) };
  return openSqliteIdentity({ jobs, epoch, key, random: systemRandom });
}

const phaseOf = async ({ engine }: OnDisk, id: string) => (await engine.read(id))?.state.phase;

/** A store with a video in progress, a picture that waits, an undelivered result, and an interrupted start. */
async function usedStore(dataDirectory: string) {
  const first = await start(dataDirectory);
  installation.provider.everyCheck = () => ({ state: "pending" });
  const video = await startJob(first, "avatar", { video: (await upload(first, "avc.mp4")).id, text: words });
  await installation.until(async () => (await phaseOf(first, video.id)) === "running");
  installation.platform.nextSend({ end: "later", afterMs: 60_000, reason: "asleep" });
  const undelivered = await startJob(first, "image", { prompt: "told later" });
  await installation.until(async () => (await phaseOf(first, undelivered.id)) === "succeeded");
  await installation.until(() => installation.platform.tries.length > 0);
  installation.provider.nextStart("image", () => new Promise(() => {}));
  const cutOff = await startJob(first, "image", { prompt: "cut off" });
  await installation.until(async () => (await phaseOf(first, cutOff.id)) === "starting");
  first.life.die();
  // Removed from the list, because stopping it in order would wait for the start.
  open.shift();
  const stored = await start(dataDirectory, false);
  const waiting = await startJob(stored, "image", { prompt: "paid later" });
  await closeAll();
  return { video: video.id, undelivered: undelivered.id, cutOff: cutOff.id, waiting: waiting.id };
}

test("a copy pays for nothing and delivers nothing, checks running work, and continues once it is released", async () => {
  verifies("paid-once.copied-store");
  const [original, copy] = [join(directory, "original"), join(directory, "copy")];
  const ids = await usedStore(original);
  cpSync(original, copy, { recursive: true });
  const { provider, platform } = installation;
  const [starts, tries, checks] = [provider.starts.length, platform.tries.length, provider.checks.length];
  const updates = platform.updates.length;

  const held = await start(copy);
  expect(held.runtime.held()).toEqual({ key: "store.copied" });
  expect((await held.runtime.overview(operator)).held).toEqual({ key: "store.copied" });
  const waits = await held.runtime.jobMessage((await held.engine.read(ids.waiting))!, ada);
  expect(waits.title).toMatch(/^Waiting for the operator's release: /);
  expect(waits.lines).toEqual([expect.stringContaining("its operator has to release it first")]);
  provider.everyCheck = () => null;
  await installation.pass(2 * 60 * 60_000);
  expect(provider.checks.length).toBeGreaterThan(checks);
  expect(await phaseOf(held, ids.video)).toBe("succeeded");
  expect(await phaseOf(held, ids.waiting)).toBe("queued");
  expect(await phaseOf(held, ids.cutOff)).toBe("unresolved");
  expect([provider.starts.length, platform.tries.length, platform.updates.length]).toEqual([starts, tries, updates]);

  // An operator's command runs in a process of its own.
  const operators = identityOf(copy);
  operators.release();
  operators.close();
  await installation.pass(2 * 60_000);
  expect(held.runtime.held()).toBeNull();
  expect(
    provider.starts
      .map(({ request }) => request.prompt)
      .slice(starts)
      .sort(),
  ).toEqual(["paid later"]);
  for (const id of [ids.video, ids.undelivered, ids.waiting]) {
    expect(await phaseOf(held, id)).toBe("succeeded");
  }
  for (const id of [ids.video, ids.undelivered, ids.waiting, ids.cutOff]) {
    expect(platform.posted.filter(({ delivery }) => delivery.id.startsWith(id))).toHaveLength(1);
  }
  // Released for good: from now on the copy counts as the original store.
  expect((await start(copy)).runtime.held()).toBeNull();
});

test("a copy refuses paid work before storing anything, in both languages, and accepts it once released", async () => {
  verifies("paid-once.copied-store", "understood.both-languages");
  const [original, copy] = [join(directory, "original"), join(directory, "copy")];
  const first = await start(original);
  const request = { tool: "image", input: { prompt: "x" }, caller: ada };
  const known = await startJob(first, "image", { prompt: "x" }, { key: "known" });
  await installation.until(async () => (await phaseOf(first, known.id)) === "succeeded");
  await closeAll();
  cpSync(original, copy, { recursive: true });
  const held = await start(copy);
  const { runtime, engine } = held;
  const chinese = { ...ada, locale: "zh-CN" } as const;
  const refusals = [
    await runtime.call(request),
    await runtime.call({ ...request, key: "new" }),
    await runtime.quote(request),
  ];
  for (const refused of refusals) {
    expect(refused).toMatchObject({
      ...{ type: "refused", failure: { kind: "policy", charged: "no" } },
      message: { title: expect.stringContaining("(toolcast release)") },
    });
  }
  expect((await runtime.call({ ...request, caller: chinese })).message.title).toContain("（toolcast release）");
  // An earlier request is recognised, and calls that cost nothing are answered.
  expect(await runtime.call({ ...request, key: "known" })).toMatchObject({ type: "job", job: { id: known.id } });
  expect(await runtime.call({ tool: "list_jobs", input: {}, caller: ada })).toMatchObject({ type: "answer" });
  expect(await engine.count({})).toBe(1);

  const operators = identityOf(copy);
  operators.release();
  operators.close();
  const { id } = await startJob(held, "image", { prompt: "asked again" });
  await installation.until(async () => (await phaseOf(held, id)) === "succeeded");
  expect(installation.provider.starts.map(({ request: { prompt } }) => prompt)).toEqual(["x", "asked again"]);
});

test("a copy refuses an agent and says who has to release it", async () => {
  verifies("paid-once.copied-store");
  const { mcp } = await openMcp(
    installation,
    {},
    { identity: { held: () => ({ key: "store.copied" }), begin() {}, release() {} } },
  );
  for (const era of eras) {
    const client = await connectPipe(mcp, era);
    const end = await client.callTool(pictureOrder({ wait_seconds: 0 }));
    expect(end.isError).toBe(true);
    expect(textOf(end)).toContain("toolcast release");
  }
  expect(installation.jobs()).toEqual([]);
});

test("the same directory started again, moved, or opened by two processes is still the same store", async () => {
  verifies("paid-once.copied-store");
  const [original, moved] = [join(directory, "original"), join(directory, "moved")];
  const ids = await usedStore(original);
  expect((await start(original, false)).runtime.held()).toBeNull();
  await closeAll();
  renameSync(original, moved);
  const process = await start(moved);
  const beside = identityOf(moved);
  beside.begin();
  expect([process.runtime.held(), beside.held()]).toEqual([null, null]);
  beside.close();
  installation.provider.everyCheck = () => null;
  await installation.until(async () => (await phaseOf(process, ids.waiting)) === "succeeded");
});

test.each(["jobs.sqlite", "store-epoch"])(
  "%s put back alone from a backup is noticed, in place or not",
  async (name) => {
    verifies("paid-once.copied-store");
    const [original, backup] = [join(directory, "original"), join(directory, "backup")];
    await start(original);
    await closeAll();
    cpSync(original, backup, { recursive: true });
    await start(original);
    await closeAll();
    // Overwritten in place: the file keeps its identity.
    copyFileSync(join(backup, name), join(original, name));
    for (const log of ["-wal", "-shm"]) {
      rmSync(join(original, name + log), { force: true });
    }
    expect((await start(original)).runtime.held()).toEqual({ key: "store.mixed" });
    expect((await start(original)).runtime.held()).toEqual({ key: "store.mixed" });
  },
);

test("a copy of only the main file, taken while its log held the newest writes, is noticed", async () => {
  verifies("paid-once.copied-store");
  const [original, copy] = [join(directory, "original"), join(directory, "copy")];
  await start(original);
  mkdirSync(copy);
  for (const name of ["jobs.sqlite", "store-epoch"]) {
    copyFileSync(join(original, name), join(copy, name));
  }
  expect((await start(copy)).runtime.held()).not.toBeNull();
});
