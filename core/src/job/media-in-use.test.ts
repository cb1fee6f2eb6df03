import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine } from "../../../test/memory-engine.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import type { StepRecord } from "./job.ts";
import { isInOpenJob } from "./media-in-use.ts";

// @verifies media.retention
test("an asset is found in the oldest of more open jobs than one list holds, all of one instant", async () => {
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
