import type { Client } from "pg";
import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";
import { type Random, randomId } from "../ground/random.ts";
import { RecentSetBack } from "../ground/recent-set-back.ts";
import type { JobEngine, WriteEnd, WriteOptions } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { createdJob } from "../job/read-job.ts";
import type { EngineLogger } from "../schedule/schedule.ts";
import { Schedules } from "../schedule/schedules.ts";
import { connectPostgres, type PostgresDatabase } from "./postgres-database.ts";
import { createInbox, noteJob } from "./postgres-inbox.ts";
import { createInserts } from "./postgres-inserts.ts";
import { createLeaseStore } from "./postgres-leases.ts";
import { createJobLists } from "./postgres-lists.ts";
import { insertJob, jobIn, type NewVersion, wakeJob } from "./postgres-records.ts";
import { migrate } from "./postgres-schema.ts";
import { createWakeUps } from "./postgres-wake-ups.ts";
import { createWrites } from "./postgres-writes.ts";
import { untilKnown } from "./until-known.ts";

export interface PostgresEngineOptions {
  /**
   * `postgres://user:password@host:port/database`, with the parameters that `pg` knows. A secret. A connection pooler in
   * between must keep sessions: statements are prepared and messages received.
   */
  url: string;
  /** Measures waits and leases in this process. The database's time decides what is due and which lease has expired. */
  clock: Clock;
  /** Generates this process's name and those of writes, and spreads retries. */
  random: Random;
  /** Names this process among those that share the database. Default: a unique name. */
  holder?: string;
  /**
   * How long a job stays with a process that shows no sign of life, in milliseconds. Default 10,000: another host then has
   * it within 15 seconds.
   */
  leaseMs?: number;
  /** How often to look whether surfaces or the clock have changed, in milliseconds. Default 1,000. */
  pollMs?: number;
  /** How many connections this process has at most, beside the one that listens. Default 8. */
  connections?: number;
  /** Logs failed advances, lost leases and a database that cannot be reached. Default: none. */
  logger?: EngineLogger;
  /** The schema of its tables. Default `toolcast`. */
  schema?: string;
  /** What to connect with. Default: `pg`'s own client. */
  client?: typeof Client;
  /** The database's time in epoch milliseconds. Default: its own. */
  databaseTime?: () => number;
}

/** An engine with the connections it works over, which are closed with it. */
export interface ConnectedEngine {
  engine: JobEngine;
  database: PostgresDatabase;
}

/** Sorts after every character of a name. */
const lastCharacter = "\u{10ffff}";

/**
 * Jobs in a PostgreSQL database, shared by processes on any number of hosts. Creates or updates its tables. Every write
 * resolves after its commit. When the answer to a commit is lost, the write is looked for by its name before its outcome
 * is reported.
 */
export async function openPostgresEngine(options: PostgresEngineOptions): Promise<JobEngine> {
  return (await connectPostgresEngine(options)).engine;
}

/** The same, with its connections. */
export async function connectPostgresEngine(options: PostgresEngineOptions): Promise<ConnectedEngine> {
  const { clock, random, logger, leaseMs = 10_000, pollMs = 1_000 } = options;
  const holder = options.holder ?? randomId(random, "holder");
  const nextWriteId = () => randomId(random, "write");
  const database = await connectPostgres({ ...options, onLost: () => leases.forgetTime() });
  const schedules = new Schedules();
  // What died right after it took a job is seen within this time, and its lease has run out a whole lease later.
  const lookEveryMs = leaseMs / 3;
  const wakeUps = createWakeUps({ database, holder, schedules, withinMs: lookEveryMs, logger });
  const writes = createWrites({ database, clock, onDue: wakeUps.announce });
  const leases = createLeaseStore({
    ...{ database, clock, holder, leaseMs, lookEveryMs },
    checkLines: writes.checkLines,
    onDue: wakeUps.announce,
  });
  const insert = createInserts(database);
  const lists = createJobLists(database);
  const inbox = createInbox({ database, clock, holder, leaseMs, nextWriteId });
  let closing: Promise<void> | null = null;
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }

  const setBack = new RecentSetBack(clock);
  const delayUntil = (at: number) => setBack.corrected(at) - clock.now();
  const delayOf = ({ wakeAt }: WriteOptions) => (wakeAt == null ? wakeAt : delayUntil(wakeAt));

  async function jobWhere(condition: string, value: string): Promise<Job | null> {
    const [row] = await database.read(`SELECT id, key, phase, record FROM toolcast.jobs WHERE ${condition}`, { value });
    return jobIn(row);
  }

  /** `known`: the job that has the key already. `repetition`: how often the answer to the commit was lost before. */
  async function createOnce(version: NewVersion, entry: string | undefined, repetition: number) {
    const { job } = version;
    const inserted =
      entry === undefined
        ? await insert(version)
        : await database.transaction(async (sql) => {
            const done = await insertJob(sql, version);
            const [known] = done ? [] : await sql("SELECT id FROM toolcast.jobs WHERE key = :key", { key: job.key });
            if (!done && known === undefined && repetition === 0) {
              throw idTaken(job.id);
            }
            await noteJob(sql, entry, String(known?.id ?? job.id));
            return done;
          });
    if (inserted !== null) {
      return { known: null, dueInMs: inserted.dueInMs };
    }
    const existing = job.key === undefined ? null : await jobWhere("key = :value", job.key);
    if (existing === null && repetition === 0) {
      throw idTaken(job.id);
    }
    // An earlier try, whose answer was lost, has stored it.
    const created = repetition > 0 && (existing === null || existing.id === job.id);
    return { known: created ? null : (existing as Job), dueInMs: created ? 0 : null };
  }

  async function close(): Promise<void> {
    await schedules.stop();
    await wakeUps.settled();
    await database.close();
  }

  const engine: JobEngine = {
    inbox,
    async create(job, write) {
      if (write.admission || write.release || write.uncount || write.count) {
        throw new TypeError("A new job cannot be admitted by the write that creates it; admit it with another write.");
      }
      const stored: Job = { ...job, version: 1 };
      const version = versionOf(stored, write, nextWriteId(), delayOf(write));
      const { known, dueInMs } = await untilKnown((n) => createOnce(version, write.inbox, n));
      wakeUps.announce(dueInMs);
      return known === null ? createdJob(version.record) : { created: false, job: known };
    },
    read(id) {
      setBack.look();
      return jobWhere("id = :value AND phase <> 'removed'", id);
    },
    find: (key) => jobWhere("key = :value", key),
    remove: writes.remove,
    async write(job, write): Promise<WriteEnd> {
      // Serialized now, because the caller may go on changing the job.
      const next: Job = { ...job, version: job.version + 1 };
      const version = versionOf(next, write, nextWriteId(), delayOf(write));
      return writes.write(version, write);
    },
    ...lists,
    async counter(name) {
      const [row] = await database.read("SELECT count FROM toolcast.counters WHERE name = :name", { name });
      return Number(row?.count ?? 0);
    },
    async counters(prefix, from = prefix) {
      const rows = await database.read(
        `SELECT name, count FROM toolcast.counters
         WHERE name >= :from AND name < :before AND count <> 0 ORDER BY name`,
        { from: from > prefix ? from : prefix, before: prefix + lastCharacter },
      );
      return rows.map((row) => ({ name: String(row.name), count: Number(row.count) }));
    },
    async removeCounters(from, before, limit) {
      const rows = await untilKnown(() =>
        database.write(
          `DELETE FROM toolcast.counters WHERE name IN (
             SELECT name FROM toolcast.counters WHERE name >= :from AND name < :before
             ORDER BY name LIMIT :limit::integer
           ) RETURNING name`,
          { from, before, limit },
        ),
      );
      return rows.length;
    },
    async wake(id, at) {
      const delayMs = delayUntil(at);
      wakeUps.announce(await untilKnown(() => wakeJob(database.write, id, delayMs)));
    },
    async schedule(request) {
      if (!database.isOpen()) {
        throw new Error("The store is closed.");
      }
      await wakeUps.listen();
      return schedules.run({ store: leases, clock, random, leaseMs, pollMs, logger, setBack }, request);
    },
    async lock(name, locker, ttlMs) {
      // A lock taken in the future means that the database's clock was set back; it is unknown how long ago it was taken,
      // so it may be taken over.
      const rows = await untilKnown(() =>
        database.write(
          `INSERT INTO toolcast.locks AS known (name, holder, until, taken_at)
           VALUES (:name, :locker, :now + :ttlMs::bigint, :now)
           ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, taken_at = excluded.taken_at
             WHERE known.holder = excluded.holder OR known.until <= :now OR known.taken_at > :now + ${clockToleranceMs}
           RETURNING name`,
          { name, locker, ttlMs: Math.ceil(ttlMs) },
        ),
      );
      return rows.length > 0;
    },
    async unlock(name, locker) {
      await untilKnown(() =>
        database.write("DELETE FROM toolcast.locks WHERE name = :name AND holder = :locker", { name, locker }),
      );
    },
    async close() {
      closing ??= close();
      await closing;
    },
  };
  return { engine, database };
}

function versionOf(
  job: Job,
  { needsSurface = null }: WriteOptions,
  writeId: string,
  delayMs: number | null | undefined,
): NewVersion {
  return { job, record: JSON.stringify(job), writeId, delayMs, needsSurface };
}

function idTaken(id: string): Error {
  return new Error(`There is a job ${id} already.`);
}
