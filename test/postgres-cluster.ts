import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";

/** A PostgreSQL server of our own, reachable only through a socket in its directory. */
export interface PostgresCluster {
  /** The address of a database. */
  url(database: string): string;
  /** Creates an empty database, or a copy of another one. */
  createDatabase(name: string, template?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Ends the server, by default as a crash does, and keeps its data. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Where `postgres` and `initdb` are: in the path or where Debian puts them; null if they are not installed. */
function findPostgres(): string | null {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const places = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter).filter((place) => place !== ""),
  ];
  return places.find((place) => ["postgres", "initdb"].every((name) => existsSync(join(place, name)))) ?? null;
}

/** Why the tests that need PostgreSQL are left out; null if it is there. It must be there in CI. */
export function reasonToSkipPostgres(): string | null {
  if (findPostgres() !== null) {
    return null;
  }
  const reason = "PostgreSQL is not installed (Debian: apt-get install postgresql)";
  if (process.env.CI === "true") {
    throw new Error(reason);
  }
  process.stdout.write(`skipped: ${reason}\n`);
  return reason;
}

/** PostgreSQL refuses to run as root: an unprivileged user then. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new Error("There is no user postgres or nobody to run PostgreSQL as.");
}

const startTimeoutMs = 60_000;

/**
 * Creates and starts a server whose data are lost if the machine crashes. Its locale orders text unlike its bytes, so
 * that a missing collation is noticed.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresCluster> {
  const programs = findPostgres();
  if (programs === null) {
    throw new Error("PostgreSQL is not installed.");
  }
  const user = ordinaryUser();
  const directory = mkdtempSync(join(tmpdir(), "toolcast-pg-"));
  if (user !== undefined) {
    chownSync(directory, user.uid, user.gid);
  }
  const data = join(directory, "data");
  const environment = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
  const initialized = spawnSync(
    join(programs, "initdb"),
    [
      ...["--pgdata", data, "--username", "toolcast", "--auth", "trust", "--encoding", "UTF8", "--no-sync"],
      ...["--locale", "C", "--locale-provider", "icu", "--icu-locale", "en"],
    ],
    { ...user, cwd: directory, env: environment, encoding: "utf8" },
  );
  if (initialized.status !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`initdb failed: ${initialized.stderr}`);
  }
  let server: ChildProcess | null = null;
  const url = (database: string) =>
    `postgres://toolcast@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(directory)}`;

  async function administer(statement: string): Promise<void> {
    const client = new pg.Client(url("postgres"));
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const options = [
      ...["listen_addresses=", `unix_socket_directories=${directory}`, "fsync=off", "full_page_writes=off"],
      ...["max_connections=150", "shared_buffers=64MB", "autovacuum=off", "jit=off", ...settings],
    ];
    const child = spawn(
      join(programs as string, "postgres"),
      ["-D", data, ...options.flatMap((option) => ["-c", option])],
      { ...user, cwd: directory, env: environment, stdio: ["ignore", "ignore", "pipe"] },
    );
    server = child;
    let log = "";
    child.stderr.on("data", (text) => {
      log += text;
    });
    const until = performance.now() + startTimeoutMs;
    for (;;) {
      try {
        await administer("SELECT 1");
        return;
      } catch (error) {
        if (child.exitCode !== null || performance.now() > until) {
          throw new Error(`PostgreSQL did not start: ${log}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** By default `SIGQUIT`: every connection breaks, and what was committed is recovered at the next start. */
  async function stop(signal: NodeJS.Signals = "SIGQUIT"): Promise<void> {
    const child = server;
    server = null;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
  }

  const onExit = () => {
    server?.kill("SIGQUIT");
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await start();
  return {
    url,
    createDatabase: (name, template) =>
      administer(`CREATE DATABASE "${name}" TEMPLATE "${template ?? "template0"}" STRATEGY file_copy`),
    dropDatabase: (name) => administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
    stop,
    start,
    async remove() {
      process.off("exit", onExit);
      await stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
