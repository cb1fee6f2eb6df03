import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import type { JobEngine, WriteOptions } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { openSqliteEngine } from "./sqlite-engine.ts";
import { migrate } from "./sqlite-schema.ts";

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

/** @verifies survives.large-history */
test("a list, a count, the last failure and the changes cost the same, however many jobs have ended", async () => {
  const costs: number[] = [];
  for (const jobs of [20, 2_000]) {
    await inStore(async (engine) => {
      const phases = ["succeeded", "failed", "cancelled", "succeeded"] as const;
      for (let from = 0; from < jobs; from += 500) {
        const slice = Array.from({ length: Math.min(500, jobs - from) }, (_, n) => from + n);
        await Promise.all(
          slice.map((n) => {
            const state = { phase: phases[n % phases.length]! } as never;
            const job = sampleJob(`job_${n}`, { createdAt: n, owner: `chat:${n % 2}`, state });
            return engine.create(job, { wakeAt: null });
          }),
        );
      }
      const { cursor } = await engine.changes(null);
      costs.push(
        await statementsIn(async () => {
          await engine.list({ limit: 5 });
          await engine.list({ owner: "chat:1", phases: ["failed", "unresolved"], limit: 1 });
          expect(await engine.count({ phases: ["succeeded"] })).toBe(jobs / 2);
          expect(await engine.count({})).toBe(jobs);
          expect((await engine.changes(cursor)).jobs).toEqual([]);
        }),
      );
    });
  }
  expect(costs[1]).toBe(costs[0]);
});

test("the sums that are kept are right after every kind of write, and include what an older store holds", async () => {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-scaling-"));
  const file = join(directory, "jobs.sqlite");
  const old = new DatabaseSync(file);
  migrate(old, 5);
  const insert = old.prepare(
    `INSERT INTO jobs (id, version, owner, surface, conversation, phase, provider, created_at, updated_at, record, waits_for)
     VALUES (?, 1, 'web:ada', 'web', 'main', ?, 'spark', ?, ?, ?, 'spark')`,
  );
  const before = Date.UTC(2025, 11, 31);
  for (const [n, phase] of (["queued", "queued", "succeeded"] as const).entries()) {
    const job = sampleJob(`job_${n}`, { version: 1, state: { phase } as never, updatedAt: before });
    insert.run(job.id, phase, n, before, JSON.stringify(job));
  }
  const count = old.prepare("INSERT INTO counters (name, count) VALUES (?, ?)");
  count.run("charged|2025-12-30|spark|points|web:ada", 1.5);
  count.run("charged|2025-12-31|spark|points|web:bob|x", 2);
  count.run("charged|2025-12-31|dashscope|CNY|web:ada", 0.1);
  old.close();
  const engine = openSqliteEngine({ file, clock: createManualClock(), random: createSeededRandom() });
  const counts = async () =>
    Promise.all((["queued", "starting", "succeeded"] as const).map((phase) => engine.count({ phases: [phase] })));
  expect(await counts()).toEqual([2, 0, 1]);
  expect(await engine.counters("charged-sum|")).toEqual([
    { name: "charged-sum|dashscope|CNY", count: 0.1 },
    { name: "charged-sum|spark|points", count: 3.5 },
  ]);
  await engine.create(sampleJob("job_new"), { wakeAt: null });
  expect(await counts()).toEqual([3, 0, 1]);
  await rewrite(engine, "job_0", starting, {});
  await rewrite(engine, "job_1", {}, {});
  expect(await counts()).toEqual([2, 1, 1]);
  expect((await engine.list({ changedSince: before })).map(({ id }) => id).sort()).toEqual([
    ...["job_0", "job_1", "job_2"],
  ]);
  await engine.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

test("an act of one statement costs its transaction and that statement, and a write the reading of its version", async () => {
  await inStore(async (engine) => {
    const transaction = 2;
    const job = sampleJob("job_a", { state: { phase: "held", hold: { reason: "price", sentence: "?" } } as never });
    expect(await statementsIn(() => engine.create(job, { wakeAt: null }))).toBe(transaction + 1);
    const stored = (await engine.read("job_a"))!;
    expect(await statementsIn(() => engine.write(stored, { wakeAt: 0 }))).toBe(transaction + 2);
    expect(await statementsIn(() => engine.lock("a", "me", 1_000))).toBe(transaction + 1);
    expect(await statementsIn(() => engine.unlock("a", "me"))).toBe(transaction + 1);
    const many = () =>
      Promise.all(Array.from({ length: 64 }, (_, n) => engine.create(sampleJob(`job_${n}`), { wakeAt: null })));
    expect(await statementsIn(many)).toBe(transaction + 64);
  });
});

test("an event costs its transaction and one statement, and so does what is noted about it", async () => {
  await inStore(async ({ inbox }, now) => {
    const transaction = 2;
    const event = (id: string) => ({ id, surface: "chat", content: { text: id }, keepUntil: now() + 1_000 });
    // The first event of a process looks for old ones, and then every sixteenth does.
    await inbox.take(event("chat:0"));
    const { taken, entry } = await inbox.take(event("chat:1"));
    expect({ taken, entry }).toEqual({ taken: true, entry: await inbox.read("chat:1") });
    expect(await statementsIn(() => inbox.take(event("chat:2")))).toBe(transaction + 1);
    const done = { ...entry, state: "done" as const };
    expect(await statementsIn(() => inbox.change(done))).toBe(transaction + 1);
    expect(await inbox.read("chat:1")).toEqual({ ...done, version: 2 });
  });
});

test("a claim reads no job that is not due", async () => {
  await inStore(async (engine, now) => {
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => engine.create(sampleJob(`job_${n}`), { wakeAt: now() + 60_000 + n })),
    );
    await engine.create(sampleJob("job_due"), { wakeAt: 0 });
    let rows = 0;
    const { all } = StatementSync.prototype;
    const spy = vi.spyOn(StatementSync.prototype, "all").mockImplementation(function (this: StatementSync, ...values) {
      const found = Reflect.apply(all, this, values) as ReturnType<typeof all>;
      rows += found.length;
      return found;
    });
    const { promise: advanced, resolve: noteAdvance } = Promise.withResolvers<string>();
    const schedule = await engine.schedule({ surfaces: () => [], advance: async ({ jobId }) => noteAdvance(jobId) });
    expect(await advanced).toBe("job_due");
    expect(rows).toBe(1);
    spy.mockRestore();
    await schedule.stop(1_000);
  });
});

test("no statement is prepared again once each kind of act has been done", async () => {
  await inStore(async (engine) => {
    const everything = async (id: string) => {
      await engine.create(sampleJob(id), { wakeAt: null });
      await rewrite(engine, id, starting, { admission: admissionOf(id) });
      await rewrite(engine, id, ended, { release: true, count: [{ name: "a", amount: 1 }] });
      await engine.list({ owner: id });
      await engine.count({ owner: id });
      await engine.changes((await engine.changes(null)).cursor);
      await engine.wake(id, 0);
    };
    await everything("job_a");
    const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
    await everything("job_b");
    expect(prepare).not.toHaveBeenCalled();
    prepare.mockRestore();
  });
});

/**
 * @verifies survives.few-writes
 */
test("a job that is woken is claimed in the commit of its waking", async () => {
  await inStore(async (engine) => {
    await engine.create(sampleJob("job_1"), { wakeAt: null });
    const { promise: advanced, resolve: noteAdvance } = Promise.withResolvers<string>();
    const schedule = await engine.schedule({
      surfaces: () => [],
      advance: async ({ jobId }) => noteAdvance(jobId),
    });
    await new Promise((resolve) => setImmediate(resolve));
    const commits: string[] = [];
    const { run } = StatementSync.prototype;
    const spy = vi.spyOn(StatementSync.prototype, "run").mockImplementation(function (this: StatementSync, ...values) {
      if (this.sourceSQL === "COMMIT") {
        commits.push("commit");
      }
      return Reflect.apply(run, this, values) as ReturnType<typeof run>;
    });
    await engine.wake("job_1", 0);
    expect(await advanced).toBe("job_1");
    expect(commits).toEqual(["commit"]);
    spy.mockRestore();
    await schedule.stop(1_000);
  });
});
