import { type Clock, openPostgresEngine } from "@toolcast/core/engine";
import pg from "pg";
import { leaseMs, type MortalClock, type OpenEngine, pollMs } from "./contracts/engine-fixture.ts";
import { type PostgresCluster, startPostgres } from "./postgres-cluster.ts";

/** Statements and connections under way, of every client that it makes. */
export interface Traffic {
  client: typeof pg.Client;
  /** Waits until nothing is under way and every message has arrived; whether anything was sent since the last time. */
  settled(): Promise<boolean>;
}

/** Clients that count what they send. */
export function createTraffic(): Traffic {
  let underWay = 0;
  let sent = 0;
  let settledAt = 0;
  const waiting: (() => void)[] = [];
  /** For each client that listens, how to ask something that does not count. */
  const listening = new Map<pg.Client, () => Promise<unknown>>();

  function follow<T>(work: Promise<T>): Promise<T> {
    underWay += 1;
    sent += 1;
    const done = () => {
      underWay -= 1;
      if (underWay === 0) {
        for (const resolve of waiting.splice(0)) {
          resolve();
        }
      }
    };
    work.then(done, done);
    return work;
  }

  class CountedClient extends pg.Client {
    constructor(config?: ConstructorParameters<typeof pg.Client>[0]) {
      super(config);
      const connect = this.connect.bind(this) as (...args: unknown[]) => unknown;
      const query = this.query.bind(this) as (...args: unknown[]) => unknown;
      this.connect = ((...args: unknown[]) => {
        const [callback] = args;
        if (typeof callback !== "function") {
          return follow(connect() as Promise<unknown>);
        }
        return void follow(
          new Promise<void>((resolve) => {
            connect((...results: unknown[]) => {
              resolve();
              callback(...results);
            });
          }),
        );
      }) as typeof this.connect;
      this.query = ((...args: unknown[]) => {
        if (typeof args[0] === "string" && args[0].startsWith("LISTEN")) {
          listening.set(this, () => query("SELECT 1") as Promise<unknown>);
          this.once("end", () => listening.delete(this));
        }
        return follow(query(...args) as Promise<unknown>);
      }) as typeof this.query;
    }
  }

  return {
    client: CountedClient,
    async settled() {
      if (sent === settledAt) {
        return false;
      }
      settledAt = sent;
      if (underWay > 0) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      // A server sends the messages of commits that were answered before it answers the next statement.
      await Promise.all([...listening.values()].map((ask) => ask().catch(() => {})));
      return true;
    },
  };
}

const tables = ["jobs", "holds", "admissions", "counters", "locks", "inbox", "lines", "bounds", "calls"];

/** Opens engines in databases of one server, each in an empty one; a database is used again once its engines are closed. */
export async function startPostgresEngines({
  connections,
}: {
  /** With one, what a process begins first is done first. */
  connections: number;
}): Promise<{ cluster: PostgresCluster; open: OpenEngine }> {
  const cluster = await startPostgres();
  let count = 0;
  let template: Promise<string> | null = null;
  const unused: string[] = [];

  async function createTemplate(options: Parameters<OpenEngine>[0]): Promise<string> {
    await cluster.createDatabase("engine_template");
    const engine = await openPostgresEngine({ url: cluster.url("engine_template"), ...options });
    await engine.close();
    return "engine_template";
  }

  async function createDatabase(from: string): Promise<string> {
    count += 1;
    await cluster.createDatabase(`engine_${count}`, from);
    return `engine_${count}`;
  }

  return {
    cluster,
    async open({ clock, random, stepsWithClock = false }) {
      template ??= createTemplate({ clock, random });
      const name = unused.pop() ?? (await createDatabase(await template));
      const traffic = createTraffic();
      clock.settleWith(traffic.settled);
      const begin = clock.now() - Math.floor(clock.monotonic());
      const databaseTime = stepsWithClock ? () => clock.now() : () => begin + Math.floor(clock.monotonic());
      const engines: { close(): Promise<void> }[] = [];
      const another = async (own: Clock = clock) => {
        const engine = await openPostgresEngine({
          ...{ url: cluster.url(name), clock: own, random, leaseMs, pollMs },
          ...{ client: "isDead" in own ? deafOnceDead(traffic.client, own as MortalClock) : traffic.client },
          ...{ databaseTime, connections },
        });
        engines.push(engine);
        return engine;
      };
      return {
        engine: await another(),
        another,
        async close() {
          await Promise.all(engines.map((engine) => engine.close()));
          await empty(cluster.url(name));
          unused.push(name);
        },
      };
    },
  };
}

/** Other processes announce due jobs to every client that listens, and a dead process would take them. */
function deafOnceDead(client: typeof pg.Client, clock: MortalClock): typeof pg.Client {
  return class extends client {
    override emit(...event: Parameters<pg.Client["emit"]>): boolean {
      return event[0] === "notification" && clock.isDead() ? false : super.emit(...event);
    }
  };
}

async function empty(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`TRUNCATE ${tables.map((table) => `toolcast.${table}`).join(", ")} RESTART IDENTITY`);
  await client.end();
}
