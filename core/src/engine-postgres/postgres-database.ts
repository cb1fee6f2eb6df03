import { createHash } from "node:crypto";
import type { Client, ClientBase, Pool, PoolConfig } from "pg";
import { type Clock, sleep } from "../ground/clock.ts";
import type { EngineLogger } from "../schedule/schedule.ts";
import {
  isConnectionLost,
  isGivenUp,
  isOnPrimaryAlone,
  isWorthRepeating,
  OutcomeUnknown,
  unavailable,
} from "./postgres-faults.ts";

export type Row = Record<string, unknown>;

/**
 * Runs one statement and returns its rows. `:name` stands for the value of that name, `:now` for the database's time in
 * epoch milliseconds, the same throughout the statement.
 */
export type Sql = (text: string, values?: Readonly<Record<string, unknown>>) => Promise<Row[]>;

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that `pg` knows. A secret. */
  url: string;
  /** Spreads repetitions over time. */
  clock: Clock;
  /** How many connections this process has at most, beside the one that listens. Default 8. */
  connections?: number;
  /** What to connect with. Default: `pg`'s own. */
  client?: typeof Client;
  /** The database's time in epoch milliseconds. Default: its own. */
  databaseTime?: () => number;
  /**
   * How long the database may be out of reach before a call fails, in milliseconds, if it is certain that nothing has
   * happened. Default 5,000.
   */
  patienceMs?: number;
  /**
   * The schema that takes the place of `toolcast` in every statement, so that one database can hold two stores. Default
   * `toolcast`.
   */
  schema?: string;
  /** Called whenever a connection to the database was lost or refused. */
  onLost?: () => void;
  logger?: EngineLogger | undefined;
}

/** Connections to one database. Statements are prepared once on each connection. */
export interface PostgresDatabase {
  /** Runs one statement that changes nothing; repeated while the database is out of reach, for a while. */
  read: Sql;
  /**
   * Runs one statement as a transaction of its own. Throws an {@link OutcomeUnknown} if the connection was lost before
   * its answer came.
   */
  write: Sql;
  /**
   * Runs `act` as one transaction. Repeated as a whole if the database undid it because of others, or if it was lost
   * before its commit; throws an {@link OutcomeUnknown} if the answer to its commit was lost.
   */
  transaction<T>(act: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Receives what is sent to the channel until the returned function is called. `onReady` is called each time that
   * messages may have been missed before, `onLost` when the connection is lost.
   */
  listen(channel: string, on: { message(text: string): void; ready(): void; lost(): void }): () => Promise<void>;
  isOpen(): boolean;
  close(): Promise<void>;
}

interface Compiled {
  name: string;
  text: string;
  values: string[];
}

const repetitionsAtMost = 8;
const firstPauseMs = 50;
const longestPauseMs = 1_000;
const firstReconnectMs = 250;
const longestReconnectMs = 5_000;
/** How long a statement may take, and how long a process that was stopped keeps its locks, in milliseconds. */
const statementTimeoutMs = 10_000;
const idleInTransactionMs = 5_000;
/** Without an answer for so long, the connection counts as lost, in milliseconds. */
const answerTimeoutMs = 12_000;
const connectTimeoutMs = 5_000;
/**
 * How long a connection is silent before the system asks whether its other end is still there, in milliseconds. The one
 * that listens asks for nothing itself, and would hear nothing for hours after its host has vanished.
 */
const silentForMs = 10_000;
/** How long an orderly end may take, in milliseconds. A host that is gone does not answer even that. */
const endTimeoutMs = 1_000;

/** For how long after a commit without an answer every commit makes sure of what came before it, in milliseconds. */
const makingSureMs = 120_000;
/**
 * Written to the log alone, so that the commit of a transaction that changes nothing waits for the standby as well. What it
 * has read is there then: a primary that crashes while a commit waits shows it afterwards, whether or not a standby has it.
 */
const makeSure = "SELECT pg_logical_emit_message(true, 'toolcast', '')";

const databaseNow = "(extract(epoch FROM statement_timestamp()) * 1000)::bigint";

/** A commit is on disk, and on the standbys that are configured, before it is answered, whatever the role's default. */
const prepareSession = `SELECT set_config('statement_timeout', '${statementTimeoutMs}', false),
  set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', false),
  CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END`;

/** Loads `pg` only now: programs that use another engine need not have it in memory. */
export async function connectPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const { clock, logger, databaseTime, patienceMs = 5_000 } = options;
  const { default: pg } = await import("pg");
  const ConnectedClient = options.client ?? pg.Client;
  const settings: PoolConfig = {
    connectionString: options.url,
    application_name: "toolcast",
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: silentForMs,
  };
  const pool: Pool = new pg.Pool({ ...settings, max: options.connections ?? 8, Client: ConnectedClient });
  // An idle connection that breaks is replaced when it is needed.
  pool.on("error", () => {});
  /**
   * Increases when a connection is lost. Those from before are not used again: if a host has vanished, each would have to
   * be waited for in turn, for as long as an answer may take.
   */
  let generation = 0;
  const generations = new WeakMap<ClientBase, number>();
  pool.on("connect", (client) => {
    generations.set(client, generation);
    // It may break between being lent and getting a listener; an error without a listener ends the process.
    client.on("error", () => {});
    client.query(prepareSession).catch(() => {});
  });
  const compiled = new Map<string, Compiled>();
  const listeners = new Set<() => Promise<void>>();
  let open = true;
  let makesSureUntil = Number.NEGATIVE_INFINITY;

  const makesSure = () => clock.monotonic() < makesSureUntil;

  function inSchema(text: string): string {
    return options.schema === undefined ? text : text.replaceAll(/\btoolcast\b/g, options.schema);
  }

  function compile(text: string): Compiled {
    let known = compiled.get(text);
    if (known === undefined) {
      const values: string[] = [];
      const numbered = inSchema(text).replace(/(?<!:):([a-z][a-zA-Z]*)/g, (_, name: string) => {
        if (name === "now" && databaseTime === undefined) {
          return databaseNow;
        }
        if (!values.includes(name)) {
          values.push(name);
        }
        return `$${values.indexOf(name) + 1}${name === "now" ? "::bigint" : ""}`;
      });
      const name = createHash("sha256").update(numbered).digest("base64url").slice(0, 24);
      known = { name, text: numbered, values };
      compiled.set(text, known);
    }
    return known;
  }

  async function run(client: ClientBase, text: string, values: Readonly<Record<string, unknown>>): Promise<Row[]> {
    const statement = compile(text);
    const { rows } = await client.query({
      name: statement.name,
      text: statement.text,
      values: statement.values.map((name) => (name === "now" ? databaseTime?.() : values[name])),
    });
    return rows as Row[];
  }

  /** Lends a connection; a broken one is not kept. */
  async function withClient<T>(act: (client: ClientBase) => Promise<T>): Promise<T> {
    if (!open) {
      throw new Error("The store is closed.");
    }
    let client = await pool.connect();
    while ((generations.get(client) ?? generation) < generation) {
      client.release(true);
      client = await pool.connect();
    }
    let broken = false;
    const onError = () => {
      broken = true;
    };
    client.on("error", onError);
    try {
      return await act(client);
    } catch (error) {
      // The answer to a commit is lost with its connection.
      if (isConnectionLost(error) || error instanceof OutcomeUnknown) {
        broken = true;
        generation = Math.max(generation, (generations.get(client) ?? generation) + 1);
      }
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }

  /** Repeats what certainly did not happen. */
  async function persist<T>(act: () => Promise<T>): Promise<T> {
    const began = clock.monotonic();
    for (let repetition = 0; ; repetition += 1) {
      try {
        return await act();
      } catch (error) {
        const lost = isConnectionLost(error);
        if (error instanceof OutcomeUnknown) {
          makesSureUntil = clock.monotonic() + makingSureMs;
        }
        if (lost || error instanceof OutcomeUnknown) {
          options.onLost?.();
        }
        const mayRepeat = lost
          ? clock.monotonic() - began < patienceMs
          : isWorthRepeating(error) && repetition < repetitionsAtMost;
        if (!open || !mayRepeat || error instanceof OutcomeUnknown) {
          throw lost || isGivenUp(error) ? unavailable(error) : error;
        }
        // The first repetition follows at once: most often only an idle connection was broken.
        if (repetition > 0) {
          await sleep(clock, Math.min(longestPauseMs, firstPauseMs * 2 ** repetition));
        }
      }
    }
  }

  /** Runs what commits. It counts once a failover cannot undo it any more. */
  async function committed<T>(client: ClientBase, act: () => Promise<T>): Promise<T> {
    let alone: unknown = null;
    const onNotice = (notice: { routine?: string | undefined }) => {
      alone ??= isOnPrimaryAlone(notice) ? notice : null;
    };
    client.on("notice", onNotice);
    try {
      const value = await act();
      if (alone !== null) {
        throw new OutcomeUnknown(alone);
      }
      return value;
    } finally {
      client.off("notice", onNotice);
    }
  }

  async function inTransaction<T>(client: ClientBase, act: (sql: Sql) => Promise<T>): Promise<T> {
    let value: T;
    try {
      await client.query("BEGIN");
      value = await act((text, values = {}) => run(client, text, values));
      if (makesSure()) {
        await client.query(makeSure);
      }
    } catch (error) {
      if (!isConnectionLost(error)) {
        await client.query("ROLLBACK");
      }
      throw error;
    }
    try {
      const { command } = await committed(client, () => client.query("COMMIT"));
      if (command !== "COMMIT") {
        throw new Error("The database undid a transaction.");
      }
    } catch (error) {
      throw isConnectionLost(error) ? new OutcomeUnknown(error) : error;
    }
    return value;
  }

  async function withinEndTimeout(ending: Promise<void> | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.setTimer(endTimeoutMs, resolve);
    await Promise.race([promise, ending?.catch(() => {})]);
    cancel();
  }

  function listen(channel: string, on: Parameters<PostgresDatabase["listen"]>[1]): () => Promise<void> {
    let stopped = false;
    let current: Client | null = null;
    let cancelRetry = () => {};
    let failures = 0;

    async function connect(): Promise<void> {
      const client = new ConnectedClient(settings);
      current = client;
      let over = false;
      const end = (error?: unknown) => {
        if (over) {
          return;
        }
        over = true;
        client.end().catch(() => {});
        if (stopped) {
          return;
        }
        on.lost();
        logger?.warn({ err: error }, "the connection that hears of due jobs was lost; trying again");
        const pauseMs = Math.min(longestReconnectMs, firstReconnectMs * 2 ** failures);
        failures = Math.min(failures + 1, 10);
        cancelRetry = clock.setTimer(pauseMs, () => void connect());
      };
      client.on("error", end);
      client.on("end", () => end());
      client.on("notification", ({ payload = "" }) => on.message(payload));
      try {
        await client.connect();
        await client.query(`LISTEN ${channel}`);
        failures = 0;
        if (!stopped) {
          on.ready();
        }
      } catch (error) {
        end(error);
      }
    }

    const connecting = connect();
    const stop = async () => {
      if (stopped) {
        return;
      }
      stopped = true;
      listeners.delete(stop);
      cancelRetry();
      await connecting;
      await withinEndTimeout(current?.end());
    };
    listeners.add(stop);
    return stop;
  }

  return {
    read: (text, values = {}) => persist(() => withClient((client) => run(client, text, values))),
    write: (text, values = {}) =>
      persist(async () => {
        let sent = false;
        try {
          return await withClient((client) => {
            sent = true;
            return makesSure()
              ? inTransaction(client, (sql) => sql(text, values))
              : committed(client, () => run(client, text, values));
          });
        } catch (error) {
          throw sent && isConnectionLost(error) ? new OutcomeUnknown(error) : error;
        }
      }),
    transaction: (act) => persist(() => withClient((client) => inTransaction(client, act))),
    listen,
    isOpen: () => open,
    async close() {
      open = false;
      await Promise.all([...listeners].map((stop) => stop()));
      await pool.end();
    },
  };
}
