import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reasonToSkipPgBouncer, startPgBouncer } from "../../../test/pgbouncer.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../../../test/postgres-cluster.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { diagnosePostgres } from "./diagnose-postgres.ts";

let cluster: PostgresCluster;
const random = createSeededRandom();

/** Every client is given the same connection of the server, as by a pooler with `pool_mode = transaction`. */
function createPooledClient(): typeof pg.Client {
  const open: pg.Client[] = [];
  class PooledClient {
    readonly #settings: ConstructorParameters<typeof pg.Client>[0];

    constructor(settings?: ConstructorParameters<typeof pg.Client>[0]) {
      this.#settings = settings;
    }
    on(): void {}
    async connect(): Promise<void> {
      if (open.length === 0) {
        const server = new pg.Client(this.#settings);
        open.push(server);
        await server.connect();
      }
    }
    query(text: string, values?: unknown[]): Promise<pg.QueryResult> {
      return open[0]!.query(text, values);
    }
    async end(): Promise<void> {
      await open.pop()?.end();
    }
  }
  return PooledClient as unknown as typeof pg.Client;
}

describe.skipIf(reasonToSkipPostgres() !== null)("a PostgreSQL database", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster.createDatabase("looked_at");
  });
  afterAll(() => cluster?.remove());

  // @verifies understood.database
  test("doctor reads its version and what its commits wait for", async () => {
    const url = cluster.url("looked_at");
    const found = await diagnosePostgres({ url, random });
    expect(found).toEqual({
      ...{ version: expect.stringMatching(/^\d+\.\d+$/), keepsSessions: true, synchronousCommit: "on" },
      ...{ needsStandby: false, standbys: { connected: 0, synchronous: 0 } },
    });
    const client = new pg.Client(url);
    await client.connect();
    await client.query("ALTER ROLE toolcast SET synchronous_commit = local");
    await client.end();
    expect(await diagnosePostgres({ url, random })).toMatchObject({ synchronousCommit: "local" });
  });

  test("a pooler that gives transactions other connections is recognized", async () => {
    const url = cluster.url("looked_at");
    const found = await diagnosePostgres({ url, random, client: createPooledClient() });
    expect(found.keepsSessions).toBe(false);
  });

  // @verifies survives.pooler
  test.skipIf(reasonToSkipPgBouncer() !== null)("so is PgBouncer, also while others keep it busy", async () => {
    const keeping = await startPgBouncer(cluster, "session", "looked_at");
    expect(await diagnosePostgres({ url: keeping.url("looked_at"), random })).toMatchObject({ keepsSessions: true });
    await keeping.remove();

    const pooler = await startPgBouncer(cluster, "transaction", "looked_at");
    const url = pooler.url("looked_at");
    let isOver = false;
    const others = Array.from({ length: 6 }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      while (!isOver) {
        await client.query("SELECT pg_sleep(random() * 0.01)");
      }
      await client.end();
    });
    const found: boolean[] = [];
    for (let look = 0; look < 30; look += 1) {
      found.push((await diagnosePostgres({ url, random })).keepsSessions);
    }
    isOver = true;
    await Promise.all(others);
    await pooler.remove();
    expect(found).not.toContain(true);
  });
});
