import { longestWaitMs } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";
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

const hourMs = 60 * 60_000;
const steps = [
  ["a minute back", -60_000],
  ["an hour back", -hourMs],
  ["a day back", -24 * hourMs],
  ["a year back", -365 * 24 * hourMs],
  ["an hour forward", hourMs],
  ["a day forward", 24 * hourMs],
  ["a year forward", 365 * 24 * hourMs],
] as const;

/** Part two: the wall clock is set forward or back while nothing else happens. */
export function clockContract(open: OpenEngine): void {
  test.each(steps)("with the clock set %s, waiting jobs continue on time", async (_name, byMs) => {
    verifies("survives.clock");
    await withEngine(open, async ({ engine, clock }) => {
      const { advance, handed, finish } = createAdvance();
      const heard: number[] = [];
      await engine.schedule({ advance, surfaces: nowhere, onClockStep: (by) => heard.push(by) });
      await stored(engine, sampleJob("job_due"), { wakeAt: clock.now() + 5_000 });
      await stored(engine, sampleJob("job_hinted"), { wakeAt: null });
      await engine.wake("job_hinted", clock.now() + 5_000);
      await stored(engine, sampleJob("job_never"), { wakeAt: null });
      await clock.advance(1_000);
      clock.step(byMs);
      await clock.advance(5_000 + pollMs);
      expect(handed().sort()).toEqual(["job_due", "job_hinted"]);
      expect(heard).toEqual([byMs]);
      // A used-up wake stays used up, even if the advance wrote nothing.
      finish("job_due");
      finish("job_hinted");
      await clock.advance(3 * leaseMs);
      expect(handed()).toHaveLength(2);
    })();
  });

  test.each(steps)(
    "with the clock set %s while a write is under way, its wait is as long as it was",
    async (_name, byMs) => {
      verifies("survives.clock");
      await withEngine(open, async ({ engine, clock }) => {
        const job = await stored(engine, sampleJob("job_written"), { wakeAt: null });
        await stored(engine, sampleJob("job_hinted"), { wakeAt: null });
        const underWay = [
          engine.create(sampleJob("job_created"), { wakeAt: clock.now() + 5_000 }),
          engine.write(job, { wakeAt: clock.now() + 5_000 }),
          engine.wake("job_hinted", clock.now() + 5_000),
        ];
        clock.step(byMs);
        await Promise.all(underWay);
        const { advance, handed } = createAdvance();
        await engine.schedule({ advance, surfaces: nowhere });
        await clock.advance(5_000 + pollMs);
        expect(handed().sort()).toEqual(["job_created", "job_hinted", "job_written"]);
      })();
    },
  );

  test.each(steps.filter(([, byMs]) => Math.abs(byMs) >= hourMs))(
    "with the clock set %s between computing a wait and storing it, the wait is as long as it was",
    async (_name, byMs) => {
      verifies("survives.clock");
      await withEngine(open, async ({ engine, clock }) => {
        const job = await stored(engine, sampleJob("job_written"), { wakeAt: null });
        const inPause = await stored(engine, sampleJob("job_admitted"), { wakeAt: null });
        await stored(engine, sampleJob("job_hinted"), { wakeAt: null });
        await clock.advance(1_000);
        const wakeAt = clock.now() + 5_000;
        await engine.read("job_written");
        clock.step(byMs);
        await engine.create(sampleJob("job_created"), { wakeAt });
        await engine.write(job, { wakeAt });
        await engine.write(inPause, { wakeAt, admission: { holds: [{ resource: "pause", max: 1 }], counters: [] } });
        await engine.wake("job_hinted", wakeAt);
        const { advance, handed } = createAdvance();
        await engine.schedule({ advance, surfaces: nowhere });
        await clock.advance(5_000 + 2 * pollMs);
        expect(handed().sort()).toEqual(["job_admitted", "job_created", "job_hinted", "job_written"]);
      })();
    },
  );

  test("after the clock was set back by an hour, a wait of half an hour is as long as was asked", async () => {
    verifies("survives.clock");
    await withEngine(open, async ({ engine, clock }) => {
      const job = await stored(engine, sampleJob("job_a"), { wakeAt: null });
      clock.step(-hourMs);
      await engine.write(job, { wakeAt: clock.now() + hourMs / 2 });
      const { advance, handed } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(hourMs / 2 - pollMs);
      expect(handed()).toEqual([]);
      await clock.advance(2 * pollMs);
      expect(handed()).toEqual(["job_a"]);
    })();
  });

  test.each(steps)("with the clock set %s, a process that starts finds the waiting jobs", async (_name, byMs) => {
    verifies("survives.clock");
    await withEngine(open, async ({ engine, another, clock }) => {
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() + 5_000 });
      await stored(engine, sampleJob("job_written"), { wakeAt: clock.now() + 5_000 });
      clock.step(byMs);
      // A write that does not mention waking leaves the schedule as it was before the clock was set.
      await rewrite(engine, "job_written", {});
      const { advance, handed } = createAdvance();
      await (await another()).schedule({ advance, surfaces: nowhere });
      await clock.advance(5_000 + pollMs);
      expect(handed().sort()).toEqual(["job_a", "job_written"]);
    })();
  });

  test.each(steps)("with the clock set %s, a job being advanced stays with its process", async (_name, byMs) => {
    verifies("survives.clock", "survives.lease");
    await withEngine(open, async ({ engine, another, clock }) => {
      const one = createAdvance();
      const two = createAdvance();
      await engine.schedule({ advance: one.advance, surfaces: nowhere });
      await (await another()).schedule({ advance: two.advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(pollMs);
      const [lease] = [...one.leases, ...two.leases];
      clock.step(byMs);
      await clock.advance(pollMs);
      // As after the machine slept, when the monotonic clock stops: nobody may rely on the lease until it is renewed.
      expect(lease!.isHeld()).toBe(Math.abs(byMs) < leaseMs);
      await clock.advance(4 * leaseMs);
      expect([...one.handed(), ...two.handed()]).toEqual(["job_a"]);
      expect([lease!.isHeld(), lease!.signal.aborted]).toEqual([true, false]);
    })();
  });

  test.each(steps)(
    "with the clock set %s, the job of a dead process is taken over within one lease",
    async (_name, byMs) => {
      verifies("survives.clock", "survives.lease");
      await withEngine(open, async ({ another, clock }) => {
        const mortal = createMortalClock(clock);
        const one = createAdvance();
        const two = createAdvance();
        const victim = await another(mortal);
        await victim.schedule({ advance: one.advance, surfaces: nowhere });
        await stored(victim, sampleJob("job_a"), { wakeAt: clock.now() });
        await clock.advance(0);
        await (await another()).schedule({ advance: two.advance, surfaces: nowhere });
        await clock.advance(2 * pollMs);
        mortal.die();
        clock.step(byMs);
        await clock.advance(leaseMs - 3 * pollMs);
        expect(two.handed()).toEqual([]);
        await clock.advance(4 * pollMs);
        expect(two.handed()).toEqual(["job_a"]);
      })();
    },
  );

  test(
    "a job that this process is working on is not handed out here again, whatever its lease says",
    withEngine(open, async ({ another, clock }) => {
      verifies("survives.lease");
      const own = await another();
      const two = createAdvance();
      const first = await own.schedule({ advance: () => new Promise(() => {}), surfaces: nowhere });
      await stored(own, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      await first.stop(0);
      // Its advance ignores the abort signal, and nobody renews the lease any more.
      await own.schedule({ advance: two.advance, surfaces: nowhere });
      await clock.advance(4 * leaseMs);
      expect(two.handed()).toEqual([]);
    }),
  );

  test.each([
    ["an hour back", -hourMs],
    ["a day back", -24 * hourMs],
  ])("with the clock set %s, no rate, lock or event being handled keeps anybody waiting", async (_name, byMs) => {
    verifies("survives.clock");
    await withEngine(
      open,
      async ({ engine, another, clock }) => {
        const event = { id: "chat:1", surface: "chat", content: {}, keepUntil: clock.now() + 10 * hourMs };
        await engine.inbox.take(event);
        const rate = { name: "vendor", max: 1, windowMs: 1_000 };
        const admission = { holds: [], counters: [], rate };
        await stored(engine, sampleJob("job_a"));
        expect(await rewrite(engine, "job_a", { admission })).toEqual({ end: "written" });
        expect(await engine.lock("voices", "one", 30_000)).toBe(true);
        clock.step(byMs);
        expect(await rewrite(engine, "job_a", { admission })).toEqual({ end: "written" });
        expect(await engine.lock("voices", "two", 30_000)).toBe(true);
        expect(await engine.lock("voices", "one", 30_000)).toBe(false);
        expect(await (await another()).inbox.claim(event.id)).toBe(true);
      },
      { stepsWithClock: true },
    )();
  });

  test(
    "a wake further off than the longest wait does not mean the clock was set back: the job is woken then, and once",
    withEngine(
      open,
      async ({ engine, clock }) => {
        const { advance, handed } = createAdvance();
        await engine.schedule({ advance, surfaces: nowhere });
        await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() + 10 * longestWaitMs });
        await clock.advance(leaseMs);
        expect(handed()).toEqual([]);
        clock.step(longestWaitMs - leaseMs - 1_000);
        await clock.advance(pollMs - 1);
        expect(handed()).toEqual([]);
        await clock.advance(2 * pollMs);
        expect(handed()).toEqual(["job_a"]);
      },
      { stepsWithClock: true },
    ),
  );

  test(
    "a job that nothing is to wake sleeps on, however long that is",
    withEngine(
      open,
      async ({ engine, clock }) => {
        verifies("survives.clock");
        const { advance, handed } = createAdvance();
        await engine.schedule({ advance, surfaces: nowhere });
        await stored(engine, sampleJob("job_a"), { wakeAt: null });
        await stored(engine, sampleJob("job_b"), { wakeAt: clock.now() + 10 * longestWaitMs });
        await rewrite(engine, "job_b", { wakeAt: null });
        await clock.advance(leaseMs);
        clock.step(2 * longestWaitMs);
        await clock.advance(2 * pollMs);
        expect(handed()).toEqual([]);
      },
      { stepsWithClock: true },
    ),
  );
}
