import type { StepRecord } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isInOpenJob } from "../../core/src/job/media-in-use.ts";
import { createManualClock } from "../manual-clock.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import { ada, createInstallation, type Installation, startJob, upload } from "../runtime-fixture.ts";
import { sampleJob } from "../sample-job.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;
let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

test("an asset is found in the oldest of more open jobs than one list holds, all of one instant", async () => {
  verifies("media.retention");
  const engine = createMemoryEngine({ clock: createManualClock(), random: createSeededRandom(1) });
  const produced = { media: [], assets: ["asset_beside"] };
  const steps = [{ name: "picture", state: "done", assets: ["asset_made"], produced }] satisfies StepRecord[];
  const jobs = [
    sampleJob("job_oldest", { input: { image: "asset_taken" }, steps }),
    ...Array.from({ length: 1_000 }, (_, n) => sampleJob(`job_${n}`)),
    sampleJob("job_ended", { input: { image: "asset_ended" }, state: { phase: "succeeded" } }),
  ];
  for (const job of jobs) {
    await engine.create(job, { wakeAt: null });
  }
  const owner = "web:ada";
  expect(await isInOpenJob(engine, { id: "asset_taken", owner })).toBe(true);
  expect(await isInOpenJob(engine, { id: "asset_made", owner })).toBe(true);
  expect(await isInOpenJob(engine, { id: "asset_beside", owner })).toBe(true);
  expect(await isInOpenJob(engine, { id: "asset_ended", owner })).toBe(false);
  expect(await isInOpenJob(engine, { id: "asset_taken", owner: "web:bob" })).toBe(false);
});

test("media past their time are deleted, except those that an open job uses as input", async () => {
  verifies("media.retention");
  const process = await installation.open({ retentionDays: 2 / 24, policy: { operators: [], askAbove: 0 } });
  const [taken, idle] = [await upload(process, "tone.wav"), await upload(process, "picture.png")];
  const job = await startJob(process, "clone", { audio: taken.id, name: "mine", consent: true });
  expect(job.state.phase).toBe("held");
  await installation.pass(2 * hourMs - 60_000);
  expect(await process.runtime.media.read(idle.id)).not.toBeNull();
  await installation.pass(1.1 * hourMs);
  expect(await process.runtime.media.read(idle.id)).toBeNull();
  expect(await process.runtime.media.read(taken.id)).not.toBeNull();
  await process.runtime.press({ action: "cancel", subject: job.id, caller: ada });
  await installation.pass(1.1 * hourMs);
  expect(await process.runtime.media.read(taken.id)).toBeNull();
});
