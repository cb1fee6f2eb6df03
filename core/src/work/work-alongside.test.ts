import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine } from "../../../test/memory-engine.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import type { StepRecord } from "../job/job.ts";
import { workAlongside } from "./work-alongside.ts";

// @verifies understood.evidence-of-others
test("work at the same vendor counts from a minute before the start, however its job has ended since", async () => {
  const clock = createManualClock();
  const engine = createMemoryEngine({ clock, random: createSeededRandom(3) });
  const startedAt = 1_000_000;
  const step = (name: string, changes: Partial<StepRecord> = {}): StepRecord => ({
    name,
    state: "done",
    assets: [],
    startedAt: startedAt - 90_000,
    ...changes,
  });
  const keep = (id: string, provider: string, ...steps: StepRecord[]) =>
    engine.create(sampleJob(id, { provider, steps, updatedAt: startedAt + 5_000 }), {});
  await keep("job_open", "dashscope", step("one"));
  await keep("job_ended", "dashscope", step("one", { endedAt: startedAt - 60_000 }));
  await keep("job_before", "dashscope", step("one", { endedAt: startedAt - 60_001 }));
  await keep("job_elsewhere", "xjc", step("one"));
  await keep("job_waiting", "dashscope", { name: "one", state: "waiting", assets: [] });
  const unclear = step("two", { state: "unknown", startedAt });
  const job = sampleJob("job_mine", { provider: "dashscope", steps: [step("one"), unclear], updatedAt: startedAt });
  await engine.create(job, {});
  const works = await workAlongside(engine, job, unclear);
  expect(works.map(({ jobId, step: { name } }) => `${jobId} ${name}`).sort()).toEqual([
    "job_ended one",
    "job_mine one",
    "job_open one",
  ]);
  await engine.close();
});
