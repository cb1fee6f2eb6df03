import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine } from "../../../test/memory-engine.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { PolicyError } from "../errors/errors.ts";
import { JobStore } from "../job/job-store.ts";
import { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import { Presses } from "./presses.ts";

test("a press answers what the job waits for now, not what it waited for when it was shown", async () => {
  // @verifies spending.operators
  const clock = createManualClock();
  const engine = createMemoryEngine({ clock, random: createSeededRandom() });
  const store = new JobStore(engine, clock, () => "2026-01-31");
  const held = (reason: "consent" | "budget") =>
    ({ phase: "held", hold: { reason, sentence: { en: "?", "zh-CN": "？" } } }) as const;
  const { job: now } = await store.create(sampleJob("job_1", { state: held("budget") }), { wakeAt: null });
  const presses = new Presses({ store, policy: new Policy({ operators: [] }), clock, tools: [] });
  const asker: Caller = {
    id: now.caller.id,
    name: "Ada",
    locale: "en",
    place: { surface: "chat", conversation: "main" },
  };
  await expect(presses.press({ ...now, state: held("consent") }, "release", asker)).rejects.toThrow(PolicyError);
  expect((await store.read("job_1"))?.state).toEqual(held("budget"));
});
