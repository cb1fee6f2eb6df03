import { type JobEngine, StorageError } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { usualOutput } from "../doubles/scripted-provider.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import {
  createInstallation,
  type Installation,
  leaseMs,
  type RunningProcess,
  settle,
  startJob,
} from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let isFull: boolean;
beforeEach(async () => {
  isFull = false;
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** An engine whose disk can be full: then every kind of write fails, including leases. */
function fillable(): JobEngine {
  const { clock, store } = installation;
  const engine = createMemoryEngine({
    ...{ clock, random: createSeededRandom(3), leaseMs, pollMs: 5_000 },
    shared: new Proxy(store, {
      set(target, property, value) {
        if (isFull && property === "writes") {
          throw new StorageError("full", new Error("database or disk is full"));
        }
        return Reflect.set(target, property, value);
      },
    }),
  });
  return {
    ...engine,
    write: (...given) =>
      isFull ? Promise.reject(new StorageError("full", new Error("full"))) : engine.write(...given),
  };
}

test("a paid answer waits in memory for room, beyond its lease, and its start does not count as cut off", async () => {
  verifies("survives.disk-full", "paid-once.one-start-a-step");
  installation.provider.nextStart("image", async () => {
    isFull = true;
    return { end: "done", output: usualOutput("image") };
  });
  const process = await installation.open({ engine: fillable() });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => isFull);
  await installation.pass(5 * leaseMs);
  expect(installation.job(id).state.phase).toBe("starting");
  isFull = false;
  await installation.until(() => installation.job(id).state.phase === "succeeded", 5 * 60_000);
  expect(installation.provider.starts).toHaveLength(1);
});

/** Makes the media folder accept nothing large while it is set to full. An address that gives nothing writes nothing. */
function fillMedia({ runtime: { media } }: RunningProcess): (isFull: boolean) => void {
  const { keep, fetch } = media;
  let isMediaFull = false;
  const full = () => Promise.reject(new StorageError("full", new Error("ENOSPC")));
  media.keep = (source, about) => (isMediaFull ? full() : keep(source, about));
  media.fetch = (url, about) => (isMediaFull && !url.includes("?") ? full() : fetch(url, about));
  return (now) => {
    isMediaFull = now;
  };
}

test("a picture that came with a paid answer stays in memory while the media folder is full, and is the result", async () => {
  verifies("survives.disk-full", "paid-once.one-start-a-step");
  const process = await installation.open();
  const setFull = fillMedia(process);
  installation.provider.nextStart("image", async () => {
    setFull(true);
    return { end: "done", output: usualOutput("image") };
  });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => installation.provider.starts.length === 1);
  await installation.pass(5 * leaseMs);
  expect(installation.job(id).state.phase).toBe("starting");
  setFull(false);
  await installation.until(() => installation.job(id).state.phase === "succeeded", 60_000);
  expect(installation.job(id).steps[0]).toMatchObject({ assets: [expect.any(String)] });
  expect(installation.job(id).steps[0]).not.toHaveProperty("missing");
  expect(installation.provider.starts).toHaveLength(1);
});

test.each([
  ["alone", ["picture.png"], 1],
  ["beside one that is gone", ["gone.png?status=404", "picture.png"], 1],
  ["beside one that still had room", ["picture.gif?small", "picture.png"], 2],
])(
  "a picture at an address (%s) is fetched when there is room, however long that takes",
  async (_name, names, kept) => {
    verifies("survives.disk-full", "survives.lost-result");
    const { provider } = installation;
    provider.perCall = names.length;
    const process = await installation.open();
    const setFull = fillMedia(process);
    const media = names.map((name) => ({ url: `https://vendor.example/${name}` }));
    provider.nextStart("image", async () => {
      setFull(true);
      return { end: "done", output: { media } };
    });
    const { id } = await startJob(process, "image", { prompt: "x", count: names.length });
    await installation.until(() => provider.starts.length === 1);
    await installation.pass(provider.maxDurationMs + 60 * 60_000);
    expect(installation.job(id).state).toMatchObject({
      phase: "running",
      trouble: { sentence: { key: "storage.full" } },
    });
    setFull(false);
    await installation.until(() => installation.job(id).state.phase === "succeeded", 60 * 60_000);
    expect(installation.job(id).steps[0]?.assets).toHaveLength(kept);
  },
);

test("while media cannot be written nothing is started; the job says why and begins when there is room", async () => {
  verifies("survives.disk-full");
  const process = await installation.open({ started: false });
  const { media } = process.runtime;
  const trouble = new StorageError("full", new Error("ENOSPC"));
  const usual = media.condition;
  media.condition = async () => ({ trouble, freeBytes: 0 });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await process.runtime.start();
  await installation.pass(60_000);
  expect(installation.provider.starts).toHaveLength(0);
  expect(installation.job(id).state).toMatchObject({ phase: "queued", reason: { sentence: { key: "storage.full" } } });
  expect(await process.runtime.condition()).toMatchObject({
    ready: false,
    media: { key: "storage.full" },
    store: null,
  });
  media.condition = usual;
  await installation.until(() => installation.job(id).state.phase === "succeeded");
});

test("while jobs cannot be stored, callers learn that the disk is full, and the health check says so", async () => {
  verifies("survives.disk-full");
  const engine = createMemoryEngine({ clock: installation.clock, random: createSeededRandom(4) });
  const full = () => Promise.reject(new StorageError("full", new Error("full")));
  const { runtime } = await installation.open({ engine: { ...engine, create: full, lock: full }, started: false });
  const reply = await runtime.call({
    ...{ tool: "image", input: { prompt: "x" } },
    caller: { id: "chat:ada", name: "Ada", locale: "en", place: { surface: "chat", conversation: "main" } },
  });
  expect(reply).toMatchObject({ type: "refused", failure: { sentence: { key: "storage.full" } } });
  expect(await runtime.condition()).toMatchObject({ ready: false, store: { key: "storage.full" } });
  await settle();
});

test("a surface that is away is named, and readiness does not depend on it", async () => {
  verifies("survives.ready");
  const { runtime } = await installation.open({ attached: false, started: false });
  const reason = { en: "no connection", "zh-CN": "无法连接" };
  const { surface: attached } = installation.platform;
  runtime.attach(attached, () => reason);
  expect(await runtime.condition()).toMatchObject({ ready: true, away: [{ surface: attached.id, reason }] });
});
