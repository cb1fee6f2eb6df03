import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { createSleepyClock } from "../sleepy-clock.ts";
import {
  createAdvance,
  createMortalClock,
  leaseMs,
  nowhere,
  type OpenEngine,
  pollMs,
  rewrite,
  stored,
  withEngine,
} from "./engine-fixture.ts";

/** Part two: how a lease is kept, lost, taken over and given back. */
export function leaseContract(open: OpenEngine): void {
  test(
    "a lease is renewed for as long as its advance takes",
    withEngine(open, async ({ engine, another, clock }) => {
      const one = createAdvance();
      const two = createAdvance();
      await engine.schedule({ advance: one.advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      await (await another()).schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(10 * leaseMs);
      expect([one.handed(), two.handed()]).toEqual([["job_a"], []]);
      expect(one.leases[0]!.signal.aborted).toBe(false);
      expect(one.leases[0]!.isHeld()).toBe(true);
    }),
  );

  test(
    "the job of a dead process goes to another once its lease has expired",
    withEngine(open, async ({ another, clock }) => {
      const mortal = createMortalClock(clock);
      const one = createAdvance();
      const two = createAdvance();
      const victim = await another(mortal);
      await victim.schedule({ advance: one.advance, surfaces: nowhere });
      await stored(victim, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      await rewrite(victim, "job_a", { wakeAt: null });
      await clock.advance(leaseMs / 3);
      mortal.die();
      const heir = await another();
      await heir.schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(leaseMs - 1);
      expect([one.handed(), two.handed()]).toEqual([["job_a"], []]);
      await clock.advance(1 + pollMs);
      expect([one.handed(), two.handed()]).toEqual([["job_a"], ["job_a"]]);
      expect([one, two].map(({ leases }) => leases[0]!.isTakenOver)).toEqual([false, true]);
      two.finish("job_a");
      await clock.advance(0);
      await rewrite(heir, "job_a", { wakeAt: clock.now() });
      for (let polls = 0; polls < 5 && two.leases.length < 2; polls += 1) {
        await clock.advance(pollMs);
      }
      expect(two.leases.map(({ isTakenOver }) => isTakenOver)).toEqual([true, false]);
    }),
  );

  test(
    "a process that wakes after another has taken over its lease learns of it and can do no harm",
    withEngine(open, async ({ another, clock }) => {
      const sleeper = createSleepyClock(clock);
      const one = createAdvance();
      const two = createAdvance();
      const slow = await another(sleeper);
      const quick = await another();
      await slow.schedule({ advance: one.advance, surfaces: nowhere });
      const before = await stored(slow, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      sleeper.fallAsleep();
      await quick.schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(leaseMs + pollMs);
      expect(two.handed()).toEqual(["job_a"]);
      await rewrite(quick, "job_a", { wakeAt: null });
      // It knows before its signal is aborted.
      expect(one.leases[0]!.isHeld()).toBe(false);
      sleeper.wakeUp();
      await clock.advance(leaseMs / 3);
      expect(one.leases[0]!.signal.aborted).toBe(true);
      expect(await slow.write(before, { wakeAt: null })).toEqual({ end: "conflict" });
      one.finish("job_a");
      await clock.advance(2 * leaseMs);
      expect(two.leases[0]!.signal.aborted).toBe(false);
      expect([one.handed(), two.handed()]).toEqual([["job_a"], ["job_a"]]);
    }),
  );

  test(
    "time in which a process was stopped does not count as time in which it saw a lease unrenewed",
    withEngine(open, async ({ another, clock }) => {
      // The second process is stopped while it holds the store's lock, so that the first cannot renew.
      const [blocked, paused] = [createSleepyClock(clock), createSleepyClock(clock)];
      const one = createAdvance();
      const two = createAdvance();
      const holder = await another(blocked);
      await holder.schedule({ advance: one.advance, surfaces: nowhere });
      await stored(holder, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      await (await another(paused)).schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(pollMs);
      blocked.fallAsleep();
      paused.fallAsleep();
      await clock.advance(1.4 * leaseMs);
      paused.wakeUp();
      await clock.advance(pollMs);
      blocked.wakeUp();
      await clock.advance(2 * leaseMs);
      expect([one.handed(), two.handed()]).toEqual([["job_a"], []]);
      expect(one.leases[0]!.isHeld()).toBe(true);
    }),
  );

  test(
    "a job whose advance throws is retried after seconds, then ever later up to a minute, until it succeeds",
    withEngine(open, async ({ engine, clock }) => {
      const instants: number[] = [];
      let broken = true;
      await engine.schedule({
        surfaces: nowhere,
        async advance({ jobId }) {
          instants.push(clock.now());
          if (broken) {
            await rewrite(engine, jobId, { wakeAt: clock.now() });
            throw new Error("no luck");
          }
        },
      });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(10 * 60_000);
      const waits = instants.slice(1).map((at, n) => at - instants[n]!);
      for (const [n, least] of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].entries()) {
        expect(waits[n]).toBeGreaterThanOrEqual(least);
        expect(waits[n]).toBeLessThanOrEqual(1.25 * least);
      }
      broken = false;
      await clock.advance(80_000);
      const tries = instants.length;
      await clock.advance(10 * 60_000);
      expect(instants).toHaveLength(tries);
      broken = true;
      await engine.wake("job_a", clock.now());
      await clock.advance(2_500);
      expect(instants).toHaveLength(tries + 2);
    }),
  );

  test(
    "stopping takes on nothing new and waits for the jobs being advanced",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed, finish, leases } = createAdvance();
      const schedule = await engine.schedule({ advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      let stopped = false;
      const stopping = schedule.stop(60_000).then(() => {
        stopped = true;
      });
      await stored(engine, sampleJob("job_b"), { wakeAt: clock.now() });
      await clock.advance(59_000);
      expect(stopped).toBe(false);
      expect(handed()).toEqual(["job_a"]);
      finish("job_a");
      await clock.advance(0);
      await stopping;
      expect(leases[0]!.signal.aborted).toBe(false);
    }),
  );

  test(
    "an advance that does not end in time is aborted, and another process gets its job at once",
    withEngine(open, async ({ engine, another, clock }) => {
      const two = createAdvance();
      let handed = 0;
      const schedule = await engine.schedule({
        surfaces: nowhere,
        advance: ({ signal }) => {
          handed += 1;
          return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        },
      });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      const stopping = schedule.stop(5_000);
      await clock.advance(5_000);
      await stopping;
      await (await another()).schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(0);
      expect([handed, two.handed()]).toEqual([1, ["job_a"]]);
    }),
  );

  test(
    "an advance that ignores the abort keeps its lease until the lease expires",
    withEngine(open, async ({ engine, another, clock }) => {
      const one = createAdvance();
      const two = createAdvance();
      const schedule = await engine.schedule({ advance: one.advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      await schedule.stop(0);
      expect(one.leases[0]!.signal.aborted).toBe(true);
      await (await another()).schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(leaseMs - 1);
      expect(two.handed()).toEqual([]);
      await clock.advance(1);
      expect(two.handed()).toEqual(["job_a"]);
    }),
  );
}
