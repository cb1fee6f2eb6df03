import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../../../test/postgres-cluster.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { ToolcastError } from "../errors/errors.ts";
import { systemClock } from "../ground/clock.ts";
import { systemRandom } from "../ground/random.ts";
import { endedPhases, openPhases } from "../job/job.ts";
import { admissionsIn, heldAtRest } from "./postgres-admission.ts";
import { connectPostgres, type PostgresDatabase } from "./postgres-database.ts";
import { openPostgresEngine } from "./postgres-engine.ts";
import { OutcomeUnknown } from "./postgres-faults.ts";
import { migrate, migrations } from "./postgres-schema.ts";

let cluster: PostgresCluster;
let database: PostgresDatabase;
let url: string;
let databases = 0;

describe.skipIf(reasonToSkipPostgres() !== null)("the tables in PostgreSQL", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
  });
  afterAll(() => cluster?.remove());

  async function inDatabase(act: () => Promise<void>): Promise<void> {
    databases += 1;
    await cluster.createDatabase(`schema_${databases}`);
    url = cluster.url(`schema_${databases}`);
    database = await connectPostgres({ url, clock: systemClock });
    try {
      await act();
    } finally {
      await database.close();
    }
  }

  const open = () => openPostgresEngine({ url, clock: systemClock, random: systemRandom });
  const version = async () => (await database.read("SELECT version, oldest FROM toolcast.schema_version"))[0];
  const column = (name: string) => `ALTER TABLE toolcast.jobs ADD COLUMN ${name} text`;

  test("processes that start at once create them once", async () => {
    await inDatabase(async () => {
      const engines = await Promise.all(Array.from({ length: 5 }, open));
      await engines[0]!.create(sampleJob("job_a"), { wakeAt: null });
      expect(await engines[4]!.read("job_a")).toMatchObject({ id: "job_a", version: 1 });
      await Promise.all(engines.map((engine) => engine.close()));
    });
  });

  // @verifies survives.rolling-restart, survives.newer-store
  test("a program that is older than the tables goes on if they only grew, and is refused with a sentence otherwise", async () => {
    await inDatabase(async () => {
      const before = await open();
      const grown = [...migrations, { oldest: 1, script: column("more") }];
      await migrate(database, grown);
      await before.create(sampleJob("job_a"), { wakeAt: null });
      const again = await open();
      expect(await again.read("job_a")).toMatchObject({ id: "job_a" });
      expect(await version()).toEqual({ version: grown.length, oldest: 1 });
      await Promise.all([before.close(), again.close()]);
      const other = [...grown, { oldest: grown.length + 1, script: column("other") }];
      await migrate(database, other);
      await expect(open()).rejects.toThrow(ToolcastError);
      await expect(open()).rejects.toThrow("newer Toolcast");
      expect(await version()).toEqual({ version: other.length, oldest: other.length });
    });
  });

  // @verifies survives.outage
  test("tables whose commit was not answered are looked at again", async () => {
    await inDatabase(async () => {
      let answers = 0;
      const transaction: typeof database.transaction = async (act) => {
        const value = await database.transaction(act);
        if (answers++ === 0) throw new OutcomeUnknown(new Error("the connection broke"));
        return value;
      };
      await migrate({ read: database.read, transaction });
      expect(answers).toBe(2);
      expect(await version()).toMatchObject({ version: migrations.length });
    });
  });

  // @verifies survives.rolling-restart
  test("a process goes on while a newer one adds a column to each table", async () => {
    await inDatabase(async () => {
      const before = await open();
      const tables = await database.read("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'toolcast'");
      const use = async (name: string) => {
        const event = { surface: "slack", content: { name }, keepUntil: Date.now() + 60_000 };
        expect((await before.inbox.take({ ...event, id: `event_${name}` })).taken).toBe(true);
        expect(await before.inbox.fill(`event_${name}`, { id: `part_${name}`, content: name })).toBe("joined");
        expect(await before.inbox.read(`event_${name}`)).toMatchObject({ state: "open", parts: [{ content: name }] });
        await before.create(sampleJob(`job_${name}`), { wakeAt: null });
        expect(await before.read(`job_${name}`)).toMatchObject({ id: `job_${name}` });
        expect((await before.list({ idBegins: `job_${name}` })).length).toBe(1);
        expect(await before.lock(`lock_${name}`, "one", 1_000)).toBe(true);
      };
      await use("first");
      // One after the other they use the connection on which their statements are prepared.
      await use("second");
      const script = tables.map(({ name }) => `ALTER TABLE toolcast.${name} ADD COLUMN later text`).join(";");
      await migrate(database, [...migrations, { oldest: 1, script }]);
      await use("third");
      await before.close();
    });
  });

  const shapeQueries = [
    `SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default, generation_expression
     FROM information_schema.columns WHERE table_schema = 'toolcast' ORDER BY table_name, column_name`,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'toolcast' ORDER BY indexname",
    "SELECT version, oldest FROM toolcast.schema_version",
  ];
  const shape = () => Promise.all(shapeQueries.map((query) => database.read(query)));

  // @verifies survives.old-store
  test.each(migrations.slice(1).map((_, index) => index + 1))(
    "tables of version %i become those of a new database, with the jobs that are in them",
    async (earlier) => {
      let created: unknown;
      await inDatabase(async () => {
        await (await open()).close();
        created = await shape();
      });
      await inDatabase(async () => {
        await migrate(database, migrations.slice(0, earlier));
        const job = sampleJob("job_a", { key: "event-1", version: 1 });
        await database.write(
          `INSERT INTO toolcast.jobs (id, key, version, owner, surface, conversation, phase, provider, created_at, updated_at, record)
           VALUES ('job_a', 'event-1', 1, '', 'chat', 'main', :phase, 'spark', 1, 1, :record)`,
          { phase: job.state.phase, record: JSON.stringify(job) },
        );
        const engine = await open();
        expect(await shape()).toEqual(created);
        expect(await engine.read("job_a")).toEqual(job);
        expect((await engine.create(sampleJob("job_b", { key: "event-1" }), { wakeAt: null })).created).toBe(false);
        await engine.close();
      });
    },
  );

  test("a step that fails changes nothing", async () => {
    await inDatabase(async () => {
      await migrate(database);
      const broken = [
        ...migrations,
        { oldest: 1, script: `${column("one")}; ALTER TABLE toolcast.none ADD COLUMN x text` },
      ];
      await expect(migrate(database, broken)).rejects.toThrow("none");
      expect(await version()).toEqual({ version: migrations.length, oldest: 1 });
      await migrate(database, [...migrations, { oldest: 1, script: column("one") }]);
    });
  });

  test("a database with another encoding is refused with a sentence", async () => {
    const client = new pg.Client(cluster.url("postgres"));
    await client.connect();
    await client.query(`CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc`);
    await client.end();
    url = cluster.url("latin");
    await expect(open()).rejects.toThrow("UTF8");
  });

  test("what is stored keeps every character, and ids are ordered by their bytes whatever the database's locale", async () => {
    await inDatabase(async () => {
      const engine = await open();
      const input = { prompt: "nul \u0000, half \ud83d, whole 😀" };
      await engine.create(sampleJob("job_a", { input }), { wakeAt: null });
      expect(await engine.read("job_a")).toMatchObject({ input });
      for (const id of ["job_B", "job_b", "job_Z", "job_é"]) {
        await engine.create(sampleJob(id), { wakeAt: null });
      }
      expect((await engine.list({ idBegins: "job_" })).map(({ id }) => id).sort()).toHaveLength(5);
      expect((await engine.list({ idBegins: "job_B" })).map(({ id }) => id)).toEqual(["job_B"]);
      const rows = await database.read("SELECT id FROM toolcast.jobs ORDER BY id");
      expect(rows.map(({ id }) => id)).toEqual(["job_B", "job_Z", "job_a", "job_b", "job_é"]);
      await engine.close();
    });
  });

  test("no statement reads the jobs, the inbox or the counters from the beginning", async () => {
    await inDatabase(async () => {
      const texts = new Set<string>();
      const client = class extends pg.Client {
        constructor(config?: ConstructorParameters<typeof pg.Client>[0]) {
          super(config);
          const query = this.query.bind(this) as (...args: unknown[]) => unknown;
          this.query = ((...args: unknown[]) => {
            const [statement] = args;
            if (typeof statement === "object" && statement !== null && "text" in statement) {
              texts.add(String(statement.text));
            }
            return query(...args);
          }) as typeof this.query;
        }
      } as typeof pg.Client;
      const engine = await openPostgresEngine({ url, clock: systemClock, random: systemRandom, client });
      texts.clear();
      await useEverything(engine);
      await engine.close();
      const scans: string[] = [];
      const plain = new pg.Client(url);
      await plain.connect();
      await plain.query("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
      for (const [n, text] of [...texts]
        .filter((each) => /toolcast\.(jobs|inbox|counters|holds)/.test(each))
        .entries()) {
        await plain.query(`PREPARE p${n} AS ${text}`);
        const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
        const { rows } = await plain.query(
          `EXPLAIN EXECUTE p${n}${count === 0 ? "" : `(${Array(count).fill("NULL").join(", ")})`}`,
        );
        const plan = rows.map((row: Record<string, unknown>) => String(row["QUERY PLAN"]));
        scans.push(
          ...plan
            .filter((line) => /Seq Scan on (jobs|inbox|counters|holds)/.test(line))
            .map((line) => `${line}: ${text}`),
        );
      }
      await plain.end();
      expect(texts.size).toBeGreaterThan(40);
      expect(scans).toEqual([]);
    });
  });

  // @verifies survives.kept-places, survives.large-history
  test("places kept by jobs at rest are looked for at the cost of the places, however many jobs have ended", async () => {
    await inDatabase(async () => {
      await (await open()).close();
      const texts = [`SELECT ${heldAtRest}`];
      const noted = async (text: string) => {
        texts.push(text);
        return [];
      };
      await admissionsIn(noted, 0).releaseAtRest();
      const addJobs = (phase: string, count: number) =>
        database.write(
          `INSERT INTO toolcast.jobs (id, version, owner, surface, conversation, phase, provider, created_at, updated_at, record)
           SELECT :phase || '_' || n || '_' || random(), 1, '', '', '', :phase, 'spark', n, n, repeat('x', 500)
           FROM generate_series(1, :count::integer) AS n`,
          { phase, count },
        );
      const pagesRead = async () => {
        const pages: number[] = [];
        for (const text of texts) {
          const [row] = await database.write(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`);
          const [{ Plan }] = row!["QUERY PLAN"] as [{ Plan: Record<string, number> }];
          pages.push(Plan["Shared Hit Blocks"]! + Plan["Shared Read Blocks"]!);
        }
        return Math.max(...pages);
      };
      await addJobs("running", 20);
      await database.write("INSERT INTO toolcast.holds (resource, job) SELECT 'spark', seq FROM toolcast.jobs");
      await pagesRead();
      const before = await pagesRead();
      await addJobs("succeeded", 20_000);
      const unknown = await pagesRead();
      await database.write("ANALYZE toolcast.jobs, toolcast.holds");
      // An index of more jobs has more levels: a page or two more for each place.
      expect(before).toBeLessThan(4 * 20);
      expect(Math.max(unknown, await pagesRead())).toBeLessThan(before + 3 * 20);
    });
  });
});

async function useEverything(engine: Awaited<ReturnType<typeof openPostgresEngine>>): Promise<void> {
  const starting = { phase: "starting", step: "one", attempt: "a1", since: 0 } as const;
  const holds = [{ resource: "spark", max: 1 }];
  const admission = { holds, counters: [{ name: "day", amount: 1, max: 9 }] };
  const paced = { holds: [], counters: [], rate: { name: "spark", max: 1, windowMs: 60_000 } };
  for (const id of ["job_a", "job_b", "job_c", "job_d"]) {
    await engine.create(sampleJob(id, { key: id }), { wakeAt: null });
  }
  const write = async (id: string, change: object, options: object) =>
    engine.write({ ...(await engine.read(id))!, ...change }, { wakeAt: null, ...options });
  await write("job_a", { state: starting }, { admission });
  await write("job_b", { state: starting }, { admission });
  await write("job_c", { state: starting }, { admission: paced });
  await write("job_d", { state: starting }, { admission: paced });
  await write("job_a", { state: { phase: "succeeded" } }, { release: true, count: [{ name: "x", amount: 1 }] });
  const lists = [
    {},
    { owner: "chat:1" },
    { owner: "chat:1", phases: openPhases },
    { owner: "chat:1", phases: ["failed", "unresolved"] },
    { owner: "chat:1", createdBefore: 5, after: "job_3" },
    { owner: "chat:1", idBegins: "job_1" },
    { idBegins: "job_1" },
    { surface: "chat", conversation: "main" },
    { phases: ["succeeded"], oldestFirst: true },
    { phases: openPhases, after: "job_7" },
    { phases: endedPhases },
    { provider: "spark", phases: ["starting", "running"] },
    { changedSince: 590 },
  ] as const;
  for (const filter of lists) {
    await engine.list(filter);
    await engine.count(filter);
  }
  await engine.changes((await engine.changes(null)).cursor);
  await engine.counters("day");
  await engine.counter("day");
  await engine.removeCounters("a", "b", 5);
  await engine.find("job_a");
  await engine.remove("job_a", 3);
  await engine.lock("a", "b", 5);
  await engine.unlock("a", "b");
  const event = { id: "chat:1", surface: "chat", content: {}, keepUntil: Number.MAX_SAFE_INTEGER };
  const { entry } = await engine.inbox.take(event);
  await engine.inbox.fill("chat:1", { id: "chat:2", content: 1 });
  await engine.inbox.change(entry);
  await engine.inbox.claim("chat:1");
  await engine.inbox.claim("chat:9");
  await engine.inbox.open("chat");
  await engine.inbox.open("chat", { free: true });
  await engine.inbox.release("chat:1");
  await engine.inbox.revoke("chat");
  await engine.inbox.purge(5);
  await engine.wake("job_d", 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const schedule = await engine.schedule({ advance: async () => resolve(), surfaces: () => ["chat"] });
  await promise;
  await schedule.stop(1_000);
}
