import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import {
  lockToMove,
  type MoveCompanion,
  openDatabase,
  openMoveTarget,
  openPostgresStore,
  wasMoved,
} from "@toolcast/core/engine";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

const secretKey = new Uint8Array(32).fill(9);
const tools = { clock: systemClock, random: systemRandom };
const companion: MoveCompanion = { tables: [], async migrate() {}, async copy() {} };
const hourMs = 60 * 60_000;
const rate = { name: "spark-starts", max: 1, windowMs: hourMs };
const ofLine = { holds: [{ resource: "spark", max: 1 }], counters: [] };

let cluster: PostgresCluster;
let directory: string;
let file: string;
let databases = 0;
let closers: (() => unknown)[];

describe.skipIf(reasonToSkipPostgres() !== null)("moving a store into PostgreSQL", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
  });
  afterAll(() => cluster?.remove());
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "toolcast-move-"));
    file = join(directory, "jobs.sqlite");
    databases += 1;
    await cluster.createDatabase(`move_${databases}`);
    closers = [];
  });
  afterEach(async () => {
    for (const close of closers.reverse()) {
      await close();
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const later = <T extends { close(): unknown }>(one: T): T => {
    closers.push(() => one.close());
    return one;
  };
  const url = () => cluster.url(`move_${databases}`);
  const lock = () => later(lockToMove(file)!);
  const openEngine = () => later(openSqliteEngine({ file, ...tools }));
  const openTarget = async (key = secretKey) =>
    later(await openMoveTarget({ url: url(), clock: systemClock, secretKey: key }));
  const openStore = async () => later(await openPostgresStore({ url: url(), ...tools }));
  async function schemas(): Promise<unknown[]> {
    const client = new pg.Client(url());
    await client.connect();
    const { rows } = await client.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'toolcast%'");
    await client.end();
    return rows;
  }

  const held = sampleJob("job_held", { key: "chat:1", request: "a-mark" });
  const running = sampleJob("job_running", { createdAt: 2_000 });
  const inLine = sampleJob("job_in_line", { createdAt: 3_000, input: { prompt: "NUL \0, half \ud800, 日照金山" } });

  /** A store with some of everything. */
  async function fill(): Promise<void> {
    const engine = openEngine();
    const ended = sampleJob("job_ended", { key: "chat:0", request: "old-mark", state: { phase: "succeeded" } });
    await engine.create(ended, { wakeAt: null });
    await engine.create(held, { wakeAt: null });
    await engine.create(running, { wakeAt: null });
    await engine.create(inLine, { wakeAt: null });
    expect(await engine.remove("job_ended", 1)).toBe(true);
    const start = { ...ofLine, rate, counters: [{ name: "day|web:ada", amount: 2, max: 9 }] };
    const write = { ...running, version: 1 };
    expect(await engine.write(write, { wakeAt: Date.now() + hourMs, admission: start })).toMatchObject({
      end: "written",
    });
    await engine.write({ ...inLine, version: 1 }, { wakeAt: null, admission: ofLine });
    const entry = { id: "chat:event", surface: "chat", content: { text: "日照" }, keepUntil: Date.now() + hourMs };
    await engine.inbox.take({ ...entry, credentials: { value: "a handle", expiresAt: Date.now() + hourMs } });
    await engine.inbox.fill("chat:event", { ...entry, id: "chat:part" });
    await engine.inbox.take({ ...entry, id: "chat:closed", state: "done" });
    await engine.state.keyv("voices").set("voice_1", { name: "Ada" });
    await engine.state.keyv("tokens").set("short", "kept", hourMs);
    await engine.close();
  }

  test("everything goes along: jobs, keys, marks, places, rates, counters, events and small state", async () => {
    verifies("survives.move");
    await fill();
    const before = openEngine();
    const jobs = await before.list({});
    const entries = await before.inbox.open("chat");
    await before.close();
    const [source, target] = [lock(), await openTarget()];
    await target.copy((table) => source.rows(table), companion);
    source.markMoved();
    expect(await target.finish()).toBe(true);

    const { engine, state, identity, secretKey: key } = await openStore();
    expect([identity.held(), key]).toEqual([null, secretKey]);
    expect(await engine.list({})).toEqual(jobs);
    expect(jobs.map(({ id }) => id)).toEqual(["job_in_line", "job_running", "job_held"]);
    expect((await engine.find("chat:1"))?.request).toBe("a-mark");
    expect(await engine.find("chat:0")).toMatchObject({ id: "job_ended", removed: true, request: "old-mark" });
    expect(await engine.counter("day|web:ada")).toBe(2);
    expect(await engine.inbox.open("chat")).toEqual(entries);
    expect(entries).toMatchObject([{ parts: [{ id: "chat:part" }], credentials: { value: "a handle" } }]);
    expect((await engine.inbox.take({ ...entries[0]!, id: "chat:closed" })).taken).toBe(false);
    expect(await state.keyv("voices").get("voice_1")).toEqual({ name: "Ada" });
    expect(await state.keyv("tokens").get("short")).toBe("kept");
    // Places and rates are still taken, and new rows are numbered after the others.
    const next = sampleJob("job_next", { createdAt: 4_000 });
    await engine.create(next, { wakeAt: null });
    const admitted = (admission: object) =>
      engine.write({ ...next, version: 1 }, { wakeAt: null, admission: { holds: [], counters: [], ...admission } });
    expect((await admitted(ofLine)).end).not.toBe("written");
    expect((await admitted({ rate })).end).not.toBe("written");
    // What waited in line looks for its place at once, and nothing else is due.
    const looked: string[] = [];
    const schedule = await engine.schedule({
      advance: async ({ jobId }) => void looked.push(jobId),
      surfaces: () => [],
    });
    await expect.poll(() => looked).toContain("job_in_line");
    await schedule.stop(0);
    expect(new Set(looked)).toEqual(new Set(["job_in_line"]));
  });

  test("cut off while it copies, it leaves the store as it was and nothing in the database", async () => {
    verifies("survives.move");
    await fill();
    const [source, target] = [lock(), await openTarget()];
    const broken = {
      ...companion,
      async copy() {
        throw new Error("killed");
      },
    };
    await expect(target.copy((table) => source.rows(table), broken)).rejects.toThrow("killed");
    source.close();
    expect([wasMoved(file), await schemas()]).toEqual([false, []]);
    expect(await openEngine().create(sampleJob("job_more"), { wakeAt: null })).toMatchObject({ created: true });
  });

  test("cut off before the store is marked, the copy is held, and is replaced by the next move", async () => {
    verifies("survives.move");
    await fill();
    const [first, target] = [lock(), await openTarget()];
    await target.copy((table) => first.rows(table), companion);
    first.close();
    expect((await openStore()).identity.held()).toEqual({ key: "store.database-copied" });
    const between = openEngine();
    await between.create(sampleJob("job_more"), { wakeAt: null });
    await between.close();
    const again = lock();
    await target.copy((table) => again.rows(table), companion);
    again.markMoved();
    again.close();
    // Cut off once more, before the copy was released.
    expect((await openStore()).identity.held()).not.toBeNull();
    expect([await target.finish(), await target.finish()]).toEqual([true, false]);
    const { engine, identity } = await openStore();
    expect([identity.held(), (await engine.read("job_more"))?.id]).toEqual([null, "job_more"]);
  });

  test("a database that is used, even for another held copy, is refused", async () => {
    verifies("survives.move");
    await fill();
    const [source, other] = [lock(), await openTarget(new Uint8Array(32).fill(3))];
    await other.copy((table) => source.rows(table), companion);
    const target = await openTarget();
    await expect(target.copy((table) => source.rows(table), companion)).rejects.toThrow(/in use already/);
    expect(await target.finish()).toBe(false);
  });

  test("a store that any process has open cannot be locked, until that is closed", async () => {
    verifies("survives.move");
    await fill();
    const engine = openEngine();
    expect(lockToMove(file)).toBeNull();
    expect(await engine.create(sampleJob("job_more"), { wakeAt: null })).toMatchObject({ created: true });
    await engine.close();
    const source = lock();
    const prepare = () => {};
    expect(() => openDatabase(file, { busyTimeoutMs: 0, prepare })).toThrow(/locked by another program/);
    source.close();
    expect(await openEngine().read("job_more")).not.toBeNull();
  });

  test("an earlier version that opens a moved store can write nothing to it", async () => {
    verifies("survives.move");
    await fill();
    const source = lock();
    source.markMoved();
    source.close();
    expect(wasMoved(file)).toBe(true);
    const engine = openEngine();
    await expect(engine.create(sampleJob("job_more"), { wakeAt: null })).rejects.toThrow(/moved/);
    await expect(engine.write({ ...held, version: 1 }, { wakeAt: 0 })).rejects.toThrow(/moved/);
    await expect(engine.state.keyv("voices").set("voice_2", {})).rejects.toThrow(/moved/);
  });
});
