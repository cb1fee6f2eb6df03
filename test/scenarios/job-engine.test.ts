import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteEngine, systemClock, systemRandom, ToolcastError } from "@toolcast/core";
import { type Clock, type JobEngine, type Lease, longestWaitMs, thisProcess } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { migrate } from "../../core/src/engine-sqlite/sqlite-schema.ts";
import { internalFailure } from "../../core/src/errors/errors.ts";
import { leaseMs, type OpenedEngine, pollMs } from "../contracts/engine-fixture.ts";
import { jobEngineContract, type OpenEngine } from "../contracts/job-engine-contract.ts";
import { createMemoryEngine, createMemoryStore } from "../memory-engine.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

/** One store, which can be opened several times. */
async function openedWith(
  clock: Clock,
  open: (clock: Clock) => JobEngine,
  remove: () => Promise<void> = async () => {},
): Promise<OpenedEngine> {
  const engines: JobEngine[] = [];
  const another = async (own = clock) => {
    const engine = open(own);
    engines.push(engine);
    return engine;
  };
  return {
    engine: await another(),
    another,
    async close() {
      await Promise.all(engines.map((engine) => engine.close()));
      await remove();
    },
  };
}

const openSqlite: OpenEngine = async ({ clock, random }) => {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const file = join(directory, "jobs.db");
  return openedWith(
    clock,
    (own) => openSqliteEngine({ file, clock: own, random, leaseMs, pollMs }),
    () => rm(directory, { recursive: true }),
  );
};

const openMemory: OpenEngine = async ({ clock, random }) => {
  const shared = createMemoryStore();
  return openedWith(clock, (own) => createMemoryEngine({ clock: own, random, shared, leaseMs, pollMs }));
};

jobEngineContract("SQLite engine", openSqlite, { runs: 40 });
jobEngineContract("memory engine", openMemory, { runs: 100 });

test("a job outlives the engine that stored it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const options = { file: join(directory, "data", "jobs.db"), clock: systemClock, random: systemRandom };
  const first = openSqliteEngine(options);
  await first.create(sampleJob("job_a"), { wakeAt: null });
  await first.close();
  const second = openSqliteEngine(options);
  expect(await second.read("job_a")).toMatchObject({ id: "job_a", version: 1 });
  await second.close();
  await rm(directory, { recursive: true });
});

test("an event whose process is known to be dead is taken over at once", async () => {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const file = join(directory, "jobs.db");
  const first = openSqliteEngine({ file, clock: systemClock, random: systemRandom });
  await first.inbox.take({ id: "discord:1", surface: "discord", content: {}, keepUntil: Date.now() + 60_000 });
  const second = openSqliteEngine({ file, clock: systemClock, random: systemRandom });
  expect(await second.inbox.claim("discord:1")).toBe(false);
  const raw = new DatabaseSync(file);
  const [machine] = thisProcess().split(":");
  raw.prepare("UPDATE inbox SET holder = ?").run(`holder@${machine}:4194305:1`);
  expect(await second.inbox.claim("discord:1")).toBe(true);
  expect(await first.inbox.claim("discord:1")).toBe(false);
  raw.close();
  await Promise.all([first.close(), second.close()]);
  await rm(directory, { recursive: true });
});

test("a store written by a newer program is refused with a sentence, and left as it is", async () => {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const file = join(directory, "jobs.db");
  const newer = new DatabaseSync(file);
  newer.exec("PRAGMA user_version = 99");
  const open = () => openSqliteEngine({ file, clock: systemClock, random: systemRandom });
  expect(open).toThrow(ToolcastError);
  expect(open).toThrow("newer Toolcast");
  expect(newer.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count).toBe(0);
  newer.close();
  await rm(directory, { recursive: true });
});

test("a job of an earlier version that is due further ahead than any wait is due: the clock was set back since", async () => {
  verifies("survives.clock");
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
  verifies("paid-once.late-result");
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
