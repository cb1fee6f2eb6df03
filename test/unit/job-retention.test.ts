import { markOf } from "@toolcast/core/surface";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
} from "../runtime-fixture.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

/** Media go before jobs, and a sweep comes every hour. */
const options = { retentionDays: 1, jobRetentionDays: 10 };
let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const isThere = (id: string) => installation.store.entries.has(id);

/** Lets days pass, in steps that are too short to put the clock in doubt; then comes a sweep. */
async function passDays(days: number): Promise<void> {
  for (let hours = 0; hours < days * 24; hours += 23) {
    installation.clock.step(23 * 60 * 60_000);
    await installation.pass(6_000);
  }
  await installation.pass(61 * 60_000);
}

async function finished(process: RunningProcess, prompt: string, request: object = {}): Promise<string> {
  const { id } = await startJob(process, "image", { prompt }, request);
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  await process.runtime.acknowledged(id, { message: prompt });
  await installation.until(() => installation.job(id).notices.every(({ state }) => state === "sent"));
  return id;
}

test("an ended job is removed past its time, its charges stay, and its key starts nothing again", async () => {
  verifies("storage.retention", "paid-once.one-start-a-step");
  const process = await installation.open(options);
  const { runtime } = process;
  const request = { tool: "image", input: { prompt: "a" } };
  const id = await finished(process, "a", { key: "evt-1", request });
  expect(installation.job(id).request).toBe(markOf(request));
  const { spend } = await runtime.overview(operator);
  await passDays(9);
  expect(isThere(id)).toBe(true);
  await finished(process, "b");
  await passDays(2);
  expect(isThere(id)).toBe(false);
  const sums = (await runtime.overview(operator)).spend;
  expect(sums).toEqual(expect.arrayContaining(spend));
  const starts = installation.provider.starts.length;
  const call = (input: object, about: object) =>
    runtime.call({ tool: "image", input: { ...input }, caller: ada, key: "evt-1", ...about });
  const again = await call({ prompt: "a" }, { request });
  expect(again).toMatchObject({
    type: "refused",
    failure: { sentence: { key: "job.record-removed", values: { id } } },
  });
  expect(again.message.title).toContain("Nothing was started again");
  const other = { tool: "image", input: { prompt: "z" } };
  expect(await call({ prompt: "z" }, { request: other })).toMatchObject({
    failure: { sentence: { key: "job.key-taken" } },
  });
  await expect(runtime.ordered("evt-1", ada)).rejects.toMatchObject({
    failure: { sentence: { key: "job.record-removed" } },
  });
  expect(installation.provider.starts).toHaveLength(starts);
});

test("a job stays while its media are kept, something is to be delivered, or its outcome is unclear; 0 keeps all", async () => {
  verifies("storage.retention");
  const first = await installation.open({ ...options, retentionDays: 30 });
  const kept = await finished(first, "a");
  first.life.die();
  const process = await installation.open({ ...options, retentionDays: 30 });
  const put = (id: string, rest: Parameters<typeof sampleJob>[1]) => {
    const job = sampleJob(id, { owner: ada.id, surface: "chat", provider: "scripted", ...rest });
    installation.store.entries.set(id, {
      ...{ job, order: 0, wakeAt: null, scheduledAt: 0, hintedAt: null, needsSurface: null, changed: 0 },
      ...{ lease: null, troubles: 0, waitsFor: null, calledAt: null, call: null, holds: new Set<string>() },
    });
  };
  const failure = vendorFailure({ charged: "no" });
  const failed = { phase: "failed", failure } as const;
  const notice = { id: "n.1", about: "outcome" as const, assets: [], attempts: 3 };
  put("job_over", { state: failed });
  put("job_undelivered", { state: failed, notices: [{ ...notice, state: "unknown" }] });
  put("job_unclear", {
    state: { phase: "unresolved", step: "one", attempt: "a1", evidence: { failure }, lookAt: null },
    steps: [{ name: "one", state: "unknown", assets: [] }],
  });
  put("job_late", {
    state: failed,
    steps: [{ name: "one", state: "failed", assets: [], earlier: [{ attempt: "a0", state: "running", assets: [] }] }],
  });
  await passDays(11);
  expect(["job_over", kept, "job_undelivered", "job_unclear", "job_late"].map(isThere)).toEqual([
    ...[false, true, true, true, true],
  ]);
  process.life.die();
  put("job_over", { state: failed });
  await installation.open({ ...options, jobRetentionDays: 0 });
  await passDays(3);
  expect(isThere("job_over")).toBe(true);
});

test("many jobs are removed in slices, and a job that stays does not keep others", async () => {
  verifies("storage.retention");
  const process = await installation.open(options);
  await finished(process, "a");
  for (let n = 0; n < 180; n += 1) {
    const state = n % 7 === 0 ? "unknown" : "sent";
    const job = sampleJob(`job_${n}`, {
      ...{ createdAt: n, updatedAt: n, state: { phase: "cancelled" } },
      notices: [{ id: `job_${n}.1`, about: "outcome", assets: [], attempts: 1, state }],
    });
    installation.store.entries.set(job.id, {
      ...{ job, order: n, wakeAt: null, scheduledAt: 0, hintedAt: null, needsSurface: null, changed: 0 },
      ...{ lease: null, troubles: 0, waitsFor: null, calledAt: null, call: null, holds: new Set<string>() },
    });
  }
  const { entries } = installation.store;
  const removedAt = new Map<number, number>();
  vi.spyOn(entries, "delete").mockImplementation((id) => {
    const at = installation.clock.now();
    removedAt.set(at, (removedAt.get(at) ?? 0) + 1);
    return Map.prototype.delete.call(entries, id);
  });
  await installation.pass(61 * 60_000);
  // Other writes come between two slices.
  expect(removedAt.size).toBeGreaterThan(2);
  expect(Math.max(...removedAt.values())).toBeLessThanOrEqual(50);
  const left = [...entries.keys()].filter((id) => /^job_\d+$/.test(id));
  expect(left).toHaveLength(26);
});

test("limit counters go after three days, and the ledger's older days become one row", async () => {
  verifies("storage.retention", "spending.ledger");
  const process = await installation.open({ ...options, policy: { operators: [operator.id], dailyPerPerson: 5 } });
  const names = (prefix: string) => [...installation.store.counters.keys()].filter((name) => name.startsWith(prefix));
  await finished(process, "a");
  expect(names("starts:")).toHaveLength(2);
  await passDays(2);
  expect(names("starts:")).toHaveLength(2);
  await passDays(3);
  expect(names("starts:")).toEqual([]);
  const [before] = (await process.runtime.overview(operator)).spend;
  installation.clock.step(100 * 24 * 60 * 60_000);
  await finished(process, "b");
  const { spend } = await process.runtime.overview(operator);
  expect(spend).toEqual([
    { ...before, day: expect.stringMatching(/^\d{4}-/) },
    { ...before, day: "", person: "" },
  ]);
  expect(names("charged|")).toHaveLength(2);
});
