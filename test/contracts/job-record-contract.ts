import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { type OpenEngine, rewrite, stored, withEngine } from "./engine-fixture.ts";

/** Part one: create, read, compare-and-set, list, count; locks. */
export function recordContract(open: OpenEngine): void {
  test(
    "a new job is stored as version 1 and can be read back whole by any process",
    withEngine(open, async ({ engine, another }) => {
      const job = sampleJob("job_a", { key: "event-1", price: { known: false, dependsOn: "duration" } as never });
      const { created, job: returned } = await engine.create(job, { wakeAt: null });
      expect(created).toBe(true);
      expect(returned).toEqual({ ...job, version: 1 });
      expect(await (await another()).read("job_a")).toEqual({ ...job, version: 1 });
      expect(await engine.read("job_b")).toBeNull();
    }),
  );

  test(
    "creating with an existing key returns the job that has it and writes nothing",
    withEngine(open, async ({ engine, another }) => {
      await stored(engine, sampleJob("job_a", { key: "event-1" }));
      const other = await another();
      const repeated = await other.create(sampleJob("job_b", { key: "event-1", owner: "web:bob" }), { wakeAt: 0 });
      expect(repeated.created).toBe(false);
      expect(repeated.job.id).toBe("job_a");
      expect(await engine.read("job_b")).toBeNull();
      await stored(engine, sampleJob("job_c"));
      await stored(engine, sampleJob("job_d"));
      expect(await engine.count({})).toBe(3);
    }),
  );

  test(
    "a job is found by its key and by no other",
    withEngine(open, async ({ engine, another }) => {
      await stored(engine, sampleJob("job_a", { key: "event-1" }));
      expect((await (await another()).find("event-1"))?.id).toBe("job_a");
      expect(await engine.find("event-2")).toBeNull();
    }),
  );

  test(
    "a write that does not mention the next wake-up leaves it as it was",
    withEngine(open, async ({ engine, clock }) => {
      const { job } = await engine.create(sampleJob("job_a"), { wakeAt: clock.now() + 60_000 });
      expect(await engine.write({ ...job, acknowledgement: "shown" }, {})).toEqual({ end: "written" });
      const advanced: string[] = [];
      const schedule = await engine.schedule({
        advance: async ({ jobId }) => void advanced.push(jobId),
        surfaces: () => [],
      });
      await clock.advance(59_000);
      expect(advanced).toEqual([]);
      await clock.advance(2_000);
      expect(advanced).toEqual(["job_a"]);
      await schedule.stop(0);
    }),
  );

  test(
    "of many simultaneous creations with one key, exactly one creates a job",
    withEngine(open, async ({ engine, another }) => {
      const engines = [engine, await another()];
      const ends = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          engines[n % 2]!.create(sampleJob(`job_${n}`, { key: "same" }), { wakeAt: null }),
        ),
      );
      expect(ends.filter((end) => end.created)).toHaveLength(1);
      expect(new Set(ends.map((end) => end.job.id)).size).toBe(1);
    }),
  );

  test(
    "an id cannot be taken twice, and the failure affects nobody else's write",
    withEngine(open, async ({ engine }) => {
      await stored(engine, sampleJob("job_a"));
      const [twice, fresh] = await Promise.allSettled([
        engine.create(sampleJob("job_a", { key: "another" }), { wakeAt: null }),
        engine.create(sampleJob("job_b"), { wakeAt: null }),
      ]);
      expect(twice.status).toBe("rejected");
      expect(fresh.status).toBe("fulfilled");
      expect(await engine.count({})).toBe(2);
    }),
  );

  test(
    "options that belong to a write are refused at creation",
    withEngine(open, async ({ engine }) => {
      const admission = { holds: [], counters: [] };
      await expect(engine.create(sampleJob("job_a"), { wakeAt: null, admission })).rejects.toThrow(TypeError);
      await expect(engine.create(sampleJob("job_a"), { wakeAt: null, release: true })).rejects.toThrow(TypeError);
      expect(await engine.read("job_a")).toBeNull();
    }),
  );

  test(
    "a write needs the stored version; of two writes with the same version, one succeeds",
    withEngine(open, async ({ engine, another }) => {
      const job = await stored(engine, sampleJob("job_a"));
      const other = await another();
      const ends = await Promise.all([
        engine.write({ ...job, tool: "one" }, { wakeAt: null }),
        other.write({ ...job, tool: "two" }, { wakeAt: null }),
      ]);
      expect(ends.map(({ end }) => end).sort()).toEqual(["conflict", "written"]);
      const winner = ends[0]!.end === "written" ? "one" : "two";
      expect(await engine.read("job_a")).toMatchObject({ version: 2, tool: winner });
      expect(await engine.write(sampleJob("job_unknown", { version: 1 }), { wakeAt: null })).toEqual({
        end: "conflict",
      });
      expect(await engine.read("job_unknown")).toBeNull();
    }),
  );

  test(
    "changing a job object after passing it in, or after getting it back, changes nothing in the store",
    withEngine(open, async ({ engine }) => {
      const job = sampleJob("job_a");
      const creating = engine.create(job, { wakeAt: null });
      job.input.prompt = "changed";
      const { job: returned } = await creating;
      expect(returned.input.prompt).toBe("日照金山");
      const next = structuredClone(returned);
      const writing = engine.write(next, { wakeAt: null });
      next.input.prompt = "changed";
      await writing;
      (await engine.read("job_a"))!.input.prompt = "changed";
      expect((await engine.read("job_a"))!.input.prompt).toBe("日照金山");
    }),
  );

  test(
    "jobs are listed newest first by every field of the filter, and counted by the same filter",
    withEngine(open, async ({ engine }) => {
      await stored(engine, sampleJob("job_1", { createdAt: 1, updatedAt: 9 }));
      await stored(engine, sampleJob("job_2", { createdAt: 2, updatedAt: 5, owner: "web:bob", provider: "xjc" }));
      await stored(engine, sampleJob("job_3", { createdAt: 3, updatedAt: 6, surface: "cli", conversation: "shell" }));
      await stored(engine, sampleJob("job_4", { createdAt: 3, updatedAt: 7, state: { phase: "succeeded" } }));
      const ids = async (filter: Parameters<typeof engine.list>[0]) => {
        const listed = (await engine.list(filter)).map((job) => job.id);
        expect(await engine.count(filter)).toBe(filter.limit === undefined ? listed.length : 4);
        return listed;
      };
      expect(await ids({})).toEqual(["job_4", "job_3", "job_2", "job_1"]);
      expect(await ids({ limit: 2 })).toEqual(["job_4", "job_3"]);
      expect(await ids({ owner: "web:bob" })).toEqual(["job_2"]);
      expect(await ids({ surface: "cli" })).toEqual(["job_3"]);
      expect(await ids({ surface: "web", conversation: "main" })).toEqual(["job_4", "job_2", "job_1"]);
      expect(await ids({ conversation: "shell" })).toEqual(["job_3"]);
      expect(await ids({ phases: ["succeeded", "failed"] })).toEqual(["job_4"]);
      expect(await ids({ phases: [] })).toEqual([]);
      expect(await ids({ provider: "spark", phases: ["queued"] })).toEqual(["job_3", "job_1"]);
      expect(await ids({ changedSince: 7 })).toEqual(["job_4", "job_1"]);
      expect(await ids({ createdBefore: 3 })).toEqual(["job_2", "job_1"]);
      await rewrite(engine, "job_1", { wakeAt: null }, { state: { phase: "cancelled" }, updatedAt: 20 });
      expect(await ids({ phases: ["cancelled"], changedSince: 20 })).toEqual(["job_1"]);
    }),
  );

  test(
    "changes are those after a cursor, by whichever process, in the order of their last writes and each at least once",
    withEngine(open, async ({ engine, another, clock }) => {
      const other = await another();
      await stored(engine, sampleJob("job_old"));
      const { cursor, jobs } = await engine.changes(null);
      expect(jobs).toEqual([]);
      expect((await other.changes(cursor)).jobs).toEqual([]);
      await stored(engine, sampleJob("job_a"));
      await stored(other, sampleJob("job_b"));
      // Neither the clock nor what a record says about its last change plays a part.
      await clock.advance(5_000);
      clock.step(-60 * 60_000);
      await rewrite(other, "job_old", { wakeAt: null }, { updatedAt: 1 });
      await rewrite(engine, "job_a", { wakeAt: null });
      const changed = await engine.changes(cursor);
      expect(changed.jobs.map(({ id, version }) => [id, version])).toEqual([
        ["job_b", 1],
        ["job_old", 2],
        ["job_a", 2],
      ]);
      expect((await engine.changes(changed.cursor)).jobs).toEqual([]);
      const first = await engine.changes(cursor, 2);
      expect(first.jobs.map(({ id }) => id)).toEqual(["job_b", "job_old"]);
      expect((await engine.changes(first.cursor, 2)).jobs.map(({ id }) => id)).toEqual(["job_a"]);
      await engine.wake("job_b", clock.now());
      expect((await engine.changes(changed.cursor)).jobs).toEqual([]);
    }),
  );

  test(
    "a page of any filter goes on where the one before ended, whatever the phases in between",
    withEngine(open, async ({ engine }) => {
      const phases = ["queued", "succeeded", "cancelled", "succeeded"] as const;
      for (let n = 0; n < 40; n += 1) {
        const state = { phase: phases[n % 4]! } as never;
        await stored(engine, sampleJob(`job_${n}`, { state, createdAt: Math.floor(n / 3), owner: `web:${n % 2}` }));
      }
      for (const filter of [{}, { owner: "web:1" }, { phases: ["succeeded", "cancelled"] as const }]) {
        const whole = await engine.list(filter);
        const pages: string[] = [];
        for (let after: string | undefined; ; after = pages.at(-1)) {
          const page = await engine.list({ ...filter, after, limit: 3 });
          if (page.length === 0) break;
          pages.push(...page.map(({ id }) => id));
        }
        expect(pages).toEqual(whole.map(({ id }) => id));
        expect(await engine.count(filter)).toBe(whole.length);
      }
    }),
  );

  test(
    "a removed job leaves its key and the mark of its request, with which nothing is ever created again",
    withEngine(open, async ({ engine, another }) => {
      const other = await another();
      const state = { phase: "succeeded" } as const;
      const job = await stored(engine, sampleJob("job_old", { key: "k", request: "mark", state }));
      await stored(engine, sampleJob("job_keyless", { state }));
      const open_ = await stored(engine, sampleJob("job_open"));
      const last = await stored(engine, sampleJob("job_last", { state }));
      expect(await engine.remove("job_open", open_.version)).toBe(false);
      expect(await engine.remove("job_old", job.version + 1)).toBe(false);
      expect(await engine.remove("job_unknown", 1)).toBe(false);
      // The last change of all keeps its number.
      expect(await engine.remove("job_last", last.version)).toBe(false);
      expect(await engine.remove("job_old", job.version)).toBe(true);
      expect(await engine.remove("job_old", job.version)).toBe(false);
      expect(await other.remove("job_keyless", 1)).toBe(true);
      expect(await other.read("job_old")).toBeNull();
      expect((await other.list({})).map(({ id }) => id)).toEqual(["job_last", "job_open"]);
      expect(await other.count({ phases: ["succeeded"] })).toBe(1);
      expect(await other.write({ ...job, version: 1 }, {})).toEqual({ end: "conflict" });
      const gone = { id: "job_old", key: "k", request: "mark", removed: true };
      expect(await other.find("k")).toMatchObject(gone);
      await other.inbox.take({ id: "web:1", surface: "web", content: {}, keepUntil: Number.MAX_SAFE_INTEGER });
      const again = await engine.create(sampleJob("job_again", { key: "k" }), { wakeAt: 0, inbox: "web:1" });
      expect(again).toMatchObject({ created: false, job: gone });
      expect(await engine.read("job_again")).toBeNull();
      expect(await engine.inbox.read("web:1")).toMatchObject({ job: "job_old" });
    }),
  );

  test(
    "the oldest jobs can be listed first, page by page",
    withEngine(open, async ({ engine }) => {
      for (const [n, id] of ["job_c", "job_a", "job_b", "job_d"].entries()) {
        const state = { phase: n % 2 ? "succeeded" : "failed" } as never;
        await stored(engine, sampleJob(id, { createdAt: Math.floor(n / 2), state }));
      }
      const ids = async (filter: Parameters<typeof engine.list>[0]) =>
        (await engine.list({ ...filter, oldestFirst: true })).map(({ id }) => id);
      expect(await ids({})).toEqual(["job_c", "job_a", "job_b", "job_d"]);
      expect(await ids({ limit: 2 })).toEqual(["job_c", "job_a"]);
      expect(await ids({ after: "job_a" })).toEqual(["job_b", "job_d"]);
      expect(await ids({ createdBefore: 1, phases: ["succeeded"] })).toEqual(["job_a"]);
      expect(await ids({ after: "job_none" })).toEqual([]);
    }),
  );

  test(
    "counters are read from a name on, and removed by a range of names, some at a time",
    withEngine(open, async ({ engine }) => {
      await stored(engine, sampleJob("job_a"));
      const names = ["starts:1:ann", "starts:2:ann", "starts:2:bob", "starts:3:ann", "starts_", "charged|1"];
      await rewrite(engine, "job_a", { count: names.map((name) => ({ name, amount: 1 })) });
      const left = async (prefix: string, from?: string) =>
        (await engine.counters(prefix, from)).map(({ name }) => name);
      expect(await left("starts:", "starts:2:b")).toEqual(["starts:2:bob", "starts:3:ann"]);
      expect(await left("starts:", "a")).toHaveLength(4);
      expect(await engine.removeCounters("starts:", "starts:3", 2)).toBe(2);
      expect(await left("starts:")).toEqual(["starts:2:bob", "starts:3:ann"]);
      expect(await engine.removeCounters("starts:", "starts:3", 2)).toBe(1);
      expect(await engine.removeCounters("starts:", "starts:3", 2)).toBe(0);
      expect(await left("")).toEqual(["charged|1", "starts:3:ann", "starts_"]);
    }),
  );

  test(
    "a list holds 50 jobs by default, and never more than 1,000",
    withEngine(open, async ({ engine }) => {
      await Promise.all(
        Array.from({ length: 1_001 }, (_, n) => engine.create(sampleJob(`job_${n}`), { wakeAt: null })),
      );
      expect(await engine.list({})).toHaveLength(50);
      expect(await engine.list({ limit: 5_000 })).toHaveLength(1_000);
      expect(await engine.count({})).toBe(1_001);
    }),
  );

  test(
    "pages follow each other without a gap, even among jobs of one instant and after a job that no longer matches",
    withEngine(open, async ({ engine }) => {
      await stored(engine, sampleJob("job_1", { createdAt: 1 }));
      await stored(engine, sampleJob("job_4", { createdAt: 3 }));
      await stored(engine, sampleJob("job_2", { createdAt: 2, owner: "web:bob" }));
      await stored(engine, sampleJob("job_3", { createdAt: 2 }));
      await stored(engine, sampleJob("job_5", { createdAt: 3 }));
      const page = async (after: string | undefined) =>
        (await engine.list({ owner: "web:ada", phases: ["queued"], limit: 2, after })).map((job) => job.id);
      expect(await page(undefined)).toEqual(["job_5", "job_4"]);
      expect(await page("job_5")).toEqual(["job_4", "job_3"]);
      await rewrite(engine, "job_4", { wakeAt: null }, { state: { phase: "cancelled" } });
      expect(await page("job_4")).toEqual(["job_3", "job_1"]);
      expect(await page("job_2")).toEqual(["job_1"]);
      expect(await page("job_1")).toEqual([]);
      expect(await page("job_9")).toEqual([]);
      expect(await engine.count({ after: "job_4" })).toBe(3);
    }),
  );

  test(
    "jobs are found by the beginning of their id, even if it contains wildcard characters",
    withEngine(open, async ({ engine }) => {
      for (const id of ["job_a_1", "job_a%2", "job_ax3", "job_A_4", "job_b"]) {
        await stored(engine, sampleJob(id));
      }
      const found = async (idBegins: string) => (await engine.list({ idBegins })).map(({ id }) => id).sort();
      expect(await found("job_a_")).toEqual(["job_a_1"]);
      expect(await found("job_a%")).toEqual(["job_a%2"]);
      expect(await found("job_a")).toEqual(["job_a%2", "job_a_1", "job_ax3"]);
      expect(await found("ob_a")).toEqual([]);
      expect(await found("")).toHaveLength(5);
      expect(await engine.count({ idBegins: "job_a" })).toBe(3);
    }),
  );

  test(
    "a lock has one holder at a time, until it is released or expires",
    withEngine(open, async ({ engine, another, clock }) => {
      const other = await another();
      expect(await engine.lock("token", "one", 1_000)).toBe(true);
      expect(await other.lock("token", "two", 1_000)).toBe(false);
      expect(await other.lock("other token", "two", 1_000)).toBe(true);
      await clock.advance(600);
      expect(await engine.lock("token", "one", 1_000)).toBe(true);
      await clock.advance(600);
      expect(await other.lock("token", "two", 1_000)).toBe(false);
      await other.unlock("token", "two");
      expect(await other.lock("token", "two", 1_000)).toBe(false);
      await clock.advance(400);
      expect(await other.lock("token", "two", 1_000)).toBe(true);
      await other.unlock("token", "two");
      expect(await engine.lock("token", "one", 1_000)).toBe(true);
      // One that expires at once only tells whether anybody has it.
      expect(await other.lock("looked at", "two", 0)).toBe(true);
      expect(await engine.lock("looked at", "one", 1_000)).toBe(true);
      expect(await other.lock("looked at", "two", 0)).toBe(false);
    }),
  );

  test(
    "a closed engine answers with an error, and closing it twice is harmless",
    withEngine(open, async ({ another }) => {
      const other = await another();
      await Promise.all([other.close(), other.close()]);
      await expect(other.read("job_a")).rejects.toThrow("closed");
      await expect(other.create(sampleJob("job_a"), { wakeAt: null })).rejects.toThrow("closed");
      await other.close();
    }),
  );
}
