import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";

/** A PostgreSQL server of our own, reachable only through a socket in its directory. */
export interface PostgresCluster {
  /** Where its socket is. */
  directory: string;
  /** The address of a database. */
  url(database: string): string;
  /** Creates an empty database, or a copy of another one. */
  createDatabase(name: string, template?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Ends the server, by default as a crash does, and keeps its data. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /**
   * Starts a standby that streams from it: from then on no commit is answered before it is on disk there as well. Not with
   * a PostgreSQL that lacks `pg_basebackup`.
   */
  addStandby(): Promise<PostgresCluster>;
  /** Makes a standby, whose primary must have ended, the primary: it waits for no standby of its own. */
  promote(): Promise<void>;
  /** Every row of a database as text, as `pg_dump` writes it. */
  dump(database: string): string;
  /** Runs what {@link dump} returned on an empty database. */
  restore(database: string, dump: string): void;
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

/** PostgreSQL and PgBouncer refuse to run as root: an unprivileged user then. */
export function ordinaryUser(): { uid: number; gid: number } | undefined {
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
  throw new Error("There is no user postgres or nobody to run servers as.");
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
  const directory = newDirectory(user);
  const data = join(directory, "data");
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
  return startServer({ programs, user, directory, settings });
}

type User = ReturnType<typeof ordinaryUser>;

function newDirectory(user: User): string {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-pg-"));
  if (user !== undefined) {
    chownSync(directory, user.uid, user.gid);
  }
  return directory;
}

const environment = { PATH: process.env.PATH ?? "", LC_ALL: "C" };

interface ServerOptions {
  programs: string;
  user: User;
  /** Contains its data, in `data`. */
  directory: string;
  settings: readonly string[];
}

/** Starts a server on data that exist. */
async function startServer({ programs, user, directory, settings }: ServerOptions): Promise<PostgresCluster> {
  const data = join(directory, "data");
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
    const child = spawn(join(programs, "postgres"), ["-D", data, ...options.flatMap((option) => ["-c", option])], {
      ...user,
      cwd: directory,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
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

  /** Runs one of PostgreSQL's programs against this server; returns what it prints. */
  function run(program: string, args: readonly string[], input?: string): string {
    const connection = ["--host", directory, "--username", "toolcast"];
    const ran = spawnSync(join(programs, program), [...connection, ...args], {
      ...{ ...user, cwd: directory, env: environment, encoding: "utf8", maxBuffer: 1_000_000_000 },
      ...(input === undefined ? {} : { input }),
    });
    if (ran.status !== 0) {
      throw new Error(`${program} failed: ${ran.error ?? ran.stderr}`);
    }
    return ran.stdout;
  }

  async function addStandby(): Promise<PostgresCluster> {
    const place = newDirectory(user);
    run("pg_basebackup", ["--pgdata", join(place, "data"), "--checkpoint", "fast", "--no-sync"]);
    const conninfo = `host=${directory} user=toolcast application_name=standby`;
    writeFileSync(join(place, "data", "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\n`);
    writeFileSync(join(place, "data", "standby.signal"), "");
    const standby = await startServer({ programs, user, directory: place, settings });
    await administer("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await administer("SELECT pg_reload_conf()");
    await until("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync') AS is");
    return standby;
  }

  async function promote(): Promise<void> {
    await administer("SELECT pg_promote()");
    await until("SELECT NOT pg_is_in_recovery() AS is");
  }

  async function until(question: string): Promise<void> {
    const client = new pg.Client(url("postgres"));
    await client.connect();
    try {
      for (const end = performance.now() + startTimeoutMs; ; ) {
        const { rows } = await client.query<{ is: boolean }>(question);
        if (rows[0]?.is) {
          return;
        }
        if (performance.now() > end) {
          throw new Error(`PostgreSQL did not come to this: ${question}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      await client.end();
    }
  }

  const onExit = () => {
    server?.kill("SIGQUIT");
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await start();
  return {
    directory,
    url,
    addStandby,
    promote,
    dump: (database) => run("pg_dump", [database]),
    restore: (database, dump) => void run("psql", ["--quiet", "--set", "ON_ERROR_STOP=1", database], dump),
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
