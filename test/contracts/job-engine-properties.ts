import { type JobEngine, type Lease, sleep } from "@toolcast/core/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createManualClock } from "../manual-clock.ts";
import { sampleJob } from "../sample-job.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createMortalClock, leaseMs, nowhere, type OpenEngine } from "./engine-fixture.ts";

const places = 2;
const budget = 9;
const rate = { name: "vendor", max: 3, windowMs: 4_000 };

/** What happens from outside. Jobs and processes are picked by a number, modulo their count. */
const act = fc.oneof(
  fc.record({ act: fc.constant("create" as const), wakeInMs: fc.option(fc.nat(20_000)) }),
  fc.record({ act: fc.constant("wake" as const), job: fc.nat(), inMs: fc.oneof(fc.constant(0), fc.nat(20_000)) }),
  fc.record({ act: fc.constant("write" as const), job: fc.nat(), wakeInMs: fc.option(fc.nat(20_000)) }),
  fc.record({ act: fc.constant("pass" as const), ms: fc.nat(15_000) }),
  fc.record({ act: fc.constant("crash" as const), process: fc.nat() }),
);

/** What an advance does: takes some time, tries to be admitted or releases its place, then ends normally or throws. */
const behaviour = fc.record({
  takesMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(70_000)),
  writes: fc.constantFrom("admission", "release", "plain", "nothing"),
  wakeInMs: fc.option(fc.nat(20_000)),
  throws: fc.boolean(),
});

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
type Behaviour = typeof behaviour extends fc.Arbitrary<infer T> ? T : never;

/** A claim that a job must get from `at` on. Only a later write replaces the claim due from an earlier one. */
interface Debt {
  job: string;
  at: number;
  by: "write" | "wake" | "trouble";
}

interface Process {
  engine: JobEngine;
  clock: ReturnType<typeof createMortalClock>;
  diedAt: number | null;
}

/** Plays a random history over two processes and checks after every step that nothing forbidden happened. */
async function play(open: OpenEngine, acts: readonly Act[], behaviours: readonly Behaviour[]): Promise<void> {
  const clock = createManualClock(0);
  const opened = await open({ clock, random: createSeededRandom(acts.length) });
  const processes: Process[] = [];
  const jobs: string[] = [];
  const held: { job: string; process: Process; since: number }[] = [];
  const holders = new Set<string>();
  const admitted: number[] = [];
  let debts: Debt[] = [];
  let spent = 0;
  let turns = 0;
  let calm = false;
  const violations: string[] = [];

  function owe(job: string, at: number, by: Debt["by"]): void {
    debts = debts.filter((debt) => debt.job !== job || debt.by !== "write" || by !== "write");
    debts.push({ job, at, by });
  }

  /** According to the contract a future wake has no effect if something sooner is due, unless a lease hides that. */
  function oweWake(job: string, at: number): void {
    const free = held.every((holding) => holding.job !== job);
    const sooner = debts.some((debt) => debt.job === job && debt.at <= at && (debt.by === "wake" || free));
    if (at > clock.now() && sooner) {
      return;
    }
    debts = debts.filter((debt) => debt.job !== job || debt.by !== "wake" || debt.at <= at);
    owe(job, at, "wake");
  }

  async function write(engine: JobEngine, id: string, wakeInMs: number | null, kind: Behaviour["writes"]) {
    const job = (await engine.read(id))!;
    const admission = {
      holds: [{ resource: "vendor", max: places }],
      rate,
      counters: [{ name: "day", amount: 2, max: budget }],
    };
    const wakeAt = wakeInMs === null ? null : clock.now() + wakeInMs;
    const at = clock.now();
    const { end } = await engine.write(job, {
      wakeAt,
      ...(kind === "admission" ? { admission } : {}),
      ...(kind === "release" ? { release: true, uncount: holders.has(id) ? [{ name: "day", amount: 2 }] : [] } : {}),
    });
    if (end !== "written") {
      return;
    }
    debts = debts.filter((debt) => debt.job !== id || debt.by !== "write");
    if (wakeAt !== null) {
      owe(id, wakeAt, "write");
    }
    if (kind === "admission") {
      holders.add(id);
      spent += 2;
      admitted.push(at);
    } else if (kind === "release") {
      spent -= holders.delete(id) ? 2 : 0;
    }
  }

  async function advance(process: Process, { jobId, signal }: Lease): Promise<void> {
    const now = clock.now();
    for (const other of held.filter(({ job }) => job === jobId)) {
      const { diedAt } = other.process;
      if (diedAt === null || now < other.since + leaseMs || now < diedAt + (2 * leaseMs) / 3) {
        violations.push(`${jobId} was handed out twice at ${now}`);
      }
      held.splice(held.indexOf(other), 1);
    }
    const holding = { job: jobId, process, since: now };
    held.push(holding);
    debts = debts.filter((debt) => debt.job !== jobId || debt.at > now);
    turns += 1;
    const does = behaviours[turns % behaviours.length]!;
    try {
      if (calm) {
        return;
      }
      await sleep(process.clock, does.takesMs, signal);
      if (does.writes !== "nothing") {
        await write(process.engine, jobId, does.wakeInMs, does.writes);
      }
      if (does.throws) {
        // The retry comes sooner than any later wake, unless that wake comes first anyway.
        debts = debts.filter((debt) => debt.job !== jobId || debt.by !== "wake");
        owe(jobId, clock.now(), "trouble");
        throw new Error("no luck");
      }
    } finally {
      held.splice(held.indexOf(holding), 1);
    }
  }

  async function startProcess(): Promise<Process> {
    const mortal = createMortalClock(clock);
    const process: Process = { engine: await opened.another(mortal), clock: mortal, diedAt: null };
    await process.engine.schedule({ advance: (lease) => advance(process, lease), surfaces: nowhere, concurrency: 3 });
    processes.push(process);
    return process;
  }

  async function perform(step: Act): Promise<void> {
    const job = "job" in step ? jobs[step.job % Math.max(1, jobs.length)] : undefined;
    if (step.act === "create") {
      const id = `job_${jobs.length}`;
      jobs.push(id);
      if (step.wakeInMs !== null) {
        owe(id, clock.now() + step.wakeInMs, "write");
      }
      const wakeAt = step.wakeInMs === null ? null : clock.now() + step.wakeInMs;
      await opened.engine.create(sampleJob(id), { wakeAt });
    } else if (step.act === "wake" && job !== undefined) {
      oweWake(job, clock.now() + step.inMs);
      await opened.engine.wake(job, clock.now() + step.inMs);
    } else if (step.act === "write" && job !== undefined) {
      await write(opened.engine, job, step.wakeInMs, "plain");
    } else if (step.act === "pass") {
      await clock.advance(step.ms);
    } else if (step.act === "crash") {
      const alive = processes.filter(({ diedAt }) => diedAt === null);
      const victim = alive[step.process % alive.length]!;
      await clock.advance(0);
      victim.clock.die();
      victim.diedAt = clock.now();
      for (const { job: orphan } of held.filter(({ process }) => process === victim)) {
        owe(orphan, clock.now(), "trouble");
      }
      await startProcess();
    }
  }

  async function check(): Promise<void> {
    expect(violations).toEqual([]);
    expect(holders.size).toBeLessThanOrEqual(places);
    expect(spent).toBeLessThanOrEqual(budget);
    for (const at of admitted) {
      expect(admitted.filter((other) => other > at - rate.windowMs && other <= at).length).toBeLessThanOrEqual(
        rate.max,
      );
    }
  }

  try {
    await startProcess();
    await startProcess();
    for (const step of acts) {
      await perform(step);
      await clock.advance(0);
      await check();
    }
    calm = true;
    await clock.advance(70_000 + 4 * leaseMs);
    await check();
    expect(debts).toEqual([]);
    expect(held.filter(({ process }) => process.diedAt === null)).toEqual([]);
    expect(await opened.engine.counter("day")).toBe(spent);
  } finally {
    await opened.close();
  }
}

/** Properties that must hold in every history. */
export function jobEngineProperties(open: OpenEngine, runs: number): void {
  test("no two processes advance a job at once, no due job is lost and no limit is exceeded", {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 5, maxLength: 25, size: "max" }),
        fc.array(behaviour, { minLength: 3, maxLength: 7 }),
        (acts, behaviours) => play(open, acts, behaviours),
      ),
      { numRuns: runs, seed: 20260101 },
    );
  });
}
