import { type Admission, type JobEngine, type Lease, phasesAtRest, type WriteEnd } from "@toolcast/core/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";
import { nowhere, type OpenEngine, pollMs, rewrite, stored, withEngine } from "./engine-fixture.ts";

const attempt = { step: "picture", attempt: "try_1", since: 0 };
const starting = { state: { phase: "starting", ...attempt } } as const;

/** One place of the vendor, and one of the person's at that vendor. */
const vendor = (max: number, perPerson = max) => ({
  placesOf: (owner: string): Admission => ({
    holds: [
      { resource: "spark", max },
      { resource: `spark:${owner}`, max: perPerson },
    ],
    counters: [],
  }),
});

/** Tries to start whatever is handed out, as a worker does: what is refused is not due by itself again. */
function createStarter(engine: JobEngine, admissionOf: (owner: string) => Admission) {
  const looks: string[] = [];
  const ends = new Map<string, WriteEnd>();
  return {
    /** The jobs that were looked at since the last call, in order. */
    looks: () => looks.splice(0),
    end: (id: string) => ends.get(id),
    async advance({ jobId }: Lease): Promise<void> {
      const job = (await engine.read(jobId))!;
      if (job.state.phase !== "queued") {
        return;
      }
      looks.push(jobId);
      const end = await engine.write({ ...job, ...starting }, { wakeAt: null, admission: admissionOf(job.caller.id) });
      ends.set(jobId, end);
      if (end.end === "full") {
        await engine.write(job, { wakeAt: null });
      }
    },
  };
}

const finish = (engine: JobEngine, id: string) =>
  rewrite(engine, id, { wakeAt: null, release: true }, { state: { phase: "succeeded" } });

/** What happens to jobs that were refused a place or a rate. */
export function lineContract(open: OpenEngine, runs: number): void {
  verifies("survives.backlog");
  test(
    "whoever gives back a place makes the oldest that waits for it due in the same commit, and nobody else",
    withEngine(open, async ({ engine, clock }) => {
      const { looks, advance } = createStarter(engine, vendor(1).placesOf);
      await stored(engine, sampleJob("job_busy", { createdAt: 1 }), { wakeAt: clock.now() });
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      await stored(engine, sampleJob("job_two", { createdAt: 4 }), { wakeAt: clock.now() });
      await stored(engine, sampleJob("job_one", { createdAt: 3 }), { wakeAt: clock.now() });
      await stored(engine, sampleJob("job_other", { createdAt: 2 }), { wakeAt: null });
      await clock.advance(0);
      expect(looks().sort()).toEqual(["job_busy", "job_one", "job_two"]);
      await finish(engine, "job_busy");
      await clock.advance(0);
      expect(looks()).toEqual(["job_one"]);
      await finish(engine, "job_one");
      await clock.advance(0);
      expect(looks()).toEqual(["job_two"]);
    }),
  );

  test(
    "a place given back just before its process dies is not lost to those who wait",
    withEngine(open, async ({ engine, another, clock }) => {
      const other = await another();
      await stored(engine, sampleJob("job_busy", { createdAt: 1 }));
      await stored(engine, sampleJob("job_waits", { createdAt: 2 }));
      const admission = vendor(1).placesOf("ann");
      await rewrite(engine, "job_busy", { wakeAt: null, admission }, starting);
      expect(await rewrite(engine, "job_waits", { wakeAt: null, admission }, starting)).toMatchObject({ end: "full" });
      await finish(engine, "job_busy");
      await engine.close();
      const { looks, advance } = createStarter(other, vendor(1).placesOf);
      await other.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      expect(looks()).toEqual(["job_waits"]);
    }),
  );

  test(
    "a job that waits costs no look, however long nothing ends and however many wait",
    withEngine(open, async ({ engine, clock }) => {
      const { looks, advance } = createStarter(engine, vendor(3, 1).placesOf);
      await engine.schedule({ advance, surfaces: nowhere });
      const owners = (n: number) => (n % 2 === 0 ? "ann" : `owner_${n % 50}`);
      await Promise.all(
        Array.from({ length: 300 }, (_, n) =>
          engine.create(sampleJob(`job_${n}`, { createdAt: n, owner: owners(n) }), { wakeAt: clock.now() }),
        ),
      );
      await clock.advance(10 * 60_000);
      const seen = looks();
      expect(seen).toHaveLength(300);
      expect(new Set(seen).size).toBe(300);
    }),
  );

  test(
    "a job held back by its person's own limit keeps nobody else waiting, and is looked at when that person can start",
    withEngine(open, async ({ engine, clock }) => {
      const { looks, advance } = createStarter(engine, vendor(2, 1).placesOf);
      await engine.schedule({ advance, surfaces: nowhere });
      const people = { job_ann_1: "ann", job_cem_1: "cem", job_ann_2: "ann", job_ann_3: "ann", job_bob_1: "bob" };
      let createdAt = 0;
      for (const [id, owner] of Object.entries(people)) {
        createdAt += 1;
        await stored(engine, sampleJob(id, { createdAt, owner }), { wakeAt: clock.now() });
        await clock.advance(0);
      }
      expect(looks()).toEqual(Object.keys(people));
      await finish(engine, "job_cem_1");
      await clock.advance(0);
      expect(looks()).toEqual(["job_bob_1"]);
      await finish(engine, "job_ann_1");
      await clock.advance(0);
      expect(looks()).toEqual(["job_ann_2"]);
      await finish(engine, "job_bob_1");
      await clock.advance(0);
      expect(looks()).toEqual([]);
    }),
  );

  test(
    "a job that was made due for a place and leaves the queue without it passes it on in the same commit",
    withEngine(open, async ({ engine, clock }) => {
      const { looks, advance } = createStarter(engine, vendor(1).placesOf);
      for (const [n, id] of ["job_busy", "job_gone", "job_next", "job_last"].entries()) {
        await stored(engine, sampleJob(id, { createdAt: n }), { wakeAt: clock.now() });
      }
      const first = await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      await first.stop(0);
      looks();
      await finish(engine, "job_busy");
      await rewrite(engine, "job_gone", { wakeAt: null }, { state: { phase: "cancelled" } });
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      expect(looks()).toEqual(["job_next"]);
    }),
  );

  test(
    "those in line that are cancelled, or made due otherwise, are not called",
    withEngine(open, async ({ engine, clock }) => {
      const { looks, advance } = createStarter(engine, vendor(1).placesOf);
      await engine.schedule({ advance, surfaces: nowhere });
      for (const [n, id] of ["job_busy", "job_cancelled", "job_woken", "job_next"].entries()) {
        await stored(engine, sampleJob(id, { createdAt: n }), { wakeAt: clock.now() });
        await clock.advance(0);
      }
      looks();
      await rewrite(engine, "job_cancelled", { wakeAt: null }, { state: { phase: "cancelled" } });
      await engine.wake("job_woken", clock.now());
      await clock.advance(0);
      expect(looks()).toEqual(["job_woken"]);
      await rewrite(engine, "job_woken", { wakeAt: null }, { state: { phase: "cancelled" } });
      await finish(engine, "job_busy");
      await clock.advance(0);
      expect(looks()).toEqual(["job_next"]);
    }),
  );

  test(
    "a call is followed by a claim, whatever is written in between",
    withEngine(open, async ({ engine, clock }) => {
      const admission = vendor(1).placesOf("ann");
      await stored(engine, sampleJob("job_busy", { createdAt: 1 }));
      await stored(engine, sampleJob("job_waits", { createdAt: 2 }));
      await rewrite(engine, "job_busy", { wakeAt: null, admission }, starting);
      await rewrite(engine, "job_waits", { wakeAt: null, admission }, starting);
      await finish(engine, "job_busy");
      await rewrite(engine, "job_waits", { wakeAt: null });
      const { looks, advance } = createStarter(engine, vendor(1).placesOf);
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      expect(looks()).toEqual(["job_waits"]);
    }),
  );

  test(
    "when a maximum has been raised, those who wait start as soon as one was admitted with it",
    withEngine(open, async ({ engine, another, clock }) => {
      const before = createStarter(engine, vendor(1).placesOf);
      const schedule = await engine.schedule({ advance: before.advance, surfaces: nowhere });
      for (let n = 0; n < 6; n += 1) {
        await stored(engine, sampleJob(`job_${n}`, { createdAt: n, owner: `owner_${n}` }), { wakeAt: clock.now() });
      }
      await clock.advance(0);
      await schedule.stop(0);
      expect(before.looks()).toHaveLength(6);
      const other = await another();
      const after = createStarter(other, vendor(4).placesOf);
      await other.schedule({ advance: after.advance, surfaces: nowhere });
      await clock.advance(0);
      expect(["job_1", "job_2", "job_3"].map(after.end)).toEqual(Array(3).fill({ end: "written" }));
      await clock.advance(10_000);
      expect(after.looks().sort()).toEqual(["job_1", "job_2", "job_3"]);
    }),
  );

  test(
    "a rate lets in those who wait as fast as it allows, oldest first, with no look by those it cannot let in yet",
    withEngine(open, async ({ engine, clock }) => {
      const rate = { name: "spark", max: 2, windowMs: 1_000 };
      const { looks, advance } = createStarter(engine, () => ({ holds: [], rate, counters: [] }));
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          engine.create(sampleJob(`job_${String(n).padStart(2, "0")}`, { createdAt: n }), { wakeAt: clock.now() }),
        ),
      );
      await engine.schedule({ advance, surfaces: nowhere });
      await clock.advance(0);
      expect(looks()).toHaveLength(40);
      await clock.advance(999);
      expect(looks()).toEqual([]);
      await clock.advance(1);
      expect(looks()).toEqual(["job_02", "job_03"]);
      await clock.advance(1_000);
      expect(looks()).toEqual(["job_04", "job_05"]);
      await clock.advance(17_000);
      expect(looks()).toHaveLength(34);
    }),
  );

  test(
    "a place that a called job leaves unused goes to the others within two minutes",
    withEngine(open, async ({ engine, clock }) => {
      const { looks, advance } = createStarter(engine, vendor(1).placesOf);
      let rests = "";
      await engine.schedule({
        async advance(lease) {
          if (lease.jobId === rests) {
            await rewrite(engine, rests, { wakeAt: clock.now() + 60 * 60_000 });
          } else {
            await advance(lease);
          }
        },
        surfaces: nowhere,
      });
      for (const [n, id] of ["job_busy", "job_rests", "job_next", "job_last"].entries()) {
        await stored(engine, sampleJob(id, { createdAt: n }), { wakeAt: clock.now() });
        await clock.advance(0);
      }
      looks();
      rests = "job_rests";
      await finish(engine, "job_busy");
      await clock.advance(30_000);
      expect(looks()).toEqual([]);
      await clock.advance(90_000);
      expect(looks()).toContain("job_next");
      await finish(engine, "job_next");
      await clock.advance(0);
      expect(looks()).toEqual(["job_last"]);
    }),
  );

  test(
    "while a line moves, those at its front can report their position once a minute; at rest it costs nothing",
    withEngine(open, async ({ engine, clock }) => {
      const starter = createStarter(engine, vendor(1).placesOf);
      await engine.schedule({ advance: starter.advance, surfaces: nowhere });
      for (let n = 0; n < 60; n += 1) {
        await stored(engine, sampleJob(`job_${n}`, { createdAt: n }), { wakeAt: clock.now() });
      }
      await clock.advance(60_000 + pollMs);
      expect(starter.end("job_5")).toMatchObject({ end: "full", ahead: 4 });
      await finish(engine, "job_0");
      await clock.advance(0);
      starter.looks();
      await clock.advance(60_000 + pollMs);
      expect(starter.end("job_5")).toMatchObject({ end: "full", ahead: 3 });
      const reported = starter.looks();
      expect(reported).toContain("job_2");
      expect(reported.length).toBeLessThanOrEqual(20);
      await clock.advance(10 * 60_000);
      expect(starter.looks()).toEqual([]);
    }),
  );

  test.each(phasesAtRest)(
    "the places that a job at rest (%s) kept go to those who wait, when a schedule begins and once a minute",
    async (phase) => {
      verifies("survives.kept-places");
      await withEngine(open, async ({ engine, clock }) => {
        const { placesOf } = vendor(2);
        const { looks, advance } = createStarter(engine, placesOf);
        const state = { phase, ...attempt } as never;
        const keepsPlaces = (id: string) =>
          rewrite(engine, id, { wakeAt: null, admission: placesOf("ann") }, { state });
        for (const [n, id] of ["job_old", "job_older", "job_one", "job_two", "job_three"].entries()) {
          await stored(engine, sampleJob(id, { createdAt: n }));
        }
        await keepsPlaces("job_old");
        const schedule = await engine.schedule({ advance, surfaces: nowhere });
        await clock.advance(0);
        await keepsPlaces("job_older");
        const tryToStart = (id: string) => engine.wake(id, clock.now());
        await tryToStart("job_one");
        await clock.advance(0);
        await tryToStart("job_two");
        await clock.advance(0);
        expect(looks()).toEqual(["job_one", "job_two"]);
        await clock.advance(60_000 + pollMs);
        expect(looks()).toEqual(["job_two"]);
        await tryToStart("job_three");
        await clock.advance(10 * 60_000);
        expect(looks()).toEqual(["job_three"]);
        await schedule.stop(0);
      })();
    },
  );

  test("in every history nobody waits while there is room for them, and no limit is passed", {
    timeout: 60_000,
  }, async () => {
    const act = fc.oneof(
      fc.record({ act: fc.constant("create" as const), owner: fc.nat(3) }),
      fc.record({ act: fc.constant("finish" as const), job: fc.nat() }),
      fc.record({ act: fc.constant("cancel" as const), job: fc.nat() }),
      fc.record({ act: fc.constant("wake" as const), job: fc.nat() }),
      fc.record({ act: fc.constant("pass" as const), ms: fc.nat(90_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 40, size: "max" }), (acts) =>
        withEngine(open, async ({ engine, another, clock }) => {
          const [max, perPerson] = [3, 1];
          const { advance } = createStarter(engine, vendor(max, perPerson).placesOf);
          await engine.schedule({ advance, surfaces: nowhere, concurrency: 2 });
          await (await another()).schedule({ advance, surfaces: nowhere, concurrency: 2 });
          let created = 0;
          for (const step of acts) {
            const jobs = (await engine.list({ phases: ["queued", "starting"] })).reverse();
            const running = jobs.filter(({ state }) => state.phase === "starting");
            const queued = jobs.filter(({ state }) => state.phase === "queued");
            if (step.act === "create") {
              created += 1;
              const job = sampleJob(`job_${created}`, { createdAt: created, owner: `owner_${step.owner}` });
              await engine.create(job, { wakeAt: clock.now() });
            } else if (step.act === "pass") {
              await clock.advance(step.ms);
            } else if (step.act === "finish" && running.length > 0) {
              await finish(engine, running[step.job % running.length]!.id);
            } else if (step.act === "cancel" && queued.length > 0) {
              const { id } = queued[step.job % queued.length]!;
              await rewrite(engine, id, { wakeAt: null }, { state: { phase: "cancelled" } });
            } else if (step.act === "wake" && queued.length > 0) {
              await engine.wake(queued[step.job % queued.length]!.id, clock.now());
            }
            await clock.advance(0);
            await clock.advance(pollMs);
            const now = await engine.list({ phases: ["queued", "starting"] });
            const owners = now.filter(({ state }) => state.phase === "starting").map(({ caller }) => caller.id);
            expect(owners.length).toBeLessThanOrEqual(max);
            expect(new Set(owners).size).toBe(owners.length);
            const kept = now.filter(({ state, caller }) => state.phase === "queued" && !owners.includes(caller.id));
            expect(owners.length === max ? [] : kept.map(({ id }) => id)).toEqual([]);
          }
        })(),
      ),
      { numRuns: runs, seed: 20260101 },
    );
  });
}
