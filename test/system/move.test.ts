import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { repository } from "../repository.ts";
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

const password = "marker-password-of-the-target";

let cluster: PostgresCluster;
let terminal: Terminal;
let sandbox: SandboxProcess;

describe.skipIf(reasonToSkipPostgres() !== null)("toolcast move", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    terminal = openTerminal();
    sandbox = await startSandboxProcess(terminal);
  });
  afterAll(async () => {
    await sandbox?.stop();
    terminal?.close();
    await cluster?.remove();
  });

  const address = () => cluster.url("target").replace("toolcast@", `toolcast:${password}@`);
  const json = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

  async function serve(environment: Record<string, string>): Promise<Running> {
    const server = terminal.begin(["start", "--no-supervisor"], environment);
    await until(() => server.out().includes("Toolcast is ready: "), "the server", 60_000);
    return server;
  }

  async function stop(server: Running): Promise<void> {
    server.child.kill("SIGTERM");
    expect(await server.ended).toMatchObject({ code: 0 });
  }

  test("a data directory goes on in a database, and refuses to start from then on", async () => {
    verifies("survives.move", "safe.no-secrets", "understood.both-languages");
    await cluster.createDatabase("target");
    const port = String(await freePort());
    const data = join(terminal.directory, "data");
    const onFiles = { ...sandbox.environment, TOOLCAST_DATA_DIR: data, PORT: port, STOP_NOTICE_SECONDS: "0" };
    const onDatabase = { ...onFiles, DATABASE_URL: address() };
    const seen: unknown[] = [];
    const run = async (args: string[], environment: Record<string, string>) => {
      const ended = await terminal.begin(args, environment).ended;
      seen.push(ended);
      return ended;
    };
    const order = ["run", "image", "an ordered lake", "--key", "lake-1", "--out", "made/", "--json"];
    const move = ["move", "--to", address()];

    const before = await serve(onFiles);
    const at = `http://127.0.0.1:${port}`;
    await fetch(`${at}/api/conversations/main/messages`, {
      method: "POST",
      body: JSON.stringify({ text: "/image a moved lake --provider spark" }),
    });
    const entries = async () => (await json(`${at}/api/conversations/main/entries`)).entries as { kind: string }[];
    await until(async () => (await entries()).length === 3, "the result");
    const told = await entries();
    const gallery = JSON.stringify(await json(`${at}/api/jobs`));
    expect(await run(order, onFiles)).toMatchObject({ code: 0 });
    expect(await run(move, onFiles)).toMatchObject({ code: 2, error: expect.stringContaining("A server is running") });
    await stop(before);

    // What an AI client has started may write as well; once it is dead, whatever killed it, it does not.
    const agent = spawn(process.execPath, [join(repository, "app", "bin", "toolcast.js"), "mcp"], {
      env: { PATH: process.env.PATH, HOME: terminal.directory, ...onFiles },
      stdio: ["pipe", "ignore", "ignore"],
    });
    const agentEnded = once(agent, "exit");
    try {
      await until(() => existsSync(join(data, "jobs.sqlite-wal")), "the store to be opened");
      expect(await run(move, onFiles)).toMatchObject({
        code: 2,
        error: expect.stringContaining("toolcast mcp for an AI client"),
      });
    } finally {
      agent.kill("SIGKILL");
      await agentEnded;
    }

    // Killed while it copies: it has written the jobs, and waits for a table that somebody has locked.
    expect(await run(["jobs", "--json"], onDatabase)).toMatchObject({ code: 0 });
    const client = new pg.Client(cluster.url("target"));
    await client.connect();
    await client.query("BEGIN");
    await client.query("LOCK TABLE toolcast.small_state IN SHARE MODE");
    const killed = terminal.begin(move, onFiles);
    await until(async () => {
      const { rows } = await client.query(`SELECT FROM pg_locks WHERE NOT granted`);
      return rows.length > 0;
    }, "the copy to wait");
    killed.child.kill("SIGKILL");
    await killed.ended;
    await client.query("ROLLBACK");
    expect((await client.query("SELECT FROM toolcast.jobs")).rows).toEqual([]);
    expect((await run(["jobs", "--json"], onFiles)).out).toContain("an ordered lake");

    const moved = await run([...move, "--json"], onFiles);
    expect([moved.code, JSON.parse(moved.out)]).toEqual([0, { moved: true, dataDirectory: data, database: "target" }]);
    await client.end();
    expect(await run(move, onFiles)).toMatchObject({ code: 2, error: expect.stringContaining("was moved already") });
    for (const [locale, sentence] of [
      ["en", "was moved into a PostgreSQL database. Set DATABASE_URL"],
      ["zh-CN", "已移入 PostgreSQL 数据库。请将 DATABASE_URL"],
    ] as const) {
      const refused = await run(["start", "--no-supervisor", "--locale", locale], onFiles);
      expect([refused.code, refused.error]).toEqual([2, expect.stringContaining(sentence)]);
    }

    const after = await serve(onDatabase);
    expect(await entries()).toEqual(told);
    expect(JSON.stringify(await json(`${at}/api/jobs`))).toContain("a moved lake");
    expect(gallery).toContain("a moved lake");
    expect((await json(`${at}/readyz`)).held).toBeUndefined();
    const repeated = await run(order, onDatabase);
    expect(repeated).toMatchObject({ code: 0 });
    expect(await run(["run", "image", "a later lake", "--out", "made/", "--json"], onDatabase)).toMatchObject({
      code: 0,
    });
    for (const words of ["an ordered lake", "a moved lake", "a later lake"]) {
      expect(await paidAt(sandbox.url, words)).toHaveLength(1);
    }
    await stop(after);
    seen.push([before, after, killed].map((server) => server.out() + server.error()));
    expect(JSON.stringify(seen)).not.toContain(password);
  });

  test("what it cannot use is refused with what to do", async () => {
    verifies("survives.move");
    const data = { TOOLCAST_DATA_DIR: join(terminal.directory, "unused") };
    const refused = async (...args: string[]) => {
      const { code, error, out } = await terminal.begin(["move", ...args], data).ended;
      expect([code, out]).toEqual([2, ""]);
      return error;
    };
    expect(await refused("--to", cluster.url("target"))).toContain("There is nothing to move");
    expect(await refused()).toContain("--to must be a postgres:// address");
    expect(await refused("--to", "mysql://root@localhost/target")).toContain("--to must be a postgres:// address");
  });
});
