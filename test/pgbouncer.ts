import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { ordinaryUser, type PostgresCluster } from "./postgres-cluster.ts";

/** A PgBouncer in front of a server of ours, reachable only through a socket in its directory. */
export interface PgBouncer {
  /** The address of a database behind it. */
  url(database: string): string;
  /** Ends it as a crash does: every connection through it breaks. */
  stop(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

/** Debian puts it where an ordinary user's path does not look. */
function findPgBouncer(): string | null {
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"].filter((place) => place !== "");
  return places.map((place) => join(place, "pgbouncer")).find((program) => existsSync(program)) ?? null;
}

/** Why the tests that need PgBouncer are left out; null if it is there. It must be there in CI. */
export function reasonToSkipPgBouncer(): string | null {
  if (findPgBouncer() !== null) {
    return null;
  }
  const reason = "PgBouncer is not installed (Debian: apt-get install pgbouncer)";
  if (process.env.CI === "true") {
    throw new Error(reason);
  }
  process.stdout.write(`skipped: ${reason}\n`);
  return reason;
}

/** A name for its socket, not a port that anything listens on. */
const socketPort = 6432;
const startTimeoutMs = 30_000;

/** Starts one with Debian's own settings, apart from the mode. `database`: any that exists, asked to see whether it is up. */
export async function startPgBouncer(
  cluster: PostgresCluster,
  poolMode: "session" | "transaction" | "statement",
  database: string,
): Promise<PgBouncer> {
  const program = findPgBouncer();
  if (program === null) {
    throw new Error("PgBouncer is not installed.");
  }
  const user = ordinaryUser();
  const directory = mkdtempSync(join(tmpdir(), "toolcast-pgbouncer-"));
  const settings = join(directory, "pgbouncer.ini");
  const users = join(directory, "users.txt");
  writeFileSync(users, '"toolcast" ""\n');
  writeFileSync(
    settings,
    [
      ...["[databases]", `* = host=${cluster.directory}`],
      ...["[pgbouncer]", `pool_mode = ${poolMode}`, "listen_addr =", `listen_port = ${socketPort}`],
      ...[`unix_socket_dir = ${directory}`, "auth_type = trust", `auth_file = ${users}`, ""],
    ].join("\n"),
  );
  for (const path of user === undefined ? [] : [directory, settings, users]) {
    chownSync(path, user!.uid, user!.gid);
  }
  const url = (name: string) =>
    `postgres://toolcast@localhost:${socketPort}/${encodeURIComponent(name)}?host=${encodeURIComponent(directory)}`;
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const started = spawn(program!, [settings], { ...user, cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    let log = "";
    started.stderr.on("data", (text) => {
      log += text;
    });
    for (const until = performance.now() + startTimeoutMs; ; ) {
      const client = new pg.Client(url(database));
      try {
        await client.connect();
        await client.query("SELECT 1");
        return;
      } catch (error) {
        if (started.exitCode !== null || performance.now() > until) {
          throw new Error(`PgBouncer did not start: ${log}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        await client.end().catch(() => {});
      }
    }
  }

  async function stop(): Promise<void> {
    const running = child;
    child = null;
    if (running !== null && running.exitCode === null && running.signalCode === null) {
      const exited = once(running, "exit");
      running.kill("SIGKILL");
      await exited;
    }
    // A killed one leaves its socket behind, and the next refuses to start beside it.
    rmSync(join(directory, `.s.PGSQL.${socketPort}`), { force: true });
  }

  const onExit = () => {
    child?.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await start();
  return {
    ...{ url, stop, start },
    async remove() {
      process.off("exit", onExit);
      await stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
