import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

/** Long enough for a renewal, due after a third of it, to be in time even on a busy machine. */
const leaseMs = 3_000;
const program = join(import.meta.dirname, "engine-process.ts");
let directory: string;
let file: string;
let children: ChildProcessByStdio<Writable, Readable, null>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "toolcast-processes-"));
  file = join(directory, "jobs.db");
  children = [];
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
  await rm(directory, { recursive: true });
});

function start(jobs: number, manner: "hold" | "finish") {
  const child = spawn(
    process.execPath,
    ["--conditions=toolcast-source", "--no-warnings", program, file, `${leaseMs}`, `${jobs}`, manner],
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
  const engine = openSqliteEngine({ file, clock: systemClock, random: systemRandom, leaseMs, pollMs: 50 });
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
  const engine = openSqliteEngine({ file, clock: systemClock, random: systemRandom, leaseMs, pollMs: 50 });
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
  const engine = openSqliteEngine({ file, clock: systemClock, random: systemRandom, leaseMs, pollMs: 50 });
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
