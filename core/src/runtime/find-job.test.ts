import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine } from "../../../test/memory-engine.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import { findJob } from "./find-job.ts";

const ada: Caller = {
  id: "chat:ada",
  name: "Ada",
  locale: "en",
  place: { surface: "chat", conversation: "main" },
};

// @verifies safe.owners
test("a job is found by its id or a unique beginning of it, however many came after; others' only by operators", async () => {
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
