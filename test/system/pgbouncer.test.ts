import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { type PgBouncer, reasonToSkipPgBouncer, startPgBouncer } from "../pgbouncer.ts";
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

let cluster: PostgresCluster;
let terminal: Terminal;
let sandbox: SandboxProcess;

describe.skipIf(reasonToSkipPostgres() !== null || reasonToSkipPgBouncer() !== null)("behind PgBouncer", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster.createDatabase("installation");
    terminal = openTerminal();
    sandbox = await startSandboxProcess(terminal);
  });
  afterAll(async () => {
    await sandbox?.stop();
    terminal?.close();
    await cluster?.remove();
  });

  /** The environment of one more process. */
  async function environmentFor(pooler: PgBouncer, database = "installation"): Promise<Record<string, string>> {
    const data = join(terminal.directory, "data");
    mkdirSync(data, { recursive: true });
    return {
      ...sandbox.environment,
      ...{
        STOP_NOTICE_SECONDS: "0",
        TOOLCAST_DATA_DIR: data,
        PORT: String(await freePort()),
        DATABASE_URL: pooler.url(database),
      },
    };
  }

  const addressOf = ({ PORT }: Record<string, string>) => `http://127.0.0.1:${PORT}`;
  const read = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;
  const isReady = async (environment: Record<string, string>) =>
    (await fetch(`${addressOf(environment)}/readyz`)).status === 200;
  const phaseOf = async (environment: Record<string, string>, jobId: string) =>
    (await read(`${addressOf(environment)}/api/jobs/${jobId}`)).phase;

  async function ask(environment: Record<string, string>, text: string): Promise<string> {
    const url = `${addressOf(environment)}/api/conversations/main/messages`;
    const answer = await fetch(url, { method: "POST", body: JSON.stringify({ text }) });
    return ((await answer.json()) as { jobId: string }).jobId;
  }

  async function begin(environment: Record<string, string>): Promise<Running> {
    const server = terminal.begin(["start", "--no-supervisor"], environment);
    await until(() => server.out().includes("ready: "), "the server", 60_000);
    return server;
  }

  async function databaseFindings(environment: Record<string, string>) {
    const { out, code } = await terminal.begin(["doctor", "--json"], environment).ended;
    const { findings } = JSON.parse(out) as { findings: { subject: string; level: string; message: string }[] };
    const found = findings.filter(({ subject }) => subject === "DATABASE_URL");
    return { code, found: found.map(({ level, message }) => `${level}: ${message}`).join("\n") };
  }

  test("that keeps sessions, several processes carry out jobs, and go on when it was away", async () => {
    verifies("survives.pooler");
    const pooler = await startPgBouncer(cluster, "session", "installation");
    const [one, other] = [await environmentFor(pooler), await environmentFor(pooler)];
    const servers = [await begin(one), await begin(other)];
    const first = await ask(one, "/image a pooled lake --provider spark");
    await until(async () => (await phaseOf(other, first)) === "succeeded", "the result");
    const { found } = await databaseFindings(one);
    expect(found).toMatch(/^ok: .*PostgreSQL/);
    expect(found).not.toContain("pooler");

    await pooler.stop();
    await until(async () => !(await isReady(one)), "a report of the outage");
    await pooler.start();
    await until(async () => (await isReady(one)) && (await isReady(other)), "the end of the outage");
    const second = await ask(other, "/image a lake after the outage --provider spark");
    await until(async () => (await phaseOf(one, second)) === "succeeded", "the result", 60_000);
    for (const words of ["a pooled lake", "a lake after the outage"]) {
      expect(await paidAt(sandbox.url, words)).toHaveLength(1);
    }
    for (const server of servers) {
      server.child.kill("SIGTERM");
      expect(await server.ended).toMatchObject({ code: 0 });
    }
    await pooler.remove();
  });

  test.each(["transaction", "statement"] as const)(
    "that gives each %s another connection, doctor and whoever would work on it refuse with the reason",
    async (mode) => {
      verifies("survives.pooler");
      const pooler = await startPgBouncer(cluster, mode, "installation");
      await cluster.createDatabase(mode);
      const environment = await environmentFor(pooler, mode);
      const begun = [
        "start",
        "start --no-supervisor",
        "start --role surfaces",
        "mcp",
        "run image a_lake --provider spark",
      ];
      for (const command of begun) {
        const { code, error } = await terminal.begin(command.split(" "), environment).ended;
        expect([command, code, error]).toEqual([command, 2, expect.stringMatching(/pool_mode to session/)]);
      }
      const chinese = await terminal.begin(["start"], { ...environment, LANG: "zh_CN.UTF-8" }).ended;
      expect([chinese.code, chinese.error]).toEqual([2, expect.stringMatching(/pool_mode 设为 session/)]);
      const client = new pg.Client(cluster.url(mode));
      await client.connect();
      const { rows } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'toolcast%'");
      await client.end();
      const { found, code } = await databaseFindings(environment);
      expect(found).toContain("error: The pooler in front of the database gives each transaction another connection.");
      expect(found).toContain("Set PgBouncer's pool_mode to session");
      expect([code, rows]).toEqual([1, []]);
      await pooler.remove();
    },
  );
});
