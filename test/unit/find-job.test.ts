import { expect, test } from "vitest";
import { Policy } from "../../core/src/money/policy.ts";
import { findJob } from "../../core/src/runtime/find-job.ts";
import { createManualClock } from "../manual-clock.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import { ada } from "../runtime-fixture.ts";
import { sampleJob } from "../sample-job.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

test("a job is found by its id or a unique beginning of it, however many came after; others' only by operators", async () => {
  verifies("safe.owners");
  const engine = createMemoryEngine({ clock: createManualClock(), random: createSeededRandom(1) });
  const ids = ["old_one", "twin_a", "twin_b", ...Array.from({ length: 1_100 }, (_, n) => `later_${n}`)];
  for (const [at, id] of ids.entries()) {
    await engine.create(sampleJob(`job_${id}`, { owner: ada.id, createdAt: at }), { wakeAt: null });
  }
  const policy = new Policy({ operators: ["web:operator"] });
  const found = async (id: string, by = ada.id) =>
    (await findJob(id, { ...ada, id: by }, { engine, policy }))?.id ?? null;
  expect(await found("job_old_one")).toBe("job_old_one");
  expect(await found("job_old")).toBe("job_old_one");
  expect(await found(" old_ ")).toBe("job_old_one");
  expect(await found("twin")).toBeNull();
  expect(await found("twin_b")).toBe("job_twin_b");
  expect(await found("old")).toBeNull();
  expect(await found("job_old_one", "web:bob")).toBeNull();
  expect(await found("old_one", "web:bob")).toBeNull();
  expect(await found("old_one", "web:operator")).toBe("job_old_one");
});
