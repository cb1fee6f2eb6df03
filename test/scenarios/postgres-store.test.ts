import * as suite from "@keyv/test-suite";
import { systemClock, systemRandom } from "@toolcast/core";
import { openPostgresStore, type PostgresStore } from "@toolcast/core/engine";
import { Keyv, type KeyvStoreAdapter } from "keyv";
import pg from "pg";
import * as vitest from "vitest";
import { createManualClock } from "../manual-clock.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { createTraffic } from "../postgres-fixture.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

const { afterAll, afterEach, beforeAll, describe, expect } = vitest;

let cluster: PostgresCluster;
let databases = 0;
const opened: PostgresStore[] = [];

describe.skipIf(reasonToSkipPostgres() !== null)("a store in PostgreSQL", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });
  afterAll(() => cluster?.remove());

  async function newDatabase(): Promise<string> {
    databases += 1;
    await cluster.createDatabase(`store_${databases}`);
    return `store_${databases}`;
  }

  async function open(database: string, options: Partial<Parameters<typeof openPostgresStore>[0]> = {}) {
    const store = await openPostgresStore({
      ...{ url: cluster.url(database), clock: systemClock, random: systemRandom },
      ...options,
    });
    opened.push(store);
    return store;
  }

  async function run(database: string, statement: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(cluster.url(database));
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  vitest.test("processes share small state, and the key of the first", async () => {
    verifies("survives.shared-store");
    const name = await newDatabase();
    const stores = await Promise.all([open(name), open(name), open(name)]);
    await stores[0]!.state.keyv("tokens").set("a", { deep: ["x", "\u0000"] });
    expect(await stores[1]!.state.keyv("tokens").get("a")).toEqual({ deep: ["x", "\u0000"] });
    expect(await stores[1]!.state.keyv("other").get("a")).toBeUndefined();
    expect(stores[0]!.secretKey).toHaveLength(32);
    expect(stores.map(({ secretKey }) => secretKey)).toEqual(Array(3).fill(stores[0]!.secretKey));
    const renewed = await open(name, { newKey: true });
    expect(renewed.secretKey).not.toEqual(stores[0]!.secretKey);
    expect((await open(name)).secretKey).toEqual(renewed.secretKey);
  });

  vitest.test("one database holds two stores in two schemas", async () => {
    const name = await newDatabase();
    const [one, other] = [await open(name), await open(name, { schema: "toolcast_sandbox" })];
    await one.engine.create(sampleJob("job_a", { key: "k" }), { wakeAt: null });
    await one.state.keyv("tokens").set("a", 1);
    expect(await other.engine.find("k")).toBeNull();
    expect(await other.state.keyv("tokens").get("a")).toBeUndefined();
    expect((await other.engine.create(sampleJob("job_a", { key: "k" }), { wakeAt: null })).created).toBe(true);
  });

  vitest.test("what one turn of the event loop writes is one commit, and later operations come after it", async () => {
    const name = await newDatabase();
    const [one, other] = [await open(name), await open(name)];
    const own = one.state.keyv("n");
    // Keyv itself hands over what it is given only after a while.
    const [adapter, another] = [one, other].map(({ state }) => state.keyv("m").opts.store as KeyvStoreAdapter);
    await own.set("a", 0);
    const before = await run(name, "SELECT xmin FROM toolcast.small_state");
    const writes = [adapter!.set("a", "1"), adapter!.set("b", "1"), adapter!.set("a", "2")];
    const deleted = adapter!.delete("a");
    const late = adapter!.set("a", "3");
    expect(await adapter!.getMany!(["a", "b"])).toEqual(["3", "1"]);
    await Promise.all([...writes, late]);
    expect(await deleted).toBe(true);
    expect(await another!.getMany!(["a", "b"])).toEqual(["3", "1"]);
    const together = [own.set("c", 1), own.set("d", 1)];
    await Promise.all(together);
    const rows = await run(name, "SELECT key, xmin FROM toolcast.small_state WHERE key IN ('n:c', 'n:d')");
    expect(new Set(rows.map(({ xmin }) => xmin)).size).toBe(1);
    expect(rows[0]?.xmin).not.toBe(before[0]?.xmin);
    await run(name, "ALTER TABLE toolcast.small_state ADD CONSTRAINT one CHECK (key <> 'n:f')");
    const ends = await Promise.allSettled([own.set("e", 1), own.set("f", 1)]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await own.get(["e", "f"])).toEqual([undefined, undefined]);
    await own.set("e", 2);
    expect(await own.get("e")).toBe(2);
  });

  vitest.test("what has expired by the database's time is gone, and removed in the end", async () => {
    const name = await newDatabase();
    const clock = createManualClock();
    const traffic = createTraffic();
    clock.settleWith(traffic.settled);
    const { state } = await open(name, { clock, client: traffic.client, databaseTime: () => clock.now() });
    const keyv = state.keyv("n");
    await keyv.set("brief", 1, 10);
    await keyv.set("lasting", 1);
    await clock.advance(11);
    const alive: string[] = [];
    for await (const [key] of keyv.iterator?.(undefined) ?? []) {
      alive.push(String(key));
    }
    expect(alive).toEqual(["lasting"]);
    await Promise.all(Array.from({ length: 600 }, (_, n) => keyv.set(`key ${n}`, n)));
    expect(await run(name, "SELECT count(*)::integer AS n FROM toolcast.small_state")).toEqual([{ n: 601 }]);
    const seen = new Set<unknown>();
    for await (const [, value] of keyv.iterator?.(undefined) ?? []) {
      seen.add(value);
    }
    expect(seen.size).toBe(600);
    await keyv.clear();
    expect(await run(name, "SELECT key FROM toolcast.small_state")).toEqual([]);
  });

  vitest.test("an iteration that the database cuts off throws instead of ending early", async () => {
    const name = await newDatabase();
    const { state } = await open(name);
    const keyv = state.keyv("n");
    await Promise.all(Array.from({ length: 250 }, (_, n) => keyv.set(`key ${n}`, n)));
    let seen = 0;
    const iterate = async () => {
      for await (const _entry of keyv.iterator?.(undefined) ?? []) {
        seen += 1;
        if (seen === 1) {
          await run(name, "ALTER TABLE toolcast.small_state RENAME TO moved");
        }
      }
    };
    await expect(iterate()).rejects.toThrow("small_state");
    expect(seen).toBe(200);
  });

  vitest.test("a copy of the database is held until it is released, in every process", async () => {
    verifies("paid-once.copied-store");
    const name = await newDatabase();
    const original = await open(name);
    expect(original.identity.held()).toBeNull();
    await original.close();
    await cluster.createDatabase(`${name}_copy`, name);
    const clock = createManualClock();
    const traffic = createTraffic();
    clock.settleWith(traffic.settled);
    const copies = [
      await open(`${name}_copy`),
      await open(`${name}_copy`, { clock, client: traffic.client, databaseTime: () => clock.now() }),
    ];
    expect(copies.map(({ identity }) => identity.held())).toEqual(Array(2).fill({ key: "store.database-copied" }));
    await copies[0]!.identity.release();
    expect(copies[0]!.identity.held()).toBeNull();
    await clock.advance(1_000);
    copies[1]!.identity.held();
    await clock.advance(0);
    expect(copies[1]!.identity.held()).toBeNull();
    expect((await open(`${name}_copy`)).identity.held()).toBeNull();
    expect((await open(name)).identity.held()).toBeNull();
  });

  vitest.test("a role that is not a superuser opens a store and notices a copy", async () => {
    const name = await newDatabase();
    await run(name, `CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE "${name}" TO app`);
    const asApp = (database: string) => ({ url: cluster.url(database).replace("toolcast@", "app@") });
    await (await open(name, asApp(name))).close();
    await cluster.createDatabase(`${name}_copy`, name);
    expect((await open(`${name}_copy`, asApp(`${name}_copy`))).identity.held()).not.toBeNull();
    await run(name, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    const other = await newDatabase();
    await run(
      other,
      `GRANT CREATE ON DATABASE "${other}" TO app; REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`,
    );
    expect((await open(other, asApp(other))).identity.held()).toBeNull();
  });

  describe("keyv's own suite", () => {
    verifies("survives.small-state");
    let store: PostgresStore;
    beforeAll(async () => {
      store = await openPostgresStore({
        ...{ url: cluster.url(await newDatabase()), clock: systemClock, random: systemRandom },
      });
    });
    afterAll(() => store?.close());
    // The suite wants its own vitest's type; the two major versions agree in everything it uses.
    const test = vitest as unknown as Parameters<typeof suite.default>[0];
    const adapter = () => store.state.keyv("suite").opts.store;
    suite.default(test, Keyv, adapter as never);
    suite.keyvIteratorTests(test, Keyv, adapter as never);
  });
});
