import type { Admission, JobEngine, WriteOptions } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { type OpenEngine, rewrite, stored, withEngine } from "./engine-fixture.ts";

const place = (max: number, resource = "spark"): Admission => ({ holds: [{ resource, max }], counters: [] });

function admit(engine: JobEngine, id: string, admission: Admission, more: Partial<WriteOptions> = {}) {
  return rewrite(engine, id, { wakeAt: null, ...more, admission }, { state: { phase: "starting", ...start } });
}
const start = { step: "picture", attempt: "try_1", since: 0 };

/** Bounds shared by all processes: places, rates and counters, and the queue of jobs that wait. */
export function admissionContract(open: OpenEngine): void {
  test(
    "a place is held until it is released, across all processes, and counts once",
    withEngine(open, async ({ engine, another }) => {
      const other = await another();
      await stored(engine, sampleJob("job_a"));
      await stored(engine, sampleJob("job_b"));
      expect(await admit(engine, "job_a", place(1))).toEqual({ end: "written" });
      expect(await admit(engine, "job_a", place(1))).toEqual({ end: "written" });
      expect(await admit(other, "job_b", place(1))).toMatchObject({ end: "full", resource: "spark" });
      expect(await other.read("job_b")).toMatchObject({ version: 1, state: { phase: "queued" } });
      await rewrite(engine, "job_a", { wakeAt: null });
      expect(await admit(other, "job_b", place(1))).toMatchObject({ end: "full" });
      expect(await admit(other, "job_b", place(2))).toEqual({ end: "written" });
      await rewrite(engine, "job_a", { wakeAt: null, release: true });
      await rewrite(engine, "job_b", { wakeAt: null, admission: { holds: [], counters: [] } });
      await stored(engine, sampleJob("job_c"));
      expect(await admit(other, "job_c", place(1))).toEqual({ end: "written" });
    }),
  );

  test(
    "places add up over several writes; a release in the same write comes first",
    withEngine(open, async ({ engine }) => {
      for (const id of ["job_a", "job_b", "job_c"]) {
        await stored(engine, sampleJob(id));
      }
      await admit(engine, "job_a", place(1, "one"));
      await admit(engine, "job_a", place(1, "two"));
      expect(await admit(engine, "job_b", place(1, "one"))).toMatchObject({ end: "full", resource: "one" });
      expect(await admit(engine, "job_b", place(1, "two"))).toMatchObject({ end: "full", resource: "two" });
      expect(await admit(engine, "job_a", place(1, "two"), { release: true })).toEqual({ end: "written" });
      expect(await admit(engine, "job_b", place(1, "one"))).toEqual({ end: "written" });
      expect(await admit(engine, "job_c", place(1, "two"))).toMatchObject({ end: "full" });
    }),
  );

  test(
    "a job that holds a place keeps it when the maximum is lowered",
    withEngine(open, async ({ engine }) => {
      for (const id of ["job_a", "job_b"]) {
        await stored(engine, sampleJob(id));
        await admit(engine, id, place(2));
      }
      expect(await admit(engine, "job_a", place(1))).toEqual({ end: "written" });
    }),
  );

  test(
    "either the whole admission is taken, or nothing of the write happens",
    withEngine(open, async ({ engine }) => {
      await stored(engine, sampleJob("job_a"));
      await stored(engine, sampleJob("job_b"));
      const rate = { name: "spark", max: 1, windowMs: 1_000 };
      const refused = await admit(
        engine,
        "job_a",
        {
          holds: [{ resource: "spark", max: 1 }],
          rate,
          counters: [
            { name: "day", amount: 3, max: 10 },
            { name: "ada", amount: 3, max: 5 },
            { name: "ada", amount: 3, max: 5 },
          ],
        },
        { uncount: [{ name: "day", amount: 1 }] },
      );
      expect(refused).toEqual({ end: "over", counter: "ada", count: 3 });
      expect(await engine.counter("day")).toBe(0);
      expect(await engine.counter("ada")).toBe(0);
      expect(await admit(engine, "job_b", { ...place(1), rate })).toEqual({ end: "written" });
      expect(await engine.read("job_a")).toMatchObject({ version: 1 });
    }),
  );

  test(
    "a refused write releases nothing either",
    withEngine(open, async ({ engine }) => {
      for (const id of ["job_a", "job_b", "job_c"]) {
        await stored(engine, sampleJob(id));
      }
      await admit(engine, "job_a", { ...place(1, "one"), counters: [{ name: "day", amount: 2, max: 5 }] });
      await admit(engine, "job_b", place(1, "two"));
      const options = { release: true, uncount: [{ name: "day", amount: 2 }] };
      expect(await admit(engine, "job_a", place(1, "two"), options)).toMatchObject({ end: "full", resource: "two" });
      expect(await engine.counter("day")).toBe(2);
      expect(await admit(engine, "job_c", place(1, "one"))).toMatchObject({ end: "full", resource: "one" });
    }),
  );

  test(
    "a conflict takes nothing",
    withEngine(open, async ({ engine }) => {
      const old = await stored(engine, sampleJob("job_a"));
      await rewrite(engine, "job_a", { wakeAt: null });
      const admission = { ...place(1), counters: [{ name: "day", amount: 1, max: 5 }] };
      expect(await engine.write(old, { wakeAt: null, admission })).toEqual({ end: "conflict" });
      expect(await engine.counter("day")).toBe(0);
      await stored(engine, sampleJob("job_b"));
      expect(await admit(engine, "job_b", place(1))).toEqual({ end: "written" });
    }),
  );

  test(
    "a rate holds within every window, across all processes",
    withEngine(open, async ({ engine, another, clock }) => {
      const engines = [engine, await another()];
      const rate = { name: "spark", max: 2, windowMs: 1_000 };
      const began = clock.now();
      await stored(engine, sampleJob("job_a"));
      const tryNow = (n: number) => admit(engines[n % 2]!, "job_a", { holds: [], rate, counters: [] });
      expect(await tryNow(0)).toEqual({ end: "written" });
      await clock.advance(400);
      expect(await tryNow(1)).toEqual({ end: "written" });
      expect(await tryNow(2)).toEqual({ end: "too-fast", retryAt: began + 1_000 });
      await clock.advance(599);
      expect(await tryNow(3)).toEqual({ end: "too-fast", retryAt: began + 1_000 });
      await clock.advance(1);
      expect(await tryNow(4)).toEqual({ end: "written" });
      expect(await tryNow(5)).toEqual({ end: "too-fast", retryAt: began + 1_400 });
      const other = { holds: [], rate: { ...rate, name: "xjc" }, counters: [] };
      expect(await admit(engine, "job_a", other)).toEqual({ end: "written" });
    }),
  );

  test(
    "a counter fills up to its maximum and can be given back, but never falls below zero",
    withEngine(open, async ({ engine, another }) => {
      const other = await another();
      await stored(engine, sampleJob("job_a"));
      const count = (amount: number, max: number) => ({ holds: [], counters: [{ name: "day", amount, max }] });
      expect(await engine.counter("day")).toBe(0);
      expect(await admit(engine, "job_a", count(4, 10))).toEqual({ end: "written" });
      expect(await admit(other, "job_a", count(6, 10))).toEqual({ end: "written" });
      expect(await admit(engine, "job_a", count(0.5, 10))).toEqual({ end: "over", counter: "day", count: 10 });
      await rewrite(engine, "job_a", { wakeAt: null, uncount: [{ name: "day", amount: 1.5 }] });
      expect(await other.counter("day")).toBe(8.5);
      const swap = { uncount: [{ name: "day", amount: 8.5 }] };
      expect(await admit(engine, "job_a", count(10, 10), swap)).toEqual({ end: "written" });
      await rewrite(engine, "job_a", { wakeAt: null, uncount: [{ name: "day", amount: 99 }] });
      expect(await engine.counter("day")).toBe(0);
    }),
  );

  test(
    "places are checked first, then the rate, then counters, and the answer names the first bound that does not hold",
    withEngine(open, async ({ engine, clock }) => {
      await stored(engine, sampleJob("job_a"));
      await stored(engine, sampleJob("job_b"));
      const rate = { name: "spark", max: 1, windowMs: 1_000 };
      const all = { ...place(1), rate, counters: [{ name: "day", amount: 1, max: 1 }] };
      expect(await admit(engine, "job_a", all)).toEqual({ end: "written" });
      expect(await admit(engine, "job_b", all)).toMatchObject({ end: "full" });
      await rewrite(engine, "job_a", { wakeAt: null, release: true });
      expect(await admit(engine, "job_b", all)).toMatchObject({ end: "too-fast" });
      await clock.advance(1_000);
      expect(await admit(engine, "job_b", all)).toMatchObject({ end: "over" });
    }),
  );

  test(
    "a count is stored with its write, under its name, and not at all if the write is refused",
    withEngine(open, async ({ engine, another }) => {
      await stored(engine, sampleJob("job_a"));
      const count = [
        { name: "charged:spark:ann", amount: 6 },
        { name: "charged:spark:bob", amount: 1.5 },
        { name: "started:ann", amount: 1 },
      ];
      await rewrite(engine, "job_a", { count });
      await rewrite(engine, "job_a", { count: count.slice(0, 1) });
      const stale = { ...sampleJob("job_a"), version: 1 };
      expect(await engine.write(stale, { count })).toEqual({ end: "conflict" });
      expect(await (await another()).counters("charged:")).toEqual([
        { name: "charged:spark:ann", count: 12 },
        { name: "charged:spark:bob", count: 1.5 },
      ]);
      expect(await engine.counters("charged:%")).toEqual([]);
    }),
  );

  test(
    "a full answer says how many of the provider's queued jobs are ahead",
    withEngine(open, async ({ engine }) => {
      await stored(engine, sampleJob("job_busy", { createdAt: 1 }));
      await admit(engine, "job_busy", place(1));
      await stored(engine, sampleJob("job_late", { createdAt: 9 }));
      await stored(engine, sampleJob("job_first", { createdAt: 2 }));
      await stored(engine, sampleJob("job_second", { createdAt: 3 }));
      await stored(engine, sampleJob("job_twin", { createdAt: 3 }));
      await stored(engine, sampleJob("job_other", { createdAt: 2, provider: "xjc" }));
      const ahead = async (id: string) => {
        const end = await admit(engine, id, place(1));
        return end.end === "full" ? end.ahead : end;
      };
      expect(await ahead("job_first")).toBe(0);
      expect(await ahead("job_second")).toBe(1);
      expect(await ahead("job_twin")).toBe(2);
      expect(await ahead("job_late")).toBe(3);
    }),
  );
}
