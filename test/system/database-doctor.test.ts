import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { openTerminal, type Terminal } from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

let primary: PostgresCluster;
let standby: PostgresCluster;
let terminal: Terminal;

describe.skipIf(reasonToSkipPostgres() !== null)("doctor, asked about a primary and its standby", () => {
  beforeAll(async () => {
    primary = await startPostgres();
    await primary.createDatabase("installation");
    terminal = openTerminal();
    mkdirSync(join(terminal.directory, "data"));
  });
  afterAll(async () => {
    terminal?.close();
    await standby?.remove();
    await primary?.remove();
  });

  /** What it says about the database. */
  async function findings(): Promise<{ level: string; message: string }[]> {
    const data = join(terminal.directory, "data");
    const environment = { DATABASE_URL: primary.url("installation"), TOOLCAST_DATA_DIR: data };
    const { out } = await terminal.begin(["doctor", "--json"], environment).ended;
    const { findings } = JSON.parse(out) as { findings: { subject: string; level: string; message: string }[] };
    expect(findings.map(({ message }) => message).join(" ")).not.toContain("disk cannot be written to");
    return findings
      .filter(({ subject }) => subject === "DATABASE_URL")
      .slice(1)
      .map(({ level, message }) => ({ level, message }));
  }

  async function administer(...statements: string[]): Promise<void> {
    const client = new pg.Client(primary.url("installation"));
    await client.connect();
    for (const statement of [...statements, "SELECT pg_reload_conf()"]) {
      await client.query(statement);
    }
    await client.end();
  }

  async function standbyIs(state: "async" | "sync"): Promise<void> {
    const client = new pg.Client(primary.url("installation"));
    await client.connect();
    const ask = () => client.query("SELECT sync_state FROM pg_stat_replication");
    await expect.poll(async () => (await ask()).rows).toEqual([{ sync_state: state }]);
    await client.end();
  }

  const onlyFinding = (level: string, part: string) => [{ level, message: expect.stringContaining(part) }];

  test("it says whether commits wait for a standby, and whether that is there", async () => {
    verifies("understood.database");
    expect(await findings()).toEqual(onlyFinding("ok", "no standby"));

    // Our sessions set it to `on`, so nothing is amiss.
    await administer("ALTER ROLE toolcast SET synchronous_commit = off");
    expect(await findings()).toEqual(onlyFinding("ok", "no standby"));

    standby = await primary.addStandby();
    await standbyIs("sync");
    expect(await findings()).toEqual(onlyFinding("ok", "on 1 synchronous standby:"));

    await administer("ALTER ROLE toolcast SET synchronous_commit = local");
    expect(await findings()).toEqual(onlyFinding("warning", "synchronous_commit is local"));

    await administer("ALTER ROLE toolcast RESET synchronous_commit", "ALTER SYSTEM SET synchronous_standby_names = ''");
    await standbyIs("async");
    expect(await findings()).toEqual(onlyFinding("warning", "The standbys are asynchronous"));

    await administer("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await standbyIs("sync");
    await standby.stop();
    expect(await findings()).toEqual(onlyFinding("error", "none is connected: nothing can be stored"));
    await standby.start();
  });
});
