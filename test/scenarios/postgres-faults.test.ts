import { openPostgresEngine } from "@toolcast/core/engine";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAdvance, leaseMs, nowhere, pollMs, rewrite, stored } from "../contracts/engine-fixture.ts";
import { createManualClock } from "../manual-clock.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { createTraffic } from "../postgres-fixture.ts";
import { sampleJob } from "../sample-job.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

let cluster: PostgresCluster;
let databases = 0;

/** Breaks the connection at the next statement that begins so: before it is sent, or when its answer is due. */
interface Fault {
  begins: string;
  when: "before" | "after";
}

function createFaultyClient(faults: Fault[]): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: ConstructorParameters<typeof pg.Client>[0]) {
      super(config);
      const query = this.query.bind(this) as (statement: unknown, ...more: unknown[]) => Promise<unknown>;
      this.query = (async (statement: string | { text: string }, ...more: unknown[]) => {
        const text = typeof statement === "string" ? statement : statement.text;
        const at = faults.findIndex(({ begins }) => text.startsWith(begins));
        const [fault] = at === -1 ? [] : faults.splice(at, 1);
        if (fault?.when !== "before") {
          const answer = await query(statement, ...more);
          if (fault === undefined) {
            return answer;
          }
        }
        (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
        throw new Error("Connection terminated unexpectedly");
      }) as typeof this.query;
    }
  } as typeof pg.Client;
}

describe.skipIf(reasonToSkipPostgres() !== null)("PostgreSQL out of reach", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
  });
  afterAll(() => cluster?.remove());

  async function inDatabase(): Promise<string> {
    databases += 1;
    await cluster.createDatabase(`faults_${databases}`);
    return cluster.url(`faults_${databases}`);
  }

  const admission = {
    holds: [{ resource: "spark", max: 1 }],
    rate: { name: "spark", max: 5, windowMs: 60_000 },
    counters: [{ name: "day", amount: 1, max: 5 }],
  };
  const starting = { state: { phase: "starting", step: "one", attempt: "a1", since: 0 } } as const;

  test.each([
    ["COMMIT", "before"],
    ["COMMIT", "after"],
    ["UPDATE toolcast.jobs", "before"],
    ["UPDATE toolcast.jobs", "after"],
    ["BEGIN", "after"],
  ] as const)("a start whose %s is lost %s it arrives is on record once", async (begins, when) => {
    verifies("paid-once.commit-unknown");
    const faults: Fault[] = [];
    const engine = await openPostgresEngine({
      ...{ url: await inDatabase(), clock: createManualClock(), random: createSeededRandom() },
      client: createFaultyClient(faults),
    });
    await stored(engine, sampleJob("job_a"));
    faults.push({ begins, when });
    expect(await rewrite(engine, "job_a", { wakeAt: null, admission }, starting)).toEqual({ end: "written" });
    expect(faults).toEqual([]);
    expect(await engine.read("job_a")).toMatchObject({ version: 2, state: { phase: "starting", attempt: "a1" } });
    expect(await engine.counter("day")).toBe(1);
    await engine.close();
  });

  test.each(["before", "after"] as const)(
    "a job, an event and a plain write whose answer is lost %s they arrive are stored once, and known to be ours",
    async (when) => {
      verifies("paid-once.commit-unknown");
      const faults: Fault[] = [];
      const engine = await openPostgresEngine({
        ...{ url: await inDatabase(), clock: createManualClock(), random: createSeededRandom() },
        client: createFaultyClient(faults),
      });
      const lose = (begins: string) => faults.push({ begins, when });
      lose("INSERT INTO toolcast.jobs");
      expect(await engine.create(sampleJob("job_a", { key: "k" }), { wakeAt: 0 })).toMatchObject({ created: true });
      lose("UPDATE toolcast.jobs");
      expect(await rewrite(engine, "job_a", { wakeAt: 0 })).toEqual({ end: "written" });
      lose("COMMIT");
      const event = { id: "chat:1", surface: "chat", content: {}, keepUntil: Number.MAX_SAFE_INTEGER };
      expect((await engine.inbox.take(event)).taken).toBe(true);
      expect((await engine.inbox.take(event)).taken).toBe(false);
      lose("COMMIT");
      const again = await engine.create(sampleJob("job_b", { key: "l" }), { wakeAt: 0, inbox: "chat:1" });
      expect(again).toMatchObject({ created: true });
      lose("COMMIT");
      expect(await engine.inbox.fill("chat:1", { id: "chat:2", content: 2 })).toBe("joined");
      expect(await engine.inbox.fill("chat:1", { id: "chat:2", content: 2 })).toBe("repeated");
      expect(await engine.inbox.read("chat:1")).toMatchObject({ job: "job_b", parts: [{ id: "chat:2" }] });
      lose("UPDATE toolcast.jobs");
      await engine.wake("job_a", 0);
      expect(faults).toEqual([]);
      expect(await engine.count({})).toBe(2);
      await engine.close();
    },
  );

  test.each(["INSERT INTO toolcast.jobs", "UPDATE toolcast.jobs"])(
    "a write (%s) that may have happened before an outage is not said to have been refused",
    async (begins) => {
      verifies("paid-once.commit-unknown");
      const faults: Fault[] = [];
      const clock = createManualClock();
      const engine = await openPostgresEngine({
        ...{ url: await inDatabase(), clock, random: createSeededRandom(), client: createFaultyClient(faults) },
      });
      await stored(engine, sampleJob("job_a"));
      faults.push({ begins, when: "after" });
      for (let lost = 0; lost < 100; lost += 1) {
        // Both ways to find out: the same write again, and a look at the job.
        faults.push({ begins: "INSERT", when: "before" }, { begins: "BEGIN", when: "before" });
      }
      const write = begins.startsWith("INSERT")
        ? engine.create(sampleJob("job_b"), { wakeAt: 0 })
        : rewrite(engine, "job_a", { wakeAt: 0 });
      const told = expect(write).rejects.toMatchObject({ failure: { sentence: { key: "storage.unclear" } } });
      for (let waits = 0; waits < 30; waits += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await clock.advance(1_000);
      }
      await told;
      faults.length = 0;
      expect(await engine.count({})).toBe(begins.startsWith("INSERT") ? 2 : 1);
      expect(await engine.read("job_a")).toMatchObject({ version: begins.startsWith("INSERT") ? 1 : 2 });
      await engine.close();
    },
  );

  test.each([null, "before", "after"] as const)(
    "jobs stored at once share a commit, each answered as if it were alone (its answer lost: %s)",
    async (when) => {
      verifies("paid-once.commit-unknown", "survives.engine");
      const url = await inDatabase();
      const faults: Fault[] = [];
      const open = () =>
        openPostgresEngine({
          ...{ url, clock: createManualClock(), random: createSeededRandom(7) },
          client: createFaultyClient(faults),
        });
      const engine = await open();
      const create = (id: string, key: string) => engine.create(sampleJob(id, { key }), { wakeAt: null });
      const first = create("job_first", "key first");
      if (when !== null) {
        await first;
        faults.push({ begins: "INSERT INTO toolcast.jobs", when }, { begins: "INSERT INTO toolcast.jobs", when });
      }
      const refused = expect(create("job_\u0000", "key")).rejects.toThrow();
      const all = Array.from({ length: 40 }, (_, n) => create(`job_${n}`, `key ${n % 30}`));
      const answers = await Promise.all(all);
      await refused;
      expect((await first).created).toBe(true);
      expect(faults).toEqual([]);
      expect(answers.map(({ created }) => created)).toEqual(all.map((_, n) => n < 30));
      expect(answers.map(({ job }) => job.id)).toEqual(all.map((_, n) => `job_${n % 30}`));
      expect(await engine.count({})).toBe(31);
      await engine.close();
    },
  );

  test("a claim whose answer is lost is found, and its job advanced once", async () => {
    verifies("paid-once.commit-unknown");
    const faults: Fault[] = [];
    const clock = createManualClock();
    const engine = await openPostgresEngine({
      ...{ url: await inDatabase(), clock, random: createSeededRandom(), client: createFaultyClient(faults) },
      databaseTime: () => clock.now(),
    });
    await stored(engine, sampleJob("job_a"), { wakeAt: clock.now() });
    faults.push({ begins: "WITH due AS", when: "after" });
    const { promise, resolve } = Promise.withResolvers<string>();
    await engine.schedule({ advance: async ({ jobId }) => resolve(jobId), surfaces: nowhere });
    expect(await promise).toBe("job_a");
    expect(faults).toEqual([]);
    await engine.close();
  });

  /** Two processes on a new store, of which the first works on `job_a`. */
  async function withTwo(act: (two: Awaited<ReturnType<typeof openTwo>>) => Promise<void>): Promise<void> {
    const two = await openTwo();
    try {
      await act(two);
    } finally {
      await Promise.all([two.one.close(), two.other.close()]);
    }
  }

  async function openTwo() {
    const url = await inDatabase();
    const clock = createManualClock();
    const traffic = createTraffic();
    clock.settleWith(traffic.settled);
    const open = () =>
      openPostgresEngine({
        ...{ url, clock, random: createSeededRandom(), leaseMs, pollMs },
        ...{ client: traffic.client, databaseTime: () => Math.floor(clock.now()), connections: 1 },
      });
    const [one, other] = [await open(), await open()];
    const [first, second] = [createAdvance(), createAdvance()];
    await one.schedule({ advance: first.advance, surfaces: nowhere });
    await stored(one, sampleJob("job_a"), { wakeAt: clock.now() });
    await clock.advance(0);
    await other.schedule({ advance: second.advance, surfaces: nowhere });
    return { clock, one, other, first, second };
  }

  describe("whose synchronous standby is away", () => {
    let primary: PostgresCluster;
    let standby: PostgresCluster;
    let admin: pg.Client;

    beforeAll(async () => {
      primary = await startPostgres();
      await primary.createDatabase("replicated");
      standby = await primary.addStandby();
      admin = new pg.Client(primary.url("postgres"));
      await admin.connect();
    });
    afterAll(async () => {
      await admin?.end();
      await standby?.remove();
      await primary?.remove();
    });

    /** The backends whose commit waits for the standby, once there are some. */
    async function waiting(): Promise<number[]> {
      let pids: number[] = [];
      await expect
        .poll(async () => {
          const { rows } = await admin.query<{ pid: number }>(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
          );
          pids = rows.map(({ pid }) => pid);
          return pids.length;
        })
        .toBeGreaterThan(0);
      return pids;
    }

    test.each(["pg_cancel_backend", "pg_terminate_backend"])(
      "a start, a job and an event whose commits no longer wait for it because of %s do not count before it has them",
      async (end) => {
        verifies("paid-once.commit-unknown");
        const engine = await openPostgresEngine({
          ...{ url: primary.url("replicated"), clock: createManualClock(), random: createSeededRandom() },
        });
        const event = { id: `${end}:1`, surface: "chat", content: {}, keepUntil: Number.MAX_SAFE_INTEGER };
        const acts: [name: string, act: () => Promise<unknown>][] = [
          [
            "start",
            () =>
              rewrite(
                engine,
                end,
                { wakeAt: null, admission: { counters: [], holds: [{ resource: end, max: 1 }] } },
                starting,
              ),
          ],
          ["write", () => rewrite(engine, end, { wakeAt: null })],
          ["job", () => engine.create(sampleJob(`${end}_b`, { key: end }), { wakeAt: null })],
          ["event", () => engine.inbox.take(event)],
        ];
        await stored(engine, sampleJob(end));
        for (const [name, act] of acts) {
          await standby.stop();
          let over = false;
          const done = act().finally(() => {
            over = true;
          });
          for (const pid of await waiting()) {
            await admin.query(`SELECT ${end}($1)`, [pid]);
          }
          // The server shows it to others from now on, and the engine asks again.
          await waiting();
          expect(over, name).toBe(false);
          await standby.start();
          expect(await done, name).toBeTruthy();
        }
        await engine.close();
      },
    );
  });

  test("after an outage longer than a lease, work in progress stays with the process that does it", async () => {
    verifies("survives.outage");
    await withTwo(async ({ clock, one, other, first, second }) => {
      await clock.advance(pollMs);
      await cluster.stop();
      await clock.advance(3 * leaseMs);
      expect(first.leases[0]!.isHeld()).toBe(false);
      const write = one.create(sampleJob("job_b"), { wakeAt: null });
      const refused = expect(write).rejects.toMatchObject({ failure: { sentence: { key: "storage.away" } } });
      await clock.advance(10_000);
      await refused;
      await cluster.start();
      await clock.advance(2 * leaseMs);
      expect([first.handed(), second.handed()]).toEqual([["job_a"], []]);
      expect([first.leases[0]!.isHeld(), first.leases[0]!.signal.aborted]).toEqual([true, false]);
      await stored(other, sampleJob("job_c"), { wakeAt: clock.now() });
      await clock.advance(pollMs);
      expect([...first.handed(), ...second.handed()]).toContain("job_c");
    });
  });

  test("short outages that prevent each renewal take no work away either", async () => {
    verifies("survives.outage");
    await withTwo(async ({ clock, first, second }) => {
      // A renewal is due after a third of a lease, and is tried for five seconds.
      const [outageMs, untilRenewalMs] = [6_500, leaseMs / 3 - 1_000];
      await clock.advance(untilRenewalMs);
      await cluster.stop();
      await clock.advance(outageMs);
      await cluster.start();
      await clock.advance(leaseMs / 3 - 1_500);
      await cluster.stop();
      await clock.advance(outageMs);
      await cluster.start();
      expect(first.leases[0]!.isHeld()).toBe(false);
      await clock.advance(leaseMs);
      expect([first.handed(), second.handed()]).toEqual([["job_a"], []]);
      expect(first.leases[0]!.isHeld()).toBe(true);
    });
  });
});
