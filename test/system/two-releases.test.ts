import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { makeNextRelease, type NextRelease } from "../next-release.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import {
  openTerminal,
  paidAt,
  type Running,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
  until,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

interface Server {
  running: Running;
  url: string;
}

const tables = [
  ...["jobs", "holds", "admissions", "counters", "locks", "inbox", "lines", "bounds", "calls"],
  ...["small_state", "store_identity"],
];
/** A column in each table, and one that the newer release counts its writes in. */
const script = [
  ...tables.map((table) => `ALTER TABLE toolcast.${table} ADD COLUMN later text NOT NULL DEFAULT ''`),
  "ALTER TABLE toolcast.jobs ADD COLUMN newer_writes integer NOT NULL DEFAULT 0",
  "CREATE INDEX jobs_newer_writes ON toolcast.jobs (newer_writes)",
  "UPDATE toolcast.jobs SET later = phase",
].join(";");
const engine = "core/src/engine-postgres";
/** It has one more migration, writes a column of it, and a field that the older release does not know. */
const changes = [
  {
    path: `${engine}/postgres-schema.ts`,
    before: "];\n\n/** Whoever has this lock",
    after: `  { oldest: 1, script: ${JSON.stringify(script)} },\n];\n\n/** Whoever has this lock`,
  },
  {
    path: `${engine}/postgres-records.ts`,
    before: "updated_at = :updatedAt`;",
    after: "updated_at = :updatedAt, newer_writes = newer_writes + 1`;",
  },
  {
    path: `${engine}/postgres-engine.ts`,
    before: "record: JSON.stringify(job), writeId",
    after: 'record: JSON.stringify({ ...job, novelty: "of the newer release" }), writeId',
  },
];
const database = "two-releases";

let cluster: PostgresCluster;
let newer: NextRelease;
let terminal: Terminal;
/** Its commands are those of the newer release. */
let newTerminal: Terminal;
let sandbox: SandboxProcess;
let client: pg.Client;

describe.skipIf(reasonToSkipPostgres() !== null)("two releases on one database", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster.createDatabase(database);
    newer = makeNextRelease(changes);
    terminal = openTerminal();
    newTerminal = openTerminal(newer.program);
    mkdirSync(join(terminal.directory, "data"));
    sandbox = await startSandboxProcess(terminal);
    client = new pg.Client(cluster.url(database));
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await sandbox?.stop();
    newTerminal?.close();
    terminal?.close();
    newer?.remove();
    await cluster?.remove();
  });

  async function begin(release: "older" | "newer", role: "surfaces" | "worker"): Promise<Server> {
    const port = String(await freePort());
    const environment = {
      ...sandbox.environment,
      ...{ DATABASE_URL: cluster.url(database), TOOLCAST_DATA_DIR: join(terminal.directory, "data") },
      ...{ PORT: port, STOP_NOTICE_SECONDS: "0" },
    };
    const own = release === "newer" ? newTerminal : terminal;
    const running = own.begin(["start", "--no-supervisor", "--role", role], environment);
    const isUp = () => running.out().includes("Toolcast is ready: ");
    await until(() => isUp() || running.child.exitCode !== null, `the ${release} ${role}`, 60_000);
    expect(isUp(), running.error()).toBe(true);
    return { running, url: `http://127.0.0.1:${port}` };
  }

  async function stop({ running }: Server): Promise<void> {
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(running.error() + running.out()).not.toMatch(/closing failed|could not be (?:advanced|read|given up)/);
  }

  /** Ids by prompt. */
  const asked = new Map<string, string>();
  const json = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

  async function ask({ url }: Server, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let each = 0; each < count; each += 1) {
      const prompt = `lake ${asked.size} [[slow 9s]]`;
      const text = `/image ${prompt} --provider ${each % 2 === 0 ? "spark" : "dashscope"}`;
      const answer = await fetch(`${url}/api/conversations/main/messages`, {
        method: "POST",
        body: JSON.stringify({ text }),
      });
      const { jobId } = (await answer.json()) as { jobId: string };
      expect(jobId, text).toEqual(expect.any(String));
      asked.set(prompt, jobId);
      ids.push(jobId);
    }
    return ids;
  }

  async function succeeded({ url }: Server, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await until(async () => (await json(`${url}/api/jobs/${id}`)).phase === "succeeded", `the end of ${id}`, 60_000);
    }
  }

  /** Of each job, how many writes followed its first, how many of them by the newer release, and whether its field is there. */
  async function written(ids: readonly string[]) {
    const { rows } = await client.query(
      "SELECT version - 1 AS all, newer_writes AS newer, record LIKE '%\"novelty\":%' AS is_novel FROM toolcast.jobs WHERE id = ANY ($1)",
      [ids],
    );
    return rows as { all: number; newer: number; is_novel: boolean }[];
  }

  test("each goes on with the rows of the other while one replaces the other: no job is lost, none is paid twice", async () => {
    verifies("survives.rolling-restart");
    const older = { surfaces: await begin("older", "surfaces"), worker: await begin("older", "worker") };
    const during = await ask(older.surfaces, 6);
    // Its migration runs while the older release works.
    const newSurfaces = await begin("newer", "surfaces");
    during.push(...(await ask(newSurfaces, 2)), ...(await ask(older.surfaces, 2)));
    const newWorker = await begin("newer", "worker");
    await succeeded(older.surfaces, during);

    // The newer release writes what the older one has made and shows.
    const half = await ask(older.surfaces, 4);
    await stop(older.worker);
    const ofNewer = await ask(older.surfaces, 4);
    await succeeded(older.surfaces, [...half, ...ofNewer]);
    for (const { newer, is_novel } of await written(ofNewer)) {
      expect(newer).toBeGreaterThan(2);
      expect(is_novel).toBe(true);
    }

    // The older release starts on tables of the newer one, writes what that has made, and keeps what it does not know.
    const backWorker = await begin("older", "worker");
    await stop(newWorker);
    const ofOlder = await ask(newSurfaces, 4);
    await succeeded(newSurfaces, ofOlder);
    for (const { all, newer, is_novel } of await written(ofOlder)) {
      expect(all - newer).toBeGreaterThan(2);
      expect(is_novel).toBe(true);
    }

    // Both work, and the older one leaves with work in hand.
    const lastWorker = await begin("newer", "worker");
    const last = [...(await ask(older.surfaces, 4)), ...(await ask(newSurfaces, 4))];
    await Promise.all([stop(backWorker), stop(older.surfaces)]);
    await succeeded(newSurfaces, last);

    const paid = (await paidAt(sandbox.url, "lake ")).map(({ text }) => /lake \d+ /.exec(text)?.[0].trim()).sort();
    expect(paid).toEqual([...asked.keys()].map((_, index) => `lake ${index}`).sort());
    const results = async () => {
      const { entries } = await json(`${newSurfaces.url}/api/conversations/main/entries?limit=200`);
      return (entries as { kind: string }[]).filter(({ kind }) => kind === "result").length;
    };
    await until(async () => (await results()) >= asked.size, "the deliveries");
    expect(await results()).toBe(asked.size);
    await Promise.all([stop(newSurfaces), stop(lastWorker)]);
  });
});
