import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteEngine, systemClock, systemRandom, ToolcastError } from "@toolcast/core";
import { thisProcess } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { leaseMs, pollMs } from "../contracts/engine-fixture.ts";
import { jobEngineContract, type OpenEngine } from "../contracts/job-engine-contract.ts";
import { createMemoryEngine, createMemoryStore } from "../memory-engine.ts";
import { sampleJob } from "../sample-job.ts";
import { openedWith, openSqlite } from "../sqlite-fixture.ts";

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
