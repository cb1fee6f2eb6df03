import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import { type JobEngine, openPostgresEngine } from "@toolcast/core/engine";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

/** Long enough for a renewal, due after a third of it, to be in time even on a busy machine. */
const leaseMs = 3_000;
const program = join(import.meta.dirname, "engine-process.ts");
const options = { clock: systemClock, random: systemRandom, leaseMs, pollMs: 50 };
let children: ChildProcessByStdio<Writable, Readable, null>[];

/** A store that processes share: how it is opened, and what a process needs to know. */
interface SharedStore {
  place: string;
  open(): Promise<JobEngine>;
  remove(): Promise<void>;
}

let cluster: PostgresCluster | null = null;
let databases = 0;

async function sqliteStore(): Promise<SharedStore> {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-processes-"));
  const file = join(directory, "jobs.db");
  return {
    place: file,
    open: async () => openSqliteEngine({ file, ...options }),
    remove: () => rm(directory, { recursive: true }),
  };
}

async function postgresStore(): Promise<SharedStore> {
  cluster ??= await startPostgres();
  databases += 1;
  await cluster.createDatabase(`processes_${databases}`);
  const url = cluster.url(`processes_${databases}`);
  return { place: url, open: () => openPostgresEngine({ url, ...options }), remove: async () => {} };
}

afterAll(() => cluster?.remove());

const without = reasonToSkipPostgres() !== null;

describe.each([
  ["SQLite", sqliteStore, false],
  ["PostgreSQL", postgresStore, without],
] as const)("processes on one store in %s", (_name, createStore, isAbsent) => {
  let store: SharedStore;

  beforeEach(async (context) => {
    children = [];
    context.skip(isAbsent);
    store = await createStore();
  });

  afterEach(async () => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill("SIGKILL");
          await once(child, "exit");
        }
      }),
    );
    await store?.remove();
  });

  function start(jobs: number, manner: "hold" | "finish") {
    const child = spawn(
      process.execPath,
      ["--conditions=toolcast-source", "--no-warnings", program, store.place, `${leaseMs}`, `${jobs}`, manner],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    children.push(child);
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on("line", (line) => lines.push(line));
    const said = async (text: string) => {
      while (!lines.includes(text)) {
        await once(reader, "line");
      }
    };
    return { child, lines, said };
  }

  test("the job of a killed process is adopted at once by another on the same machine, and not before the kill", async () => {
    verifies("survives.lease");
    const engine = await store.open();
    await engine.create(sampleJob("job_a"), { wakeAt: systemClock.now() });
    const victim = start(0, "hold");
    await victim.said("job_a");
    const adopted = Promise.withResolvers<number>();
    const schedule = await engine.schedule({
      surfaces: () => [],
      advance: async () => adopted.resolve(systemClock.monotonic()),
    });
    // Twice the lease: the process keeps it by renewing.
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
    const killedAt = systemClock.monotonic();
    victim.child.kill("SIGKILL");
    const tookMs = (await adopted.promise) - killedAt;
    expect(tookMs).toBeGreaterThanOrEqual(0);
    // Nobody waits for the lease to expire: the dead process renewed it at most a third of a lease ago.
    expect(tookMs).toBeLessThan(leaseMs / 2);
    await schedule.stop(1_000);
    await engine.close();
  });

  test("the job of a suspended process is adopted after a whole lease, and its work there is void", async () => {
    verifies("survives.lease");
    const engine = await store.open();
    await engine.create(sampleJob("job_a"), { wakeAt: systemClock.now() });
    const victim = start(0, "hold");
    await victim.said("job_a");
    const adopted = Promise.withResolvers<number>();
    const schedule = await engine.schedule({
      surfaces: () => [],
      advance: async () => adopted.resolve(systemClock.monotonic()),
    });
    const stoppedAt = systemClock.monotonic();
    victim.child.kill("SIGSTOP");
    // It may have renewed until it was stopped, and was first seen when the schedule started.
    expect((await adopted.promise) - stoppedAt).toBeGreaterThanOrEqual(leaseMs - 100);
    victim.child.kill("SIGCONT");
    await schedule.stop(1_000);
    await engine.close();
  });

  test("processes that open a new store at once share it: each job is created once and handed out once", async () => {
    const jobs = 150;
    const all = Array.from({ length: 5 }, () => start(jobs, "finish"));
    await Promise.all(all.map(({ said }) => said("ready")));
    const engine = await store.open();
    expect(await engine.count({})).toBe(jobs);
    await expect.poll(() => engine.counter("advanced"), { timeout: 20_000 }).toBe(jobs);
    for (const { child } of all) {
      child.stdin.end();
    }
    const codes = await Promise.all(all.map(async ({ child }) => (await once(child, "exit"))[0]));
    expect(codes).toEqual(all.map(() => 0));
    const handed = all.flatMap(({ lines }) => lines).filter((line) => line !== "ready");
    expect(new Set(handed).size).toBe(jobs);
    expect(handed).toHaveLength(jobs);
    await engine.close();
  });
});
