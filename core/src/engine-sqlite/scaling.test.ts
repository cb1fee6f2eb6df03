import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import type { JobEngine, WriteOptions } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { openSqliteEngine } from "./sqlite-engine.ts";

/** Runs `act` on an empty store. */
async function inStore(act: (engine: JobEngine, now: () => number) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-scaling-"));
  const clock = createManualClock();
  const engine = openSqliteEngine({ file: join(directory, "jobs.sqlite"), clock, random: createSeededRandom() });
  try {
    await act(engine, () => clock.now());
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** How many statements run while `act` does. */
async function statementsIn(act: () => Promise<unknown>): Promise<number> {
  const spies = (["run", "get", "all"] as const).map((name) => vi.spyOn(StatementSync.prototype, name));
  try {
    await act();
    return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  } finally {
    for (const spy of spies) {
      spy.mockRestore();
    }
  }
}

const starting: Partial<Job> = { state: { phase: "starting", step: "one", attempt: "a1", since: 0 } };
const ended: Partial<Job> = { state: { phase: "succeeded" } };

async function rewrite(engine: JobEngine, id: string, change: Partial<Job>, options: WriteOptions) {
  return engine.write({ ...(await engine.read(id))!, ...change }, { wakeAt: null, ...options });
}

function admissionOf(owner: string) {
  const holds = [
    { resource: "spark", max: 1 },
    { resource: `spark:${owner}`, max: 1 },
  ];
  return { holds, counters: [], rate: { name: "spark", max: 1_000, windowMs: 1_000 } };
}

/** What the end of one job, and the look of the one that follows it, cost with so many in line. */
async function costOfOneEnd(waiting: number, people: number): Promise<number[]> {
  const costs: number[] = [];
  await inStore(async (engine) => {
    const ownerOf = (n: number) => `chat:${n % people}`;
    for (let from = 0; from <= waiting; from += 500) {
      const slice = Array.from({ length: Math.min(500, waiting + 1 - from) }, (_, n) => from + n);
      await Promise.all(
        slice.map(async (n) => {
          await engine.create(sampleJob(`job_${n}`, { createdAt: n, owner: ownerOf(n) }), { wakeAt: null });
          await rewrite(engine, `job_${n}`, starting, { admission: admissionOf(ownerOf(n)) });
        }),
      );
    }
    costs.push(
      await statementsIn(() => rewrite(engine, "job_0", ended, { release: true })),
      await statementsIn(() => rewrite(engine, "job_1", starting, { admission: admissionOf(ownerOf(1)) })),
    );
  });
  return costs;
}

test("the end of a job and the start of the next cost the same, however many wait and whoever they are", async () => {
  const few = await costOfOneEnd(10, 1);
  expect(await costOfOneEnd(2_000, 1)).toEqual(few);
  expect(await costOfOneEnd(10, 10)).toEqual(few);
  expect(await costOfOneEnd(2_000, 500)).toEqual(few);
  expect(Math.max(...few)).toBeLessThan(40);
});
