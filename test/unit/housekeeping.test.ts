import { existsSync } from "node:fs";
import { say } from "@toolcast/core/surface";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  settle,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;
/** Half a day of retention; a sweep every hour. Steps of less than a day are like those after a laptop slept. */
const retentionDays = 0.5;
const pastRetentionMs = 13 * hourMs;
const untilSweepMs = 61 * 60_000;
let installation: Installation;
let said: { facts: object; text: string }[];
const note = (facts: object, text: string) => void said.push({ facts, text });
const logger = { debug: () => {}, info: () => {}, warn: note, error: note };
beforeEach(async () => {
  said = [];
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

async function made() {
  const process = await installation.open({ logger, retentionDays });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const asset = await process.runtime.media.read(installation.job(id).steps[0]!.assets[0]!);
  return { ...process, id, asset: asset! };
}

test("jobs lost while media stayed: their results are kept past their time, and the log says what disagrees", async () => {
  verifies("survives.restored-records");
  const { runtime, id, asset } = await made();
  installation.store.entries.delete(id);
  installation.clock.step(pastRetentionMs);
  await installation.pass(untilSweepMs);
  expect(await runtime.media.read(asset.id)).not.toBeNull();
  expect(said).toContainEqual({ facts: expect.objectContaining({ recordsWithoutJob: 1 }), text: expect.any(String) });
  const [alarm] = await runtime.recordAlarms();
  expect(alarm).toEqual({ key: "doctor.records-disagree", values: { missing: 0, strangers: 1 } });
  expect(say(alarm!, "en")).toContain("1 of the newest media belong to no known job");
  expect(say(alarm!, "zh-CN")).toContain("最近的媒体中有 1 个找不到所属任务");
  installation.clock.step(pastRetentionMs);
  await installation.pass(untilSweepMs);
  expect(await runtime.media.read(asset.id)).toBeNull();
});

test("a file whose record is lost is not said to have expired before its time", async () => {
  verifies("survives.restored-records");
  const { runtime, id, asset } = await made();
  await installation.state("media").delete(asset.id);
  const lines = async () => (await runtime.jobMessage(installation.job(id), ada)).lines;
  expect(await lines()).toEqual([expect.stringMatching(/^Files that cannot be found: 1.*operator/)]);
  installation.clock.step(pastRetentionMs);
  expect(await lines()).toEqual([expect.stringMatching(/^Files that have expired .*: 1$/)]);
});

test("records lost while jobs stayed: nothing is deleted, and the log says what disagrees", async () => {
  verifies("survives.restored-records");
  const process = await made();
  const { media } = process.runtime;
  const older = await upload(process, "tone.wav");
  installation.clock.step(pastRetentionMs - hourMs);
  const { id } = await startJob(process, "image", { prompt: "y" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const lost = (await media.read(installation.job(id).steps[0]!.assets[0]!))!;
  await installation.state("media").delete(lost.id);
  expect(await process.runtime.recordAlarms()).toEqual([
    { key: "doctor.records-disagree", values: { missing: 1, strangers: 0 } },
  ]);
  await installation.pass(untilSweepMs);
  expect(await media.read(older.id)).not.toBeNull();
  expect(said).toContainEqual({
    facts: expect.objectContaining({ resultsWithoutRecord: 1 }),
    text: expect.any(String),
  });
});

test("records that agree raise no alarm", async () => {
  verifies("survives.restored-records");
  const { runtime } = await made();
  await installation.pass(untilSweepMs);
  expect(await runtime.recordAlarms()).toEqual([]);
});

test("a result that its owner deleted does not count as a lost record: expired media are still deleted", async () => {
  verifies("safe.deleting");
  const { runtime, asset } = await made();
  installation.clock.step(pastRetentionMs - hourMs);
  const { id } = await startJob({ runtime } as RunningProcess, "image", { prompt: "y" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const [item] = installation.job(id).steps[0]!.assets;
  await runtime.call({ tool: "delete", input: { item, confirm: true }, caller: ada });
  await installation.pass(untilSweepMs);
  expect(await runtime.media.read(asset.id)).toBeNull();
  expect(said.map(({ text }) => text).join()).not.toContain("disagree");
});

test("a clock set forward by months makes nothing old for a day", async () => {
  verifies("survives.restored-records", "survives.clock");
  const { runtime, asset } = await made();
  installation.clock.step(200 * 24 * hourMs);
  await installation.pass(untilSweepMs);
  expect(said.filter(({ text }) => text.startsWith("the clock was set forward, or the machine slept"))).toEqual([
    { facts: { byMs: 200 * 24 * hourMs }, text: expect.any(String) },
  ]);
  expect(await runtime.media.read(asset.id)).not.toBeNull();
  expect(existsSync(runtime.media.pathOf(asset))).toBe(true);
  installation.clock.step(-200 * 24 * hourMs);
  await installation.pass(untilSweepMs);
  await settle();
  expect(await runtime.media.read(asset.id)).not.toBeNull();
});

test("a step of a day, measured a few milliseconds short, removes no event that is still open", async () => {
  verifies("survives.clock");
  const { inbox } = (await made()).runtime;
  const dayMs = 24 * hourMs;
  await inbox.take({ id: "chat:1", surface: "chat", content: {}, keepUntil: installation.clock.now() + dayMs });
  installation.clock.step(dayMs - 4);
  await installation.pass(untilSweepMs);
  expect(await inbox.read("chat:1")).toMatchObject({ state: "open" });
  await installation.pass(dayMs);
  expect(await inbox.read("chat:1")).toBeNull();
});

test("a disk that is nearly full is reported every hour before nothing more can be stored", async () => {
  verifies("survives.disk-full");
  const { runtime } = await made();
  const enough = 1024 ** 3;
  for (const [freeBytes, isSpaceShort] of [
    [enough, false],
    [enough - 1, true],
    [null, false],
  ] as const) {
    said = [];
    runtime.media.condition = async () => ({ trouble: null, freeBytes });
    expect(await runtime.condition()).toMatchObject({ ready: true, freeBytes, isSpaceShort });
    await installation.pass(untilSweepMs);
    expect(said.map(({ text }) => text)).toEqual(
      isSpaceShort ? [expect.stringMatching(/^the disk is nearly full/)] : [],
    );
  }
});
