import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { sampleJob } from "../../../test/sample-job.ts";
import { internalFailure } from "../errors/errors.ts";
import { systemClock } from "../ground/clock.ts";
import { longestWaitMs } from "../ground/due.ts";
import { systemRandom } from "../ground/random.ts";
import type { Lease } from "../job/engine.ts";
import { openSqliteEngine } from "./sqlite-engine.ts";
import { migrate } from "./sqlite-schema.ts";

test("a job of an earlier version that is due further ahead than any wait is due: the clock was set back since", async () => {
  // @verifies survives.clock
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const file = join(directory, "jobs.db");
  const old = new DatabaseSync(file);
  // At that version nobody noted when a wake was written.
  migrate(old, 3);
  const insert = old.prepare(
    `INSERT INTO jobs (id, version, owner, surface, conversation, phase, provider, created_at, updated_at, record, wake_at)
     VALUES (?, 1, 'web:ada', 'web', 'main', 'queued', 'spark', 1000, 1000, ?, ?)`,
  );
  for (const [id, aheadMs] of [
    ["job_far", 2 * longestWaitMs],
    ["job_later", longestWaitMs / 2],
  ] as const) {
    insert.run(id, JSON.stringify(sampleJob(id, { version: 1 })), systemClock.now() + aheadMs);
  }
  old.close();
  expect(await advancedIn(file)).toEqual(["job_far"]);
  await rm(directory, { recursive: true });
});

test("unclear jobs from before the automatic checks existed are due once", async () => {
  // @verifies paid-once.late-result
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const file = join(directory, "jobs.db");
  const old = new DatabaseSync(file);
  migrate(old, 3);
  const insert = old.prepare(
    `INSERT INTO jobs (id, version, owner, surface, conversation, phase, provider, created_at, updated_at, record)
     VALUES (?, 1, 'web:ada', 'web', 'main', ?, 'spark', 1000, 1000, ?)`,
  );
  const state = { phase: "unresolved", step: "one", attempt: "a1", evidence: { failure: internalFailure() } } as const;
  insert.run("job_unclear", "unresolved", JSON.stringify(sampleJob("job_unclear", { version: 1, state })));
  const done = sampleJob("job_done", { version: 1, state: { phase: "succeeded" } });
  insert.run("job_done", "succeeded", JSON.stringify(done));
  old.close();
  expect(await advancedIn(file)).toEqual(["job_unclear"]);
  await rm(directory, { recursive: true });
});

/** Opens a store with the system's clock; the ids of what is due in it. */
async function advancedIn(file: string): Promise<string[]> {
  const engine = openSqliteEngine({ file, clock: systemClock, random: systemRandom });
  const advanced: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const advance = async ({ jobId }: Lease) => {
    advanced.push(jobId);
    resolve();
  };
  const schedule = await engine.schedule({ advance, surfaces: () => [] });
  await promise;
  await schedule.stop(1_000);
  await engine.close();
  return advanced;
}
