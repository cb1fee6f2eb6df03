import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import {
  createAdvance,
  leaseMs,
  nowhere,
  type OpenEngine,
  pollMs,
  rewrite,
  stored,
  withEngine,
} from "./engine-fixture.ts";

/** Part two: which process advances a job, and when. */
export function scheduleContract(open: OpenEngine): void {
  test(
    "a job is handed out once, when it is due and not before",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed, finish } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_later"), { wakeAt: clock.now() + 2_500 });
      await stored(engine, sampleJob("job_now"), { wakeAt: clock.now() });
      await stored(engine, sampleJob("job_never"), { wakeAt: null });
      await clock.advance(0);
      expect(handed()).toEqual(["job_now"]);
      finish("job_now");
      await clock.advance(2_499);
      expect(handed()).toEqual(["job_now"]);
      await clock.advance(1);
      expect(handed()).toEqual(["job_now", "job_later"]);
      finish("job_later");
      await clock.advance(10 * leaseMs);
      expect(handed()).toEqual(["job_now", "job_later"]);
    }),
  );

  test(
    "a due time may lie between two milliseconds",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() + 10.5 });
      await stored(engine, sampleJob("job_b"), { wakeAt: null });
      await engine.wake("job_b", clock.now() + 20.5);
      await clock.advance(10);
      expect(handed()).toEqual([]);
      await clock.advance(11);
      expect(handed()).toEqual(["job_a", "job_b"]);
    }),
  );

  test(
    "a job that was stored before the schedule began, or by another process, is handed out",
    withEngine(open, async ({ engine, another, clock }) => {
      const { advance, handed } = createAdvance();
      await stored(engine, sampleJob("job_old"), { wakeAt: clock.now() - 1 });
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      expect(handed()).toEqual(["job_old"]);
      await stored(await another(), sampleJob("job_elsewhere"), { wakeAt: clock.now() });
      await clock.advance(pollMs);
      expect(handed()).toEqual(["job_old", "job_elsewhere"]);
    }),
  );

  test(
    "each due job goes to only one of two processes",
    withEngine(open, async ({ engine, another, clock }) => {
      const one = createAdvance();
      const two = createAdvance();
      const other = await another();
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => engine.create(sampleJob(`job_${n}`), { wakeAt: clock.now() })),
      );
      await Promise.all([
        engine.schedule({ advance: one.advance, surfaces: nowhere, concurrency: 25 }),
        other.schedule({ advance: two.advance, surfaces: nowhere, concurrency: 25 }),
      ]);
      await clock.advance(3 * leaseMs);
      const handed = [...one.handed(), ...two.handed()];
      expect(handed).toHaveLength(40);
      expect(new Set(handed).size).toBe(40);
      expect([...one.leases, ...two.leases].some((lease) => lease.signal.aborted)).toBe(false);
    }),
  );

  test(
    "at most `concurrency` jobs are advanced at once, longest due first, and the next follows when one ends",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed, finish } = createAdvance();
      for (const n of [3, 1, 2]) {
        await stored(engine, sampleJob(`job_${n}`), { wakeAt: clock.now() - 10 + n });
      }
      await engine.schedule({ advance, surfaces: nowhere, concurrency: 2 });
      await clock.advance(leaseMs);
      expect(handed()).toEqual(["job_1", "job_2"]);
      finish("job_2");
      await clock.advance(0);
      expect(handed()).toEqual(["job_1", "job_2", "job_3"]);
    }),
  );

  test(
    "a wake makes a job due unless it is due sooner anyway; unknown ids are ignored",
    withEngine(open, async ({ engine, another, clock }) => {
      const { advance, handed, finish } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: null });
      await stored(engine, sampleJob("job_b"), { wakeAt: clock.now() + 1_000 });
      await engine.wake("job_unknown", clock.now());
      await engine.wake("job_b", clock.now() + 2_000);
      await engine.wake("job_a", clock.now() + 500);
      await engine.wake("job_a", clock.now() + 800);
      await clock.advance(499);
      expect(handed()).toEqual([]);
      await clock.advance(1);
      expect(handed()).toEqual(["job_a"]);
      await clock.advance(500);
      expect(handed()).toEqual(["job_a", "job_b"]);
      finish("job_a");
      finish("job_b");
      await clock.advance(10_000);
      expect(handed()).toEqual(["job_a", "job_b"]);
      await (await another()).wake("job_a", clock.now());
      await clock.advance(pollMs);
      expect(handed()).toEqual(["job_a", "job_b", "job_a"]);
    }),
  );

  test(
    "a wake that arrives while the job is being advanced survives what that advance writes",
    withEngine(open, async ({ engine, another, clock }) => {
      const { advance, handed, finish } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      const other = await another();
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await clock.advance(0);
      await other.wake("job_a", clock.now());
      await rewrite(engine, "job_a", { wakeAt: null });
      await clock.advance(2 * pollMs);
      expect(handed()).toEqual(["job_a"]);
      finish("job_a");
      await clock.advance(0);
      expect(handed()).toEqual(["job_a", "job_a"]);
      finish("job_a");
      await clock.advance(leaseMs);
      expect(handed()).toEqual(["job_a", "job_a"]);
    }),
  );

  test(
    "an immediate wake survives a write that comes before the claim",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed } = createAdvance();
      await stored(engine, sampleJob("job_a"), { wakeAt: null });
      await engine.wake("job_a", clock.now());
      await rewrite(engine, "job_a", { wakeAt: null });
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      expect(handed()).toEqual(["job_a"]);
    }),
  );

  test(
    "a write sets when the job is due next, even from outside the lease",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed, finish } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
      await stored(engine, sampleJob("job_b"), { wakeAt: clock.now() + 50 });
      await rewrite(engine, "job_b", { wakeAt: null });
      await clock.advance(100);
      expect(handed()).toEqual(["job_a"]);
      await rewrite(engine, "job_a", { wakeAt: clock.now() + 700 });
      finish("job_a");
      await clock.advance(699);
      expect(handed()).toEqual(["job_a"]);
      await clock.advance(1);
      expect(handed()).toEqual(["job_a", "job_a"]);
    }),
  );

  test(
    "a job woken early and advanced without a write is still due at its original time",
    withEngine(open, async ({ engine, clock }) => {
      const { advance, handed, finish } = createAdvance();
      await engine.schedule({ advance, surfaces: nowhere });
      await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() + 60_000 });
      await engine.wake("job_a", clock.now());
      await clock.advance(0);
      finish("job_a");
      await clock.advance(59_999);
      expect(handed()).toEqual(["job_a"]);
      await clock.advance(1);
      expect(handed()).toEqual(["job_a", "job_a"]);
    }),
  );

  test(
    "a job that needs a surface goes only to a process that has it, even if the surface is added later",
    withEngine(open, async ({ engine, another, clock }) => {
      const one = createAdvance();
      const two = createAdvance();
      let surfaces: string[] = ["slack"];
      await engine.schedule({ advance: one.advance, surfaces: () => ["web"] });
      await (await another()).schedule({ advance: two.advance, surfaces: () => surfaces });
      await stored(engine, sampleJob("job_discord"), { wakeAt: clock.now(), needsSurface: "discord" });
      await stored(engine, sampleJob("job_web"), { wakeAt: clock.now(), needsSurface: "web" });
      await clock.advance(leaseMs);
      expect([one.handed(), two.handed()]).toEqual([["job_web"], []]);
      surfaces = ["slack", "discord"];
      await clock.advance(pollMs);
      expect([one.handed(), two.handed()]).toEqual([["job_web"], ["job_discord"]]);
      await rewrite(engine, "job_discord", { wakeAt: clock.now() });
      two.finish("job_discord");
      await clock.advance(2 * pollMs);
      expect(one.handed().length + two.handed().length).toBe(3);
    }),
  );

  test(
    "waiting jobs cost no timers",
    withEngine(open, async ({ engine, clock }) => {
      await engine.schedule({ advance: createAdvance().advance, surfaces: nowhere });
      await clock.advance(0);
      const idle = clock.pending();
      await Promise.all(
        Array.from({ length: 300 }, (_, n) => engine.create(sampleJob(`job_${n}`), { wakeAt: clock.now() + 900_000 })),
      );
      await clock.advance(0);
      expect(idle).toBe(1);
      expect(clock.pending()).toBe(1);
    }),
  );
}
