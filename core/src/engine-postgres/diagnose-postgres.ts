import type { Client } from "pg";
import { type Random, randomId } from "../ground/random.ts";
import { isConnectionLost, unavailable } from "./postgres-faults.ts";

/** What an operator should know about a database before relying on it. */
export interface PostgresCondition {
  /** The server's, e.g. `16.4`. */
  version: string;
  /**
   * False behind a pooler that gives each transaction another connection of the server: prepared statements, messages and
   * settings of a session are then lost or somebody else's.
   */
  keepsSessions: boolean;
  /** `synchronous_commit` as the server or the role sets it. Where it is `off`, our own sessions set it to `on`. */
  synchronousCommit: string;
  /** How many standbys receive what is written, and how many of them a commit waits for. */
  standbys: { connected: number; synchronous: number };
  /** Whether commits are to wait for a standby; with none connected, they wait for ever. */
  needsStandby: boolean;
}

interface DiagnoseOptions {
  /** As for `openPostgresEngine`; a secret. */
  url: string;
  /** Generates a mark. */
  random: Random;
  /** What to connect with. Default: `pg`'s own client. */
  client?: typeof Client;
}

const connectTimeoutMs = 10_000;
/** A pooler that others keep busy may by chance give a session its own connection again, but hardly this often. */
const looks = 20;

/**
 * Looks at a database over connections of its own; writes nothing. Throws a `StorageError` if it cannot be reached, and
 * the database's own error if it refuses us.
 */
export async function diagnosePostgres({ url, random, client }: DiagnoseOptions): Promise<PostgresCondition> {
  const { default: pg } = await import("pg");
  const Connected = client ?? pg.Client;
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: connectTimeoutMs,
  };
  const [one, other] = [new Connected(settings), new Connected(settings)];
  // A lost connection rejects the requests made over it.
  for (const each of [one, other]) {
    each.on("error", () => {});
  }
  try {
    await one.connect();
    await other.connect();
    const isOwn = await keepSessions([one, other], random);
    const { rows } = await other.query(
      `SELECT current_setting('server_version') AS version,
        (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') AS synchronous_commit,
        current_setting('synchronous_standby_names') <> '' AS needs_standby,
        (SELECT count(*) FROM pg_stat_replication) AS connected,
        (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS synchronous`,
    );
    const [row] = rows as Record<string, unknown>[];
    return {
      version: String(row?.version).split(" ")[0] ?? "",
      keepsSessions: isOwn,
      synchronousCommit: String(row?.synchronous_commit),
      standbys: { connected: Number(row?.connected), synchronous: Number(row?.synchronous) },
      needsStandby: row?.needs_standby === true,
    };
  } catch (error) {
    throw isConnectionLost(error) ? unavailable(error) : error;
  } finally {
    await Promise.all([one, other].map((each) => each.end().catch(() => {})));
  }
}

/** Whether each of these sessions still finds the mark it has set. */
async function keepSessions(sessions: readonly Client[], random: Random): Promise<boolean> {
  const marked = sessions.map((session) => ({ session, mark: randomId(random, "mark") }));
  for (const { session, mark } of marked) {
    await session.query("SELECT set_config('toolcast.mark', $1, false)", [mark]);
  }
  for (let look = 0; look < looks; look += 1) {
    for (const { session, mark } of marked) {
      const { rows } = await session.query("SELECT current_setting('toolcast.mark', true) AS mark");
      if ((rows as { mark: unknown }[])[0]?.mark !== mark) {
        return false;
      }
    }
  }
  return true;
}
