import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
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

const password = "marker-password-of-the-database";

let cluster: PostgresCluster;
let terminal: Terminal;
let sandbox: SandboxProcess;
let hosts = 0;

describe.skipIf(reasonToSkipPostgres() !== null)("with DATABASE_URL", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    terminal = openTerminal();
    mkdirSync(join(terminal.directory, "media"));
    sandbox = await startSandboxProcess(terminal);
  });
  afterAll(async () => {
    await sandbox?.stop();
    terminal?.close();
    await cluster?.remove();
  });

  const address = (database: string) => cluster.url(database).replace("toolcast@", `toolcast:${password}@`);

  /** The environment of one more host: of its data directory, only the media are those of the others. */
  async function aHost(database: string): Promise<Record<string, string>> {
    hosts += 1;
    const data = join(terminal.directory, `host-${hosts}`);
    mkdirSync(data);
    symlinkSync(join(terminal.directory, "media"), join(data, "media"));
    return {
      ...sandbox.environment,
      ...{
        STOP_NOTICE_SECONDS: "0",
        TOOLCAST_DATA_DIR: data,
        PORT: String(await freePort()),
        DATABASE_URL: address(database),
      },
    };
  }

  const addressOf = ({ PORT }: Record<string, string>) => `http://127.0.0.1:${PORT}`;
  const begin = (environment: Record<string, string>) => terminal.begin(["start", "--no-supervisor"], environment);
  const isReady = (server: Running) => until(() => server.out().includes("ready: "), "the address", 60_000);
  const read = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;
  const ask = (environment: Record<string, string>, text: string) =>
    fetch(`${addressOf(environment)}/api/conversations/main/messages`, {
      method: "POST",
      body: JSON.stringify({ text }),
    });
  const phaseOf = async (environment: Record<string, string>, jobId: unknown) =>
    (await read(`${addressOf(environment)}/api/jobs/${jobId}`)).phase;

  async function stop(...servers: Running[]): Promise<void> {
    for (const server of servers) {
      server.child.kill("SIGTERM");
    }
    for (const server of servers) {
      expect(await server.ended).toMatchObject({ code: 0 });
      expect(server.error() + server.out()).not.toContain(password);
    }
  }

  test("servers on several hosts are one installation", async () => {
    verifies("survives.shared-store");
    await cluster.createDatabase("shared");
    const [one, other, third] = [await aHost("shared"), await aHost("shared"), await aHost("shared")];
    const servers = [begin(one), begin(other)];
    await Promise.all(servers.map(isReady));
    const { jobId } = (await (await ask(one, "/image a shared picture --provider spark")).json()) as { jobId: string };
    await until(async () => (await phaseOf(other, jobId)) === "succeeded", "the result");
    const entriesOf = async (host: typeof one) =>
      (await read(`${addressOf(host)}/api/conversations/main/entries`)).entries as { kind: string }[];
    await until(async () => (await entriesOf(other)).length === 3, "the entries");
    expect((await entriesOf(other)).map(({ kind }) => kind)).toEqual(["request", "reply", "result"]);
    expect(await entriesOf(one)).toEqual(await entriesOf(other));
    const listed = JSON.parse((await terminal.begin(["jobs", "--json"], third).ended).out);
    expect(JSON.stringify(listed)).not.toContain(jobId);
    const made = await terminal.begin(["run", "image", "from a third host", "--out", "made/", "--json"], third).ended;
    expect(made).toMatchObject({ code: 0 });
    expect(await paidAt(sandbox.url, "a shared picture")).toHaveLength(1);
    expect(await paidAt(sandbox.url, "from a third host")).toHaveLength(1);
    const doctor = await terminal.begin(["doctor"], third).ended;
    expect(doctor.out).toContain("PostgreSQL");
    expect(doctor.out + doctor.error + made.out + made.error).not.toContain(password);
    await stop(...servers);
  });

  test("a server waits for its database, and outlives its absence without losing a request", async () => {
    verifies("survives.outage");
    await cluster.createDatabase("away");
    const host = await aHost("away");
    await cluster.stop();
    const server = begin(host);
    await until(() => server.error().includes("Waiting for it"), "the first try", 60_000);
    await cluster.start();
    await isReady(server);
    await until(async () => (await fetch(`${addressOf(host)}/readyz`)).status === 200, "the server");
    const { jobId } = (await (await ask(host, "/image before it was away --provider spark")).json()) as {
      jobId: string;
    };
    await until(async () => (await paidAt(sandbox.url, "before it was away")).length === 1, "the paid start");
    await cluster.stop();
    expect((await fetch(`${addressOf(host)}/healthz`)).status).toBe(200);
    await until(async () => (await fetch(`${addressOf(host)}/readyz`)).status === 503, "a report of the outage");
    expect(JSON.stringify(await read(`${addressOf(host)}/readyz`))).toContain("database cannot be reached");
    const refused = await ask(host, "/image while it was away --provider spark");
    expect(refused.ok).toBe(false);
    expect(await refused.text()).toContain("database cannot be reached");
    await cluster.start();
    await until(async () => (await fetch(`${addressOf(host)}/readyz`)).status === 200, "the end of the outage");
    await until(async () => (await phaseOf(host, jobId)) === "succeeded", "the result", 60_000);
    expect(await paidAt(sandbox.url, "before it was away")).toHaveLength(1);
    expect(await paidAt(sandbox.url, "while it was away")).toHaveLength(0);
    await cluster.stop();
    await stop(server);
    await cluster.start();
  });

  test("what keeps it from using a database is said with what to do, and without the password", async () => {
    verifies("understood.unusable-data");
    await cluster.createDatabase("refused");
    const host = await aHost("refused");
    const none = await terminal.begin(["jobs"], { ...host, DATABASE_URL: address("no-such-database") }).ended;
    expect(none).toMatchObject({ code: 2, error: expect.stringContaining("there is no such database") });
    const backup = await terminal.begin(["backup", "all.tar"], host).ended;
    expect(backup).toMatchObject({ code: 2, error: expect.stringContaining("pg_dump") });
    await cluster.stop();
    const away = await terminal.begin(["jobs"], host).ended;
    expect(away).toMatchObject({ code: 1, error: expect.stringContaining("database cannot be reached") });
    await cluster.start();
    expect(JSON.stringify([none, backup, away])).not.toContain(password);
  });
});
