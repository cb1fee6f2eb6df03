import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs, movedBack } from "../ground/due.ts";
import { type Random, randomId } from "../ground/random.ts";
import { RecentSetBack } from "../ground/recent-set-back.ts";
import type { JobEngine, WriteEnd, WriteOptions } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { createdJob } from "../job/read-job.ts";
import type { EngineLogger } from "../schedule/schedule.ts";
import { Schedules } from "../schedule/schedules.ts";
import { type State, stateOver } from "../state/open-state.ts";
import { createWriteQueue } from "../state/sqlite-write-queue.ts";
import { StateTable } from "../state/state-table.ts";
import { createAdmissionStore } from "./sqlite-admission.ts";
import { createInbox } from "./sqlite-inbox.ts";
import { createLeaseStore } from "./sqlite-leases.ts";
import { createLines, needsOf, placeNeed } from "./sqlite-lines.ts";
import { createRecordStore, type StoredHead } from "./sqlite-records.ts";
import { openJobDatabase } from "./sqlite-schema.ts";

interface SqliteEngineOptions {
  /** The database file; created with its directory if it does not exist. Several processes may open the same one. */
  file: string;
  /** Decides leases, rates and what is due. */
  clock: Clock;
  /** Generates this process's name and spreads retries. */
  random: Random;
  /** Names this process among those that share the file. Default: a unique name. */
  holder?: string;
  /** How long a job stays with a process that shows no sign of life, in milliseconds. Default 30,000. */
  leaseMs?: number;
  /** How often to look for other processes' writes, in milliseconds. Default 1,000. */
  pollMs?: number;
  /** Logs failed advances, lost leases and a store that cannot be reached. Default: none. */
  logger?: EngineLogger;
}

/** A job engine with the small state of the same installation: one file and one commit for both. */
export interface SqliteEngine extends JobEngine {
  /** Closed with the engine; closing it alone does nothing. */
  readonly state: State;
}

function leavesQueue(before: StoredHead, next: Job): boolean {
  return before.phase === "queued" && next.state.phase !== "queued";
}

/** Jobs, inbox and small state in one SQLite file. Every write resolves after its transaction is on disk. */
export function openSqliteEngine(options: SqliteEngineOptions): SqliteEngine {
  const { clock, random, logger, leaseMs = 30_000, pollMs = 1_000 } = options;
  const database = openJobDatabase(options.file, { refuseDamaged: true });
  const schedules = new Schedules();
  const queue = createWriteQueue(database, () => {
    for (const schedule of schedules) {
      schedule.look();
    }
  });
  const records = createRecordStore(database);
  const admissions = createAdmissionStore(database, clock);
  const lines = createLines(database, admissions, clock);
  const holder = options.holder ?? randomId(random, "holder");
  const { noteJob, ...inbox } = createInbox(database, queue.aside, { clock, holder, leaseMs });
  const leases = createLeaseStore({ database, queue, clock, holder, leaseMs, lines, admissions });
  const state = stateOver(new StateTable(database, queue.aside, clock, () => {}));
  const setBack = new RecentSetBack(clock);
  const savepoint = database.prepare("SAVEPOINT write");
  const keep = database.prepare("RELEASE write");
  const undo = database.prepare("ROLLBACK TO write");
  // A lock taken in the future means that the clock was set back; it is unknown how long ago it was taken, so it may be
  // taken over.
  const lock = database.prepare(
    `INSERT INTO locks (name, holder, until, taken_at) VALUES (:name, :holder, :until, :now)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, taken_at = excluded.taken_at
       WHERE holder = excluded.holder OR until <= :now OR taken_at > :tolerated`,
  );
  const unlock = database.prepare("DELETE FROM locks WHERE name = ? AND holder = ?");
  let closing: Promise<void> | null = null;

  function assertOpen(): void {
    if (!database.isOpen) {
      throw new Error("The store is closed.");
    }
  }

  function writeNow(next: Job, record: string, write: WriteOptions, askedAt: number): WriteEnd {
    const now = clock.now();
    const stored = records.head(next.id, now);
    if (!stored || stored.version !== next.version - 1) {
      return { end: "conflict" };
    }
    const { admission, release, count, uncount } = write;
    const isPlain = !(admission || release || count || uncount || leavesQueue(stored, next));
    return isPlain
      ? update(stored, next, record, write, askedAt, now)
      : queue.whole(() => writeWhole(stored, next, record, write, askedAt, now));
  }

  function update(
    stored: StoredHead,
    next: Job,
    record: string,
    { wakeAt, needsSurface = null }: WriteOptions,
    askedAt: number,
    now: number,
  ): WriteEnd {
    records.update(stored.seq, next, record, {
      ...{ now, needsSurface, wakeAt: wakeAt === undefined ? stored.wakeAt : movedBack(wakeAt, askedAt, now) },
    });
    return { end: "written" };
  }

  /** A write that changes more than the job. */
  function writeWhole(
    stored: StoredHead,
    next: Job,
    record: string,
    write: WriteOptions,
    askedAt: number,
    now: number,
  ): WriteEnd {
    savepoint.run();
    for (const { name, amount } of write.uncount ?? []) {
      admissions.uncount(name, amount);
    }
    const givenBack = write.release || write.admission?.holds.length === 0 ? admissions.release(stored.seq) : [];
    const refusal = write.admission ? admissions.take(stored, write.admission, now) : null;
    if (refusal) {
      undo.run();
      keep.run();
      if (stored.phase === "queued" && write.admission && (refusal.end === "full" || refusal.end === "too-fast")) {
        lines.park(stored, write.admission, refusal);
      }
      return refusal;
    }
    for (const { name, amount } of write.count ?? []) {
      admissions.count(name, amount);
    }
    const end = update(stored, next, record, write, askedAt, now);
    keep.run();
    callNext(stored, next, write, givenBack);
    return end;
  }

  /** Whoever waits for the room that a write has made becomes due in its transaction. */
  function callNext(before: StoredHead, next: Job, { admission }: WriteOptions, givenBack: readonly string[]): void {
    const leaves = leavesQueue(before, next);
    const needs = [...givenBack.map(placeNeed), ...(leaves ? lines.endCall(before.seq) : [])];
    if (leaves && admission) {
      lines.noteAdmitted(admission);
      needs.push(...needsOf(admission));
    }
    lines.serve(needs);
  }

  async function close(): Promise<void> {
    await schedules.stop();
    queue.flush();
    database.close();
  }

  return {
    inbox,
    state,
    async create(job, write) {
      if (write.admission || write.release || write.uncount || write.count) {
        throw new TypeError("A new job cannot be admitted by the write that creates it; admit it with another write.");
      }
      const stored: Job = { ...job, version: 1 };
      const record = JSON.stringify(stored);
      const wakeAt = write.wakeAt == null ? null : setBack.corrected(write.wakeAt);
      const askedAt = clock.now();
      const run = write.inbox === undefined ? queue.runPlain : queue.run;
      return run(() => {
        const existing = job.key === undefined ? null : records.readByKey(job.key);
        if (write.inbox !== undefined) {
          noteJob(write.inbox, (existing ?? stored).id);
        }
        if (existing) {
          return { created: false, job: existing };
        }
        const now = clock.now();
        records.insert(stored, record, {
          ...{ now, wakeAt: movedBack(wakeAt, askedAt, now), needsSurface: write.needsSurface ?? null },
        });
        return createdJob(record);
      });
    },
    async read(id) {
      assertOpen();
      setBack.look();
      return records.read(id);
    },
    async find(key) {
      assertOpen();
      return records.readByKey(key);
    },
    async write(job, write) {
      // Serialized now, because the caller may go on changing the job.
      const next: Job = { ...job, version: job.version + 1 };
      const record = JSON.stringify(next);
      const wakeAt = write.wakeAt == null ? write.wakeAt : setBack.corrected(write.wakeAt);
      const askedAt = clock.now();
      return queue.runPlain(() => writeNow(next, record, { ...write, wakeAt }, askedAt));
    },
    async list(filter) {
      assertOpen();
      return records.list(filter);
    },
    async changes(cursor, limit) {
      assertOpen();
      return records.changes(cursor, limit);
    },
    async count(filter) {
      assertOpen();
      return records.count(filter);
    },
    async counter(name) {
      assertOpen();
      return admissions.counter(name);
    },
    async counters(prefix, from) {
      assertOpen();
      return admissions.counters(prefix, from);
    },
    async removeCounters(from, before, limit) {
      return queue.runPlain(() => admissions.removeCounters(from, before, limit));
    },
    async remove(id, version) {
      return queue.run(() => {
        const seq = records.remove(id, version);
        if (seq !== null) {
          lines.serve([...admissions.release(seq).map(placeNeed), ...lines.endCall(seq)]);
        }
        return seq !== null;
      });
    },
    async wake(id, instant) {
      const at = setBack.corrected(instant);
      const askedAt = clock.now();
      const woken = queue.runPlain(() => {
        const now = clock.now();
        records.wake(id, movedBack(at, askedAt, now) ?? at, now);
      });
      if (at <= askedAt) {
        for (const schedule of schedules) {
          schedule.claimNext();
        }
      }
      await woken;
    },
    async schedule(request) {
      assertOpen();
      return schedules.run({ store: leases, clock, random, leaseMs, pollMs, logger, setBack }, request);
    },
    async lock(name, holder, ttlMs) {
      return queue.runPlain(() => {
        const now = clock.now();
        return lock.run({ name, holder, until: now + ttlMs, now, tolerated: now + clockToleranceMs }).changes > 0;
      });
    },
    async unlock(name, holder) {
      await queue.runPlain(() => unlock.run(name, holder));
    },
    async close() {
      closing ??= close();
      await closing;
    },
  };
}
