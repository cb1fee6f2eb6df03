import { type Clock, openPostgresEngine, sleep } from "@toolcast/core/engine";
import pg from "pg";
import { expect, test } from "vitest";
import { nowhere } from "../contracts/engine-fixture.ts";
import { createManualClock } from "../manual-clock.ts";
import { reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

/** Clients whose host may vanish: what they ask for from then on is not answered in time. */
function createVanishingClient(clock: Clock) {
  const gone = new Set<pg.Client>();
  const alive = new Set<pg.Client>();
  const configurations: unknown[] = [];
  const client = class extends pg.Client {
    constructor(config?: ConstructorParameters<typeof pg.Client>[0]) {
      super(config);
      alive.add(this);
      configurations.push(config);
      const query = this.query.bind(this) as (statement: unknown, ...more: unknown[]) => Promise<unknown>;
      this.query = (async (statement: unknown, ...more: unknown[]) => {
        if (gone.has(this)) {
          await sleep(clock, answerTimeoutMs);
          throw new Error("Query read timeout");
        }
        return query(statement, ...more);
      }) as typeof this.query;
    }
  } as typeof pg.Client;
  return {
    client,
    configurations,
    vanish: () => {
      for (const one of alive) {
        gone.add(one);
      }
    },
  };
}

/** How long `pg` waits for an answer here. */
const answerTimeoutMs = 12_000;

test.skipIf(reasonToSkipPostgres() !== null)(
  "when the host of PostgreSQL has vanished, one connection is waited for and not each in turn",
  async () => {
    verifies("survives.outage");
    const cluster = await startPostgres();
    await cluster.createDatabase("vanished");
    const clock = createManualClock();
    const { client, configurations, vanish } = createVanishingClient(clock);
    const engine = await openPostgresEngine({
      ...{ url: cluster.url("vanished"), clock, random: createSeededRandom() },
      client,
    });
    await engine.schedule({ advance: async () => {}, surfaces: nowhere });
    await Promise.all(Array.from({ length: 8 }, () => engine.count({})));
    // The system notices for the connection that listens, which asks for nothing.
    expect(configurations.length).toBeGreaterThan(2);
    for (const configuration of configurations) {
      expect(configuration).toMatchObject({ keepAlive: true, keepAliveInitialDelayMillis: 10_000 });
    }
    vanish();
    const began = clock.monotonic();
    let answeredAfterMs: number | null = null;
    const ask = async (): Promise<void> => {
      await engine.count({}).catch(ask);
      answeredAfterMs ??= clock.monotonic() - began;
    };
    const asking = ask();
    while (answeredAfterMs === null) {
      expect(clock.monotonic() - began).toBeLessThan(120_000);
      await clock.advance(500);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await asking;
    expect(answeredAfterMs).toBeLessThanOrEqual(answerTimeoutMs + 2_000);
    let isClosed = false;
    const closing = engine.close().then(() => {
      isClosed = true;
    });
    while (!isClosed) {
      await clock.advance(500);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await closing;
    await cluster.remove();
  },
);
