import type { Clock } from "../ground/clock.ts";
import type { WriteEnd, WriteOptions } from "../job/engine.ts";
import type { LeaseStore } from "../schedule/schedule.ts";
import { admissionsIn, heldAtRest, type Refusal } from "./postgres-admission.ts";
import type { PostgresDatabase, Sql } from "./postgres-database.ts";
import { OutcomeUnknown, unclear } from "./postgres-faults.ts";
import { blockingNeeds, type Lines, linesIn, linesInUse, needsOf, placeNeed } from "./postgres-lines.ts";
import { createQueuePositions } from "./postgres-queue-position.ts";
import { lockJob, type NewVersion, removeJob, type StoredHead, updateAlone, updateJobIn } from "./postgres-records.ts";
import { untilKnown } from "./until-known.ts";

/** Writes of new versions, with what they take and give back. */
export interface Writes {
  write(version: NewVersion, options: WriteOptions): Promise<WriteEnd>;
  remove(id: string, version: number): Promise<boolean>;
  checkLines: LeaseStore["checkLines"];
}

/** How many of the things that lines wait for are looked at in one transaction. */
const linesPerCheck = 50;
/** How many jobs at the front of lines report their position again, at each check. */
const mostRefreshed = 20;

/** Who takes or gives back places, rates or counters does so alone: "admit" in ASCII. */
const lockAdmission = "SELECT pg_advisory_xact_lock(418380703092), :now AS now";

export function createWrites(options: {
  database: PostgresDatabase;
  clock: Clock;
  /** Hears how long it is until a job that a write has made due, or left due, is due; null for never. */
  onDue: (inMs: number | null) => void;
}): Writes {
  const { database, clock, onDue } = options;
  const positions = createQueuePositions(clock);
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time, so that this process waits for the lock with one connection only. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = last.then(act, act);
    last = turn.catch(() => {});
    return turn;
  }

  /** A transaction that has the admission lock; tells after its commit what has become due. */
  function admitting<T>(act: (sql: Sql, lines: Lines, due: DueTimes, now: number) => Promise<T>): Promise<T> {
    return inTurn(async () => {
      const { value, due } = await database.transaction(async (sql) => {
        const [row] = await sql(lockAdmission);
        const now = Number(row?.now);
        const due = new DueTimes();
        const lines = linesIn(sql, admissionsIn(sql, now), { now, onCalled: (at) => due.note(at - now) });
        return { value: await act(sql, lines, due, now), due };
      });
      onDue(due.first);
      return value;
    });
  }

  /** A write that changes more than the job. */
  function writeWhole(version: NewVersion, write: WriteOptions): Promise<WriteEnd> {
    return admitting(async (sql, lines, due, now) => {
      const locked = await lockJob(sql, version.job.id);
      if (locked?.head.version !== version.job.version - 1) {
        return { end: "conflict" };
      }
      const { head } = locked;
      const admissions = admissionsIn(sql, now);
      await sql("SAVEPOINT write");
      for (const { name, amount } of write.uncount ?? []) {
        await admissions.uncount(name, amount);
      }
      const givenBack = write.release || write.admission?.holds.length === 0 ? await admissions.release(head.seq) : [];
      const refusal = write.admission ? await admissions.take(head.seq, write.admission) : null;
      if (refusal) {
        await sql("ROLLBACK TO SAVEPOINT write");
        if (head.phase === "queued" && write.admission && refusal.end !== "over") {
          await lines.park(head, write.admission, refusal);
        }
        return refused(sql, head, refusal, now);
      }
      for (const { name, amount } of write.count ?? []) {
        await admissions.count(name, amount);
      }
      const updated = await updateJobIn(sql, version);
      due.note(updated?.dueInMs ?? null);
      await callNext(lines, head, version, write, givenBack);
      return { end: "written" };
    });
  }

  async function refused(sql: Sql, head: StoredHead, refusal: Refusal, now: number): Promise<WriteEnd> {
    switch (refusal.end) {
      case "full":
        return { ...refusal, ahead: await positions.ahead(sql, head) };
      case "too-fast":
        return { end: "too-fast", retryAt: clock.now() + refusal.retryAt - now };
      case "over":
        return refusal;
    }
  }

  /** Whoever waits for the room that a write has made becomes due in its transaction. */
  async function callNext(
    lines: Lines,
    before: StoredHead,
    { job }: NewVersion,
    { admission }: WriteOptions,
    givenBack: readonly string[],
  ): Promise<void> {
    const leaves = before.phase === "queued" && job.state.phase !== "queued";
    const needs = [...givenBack.map(placeNeed), ...(leaves ? await lines.endCall(before.seq) : [])];
    if (leaves && admission) {
      await lines.noteAdmitted(admission);
      needs.push(...needsOf(admission));
    }
    await lines.serve(needs);
  }

  async function writeOnce(version: NewVersion, write: WriteOptions): Promise<WriteEnd> {
    if (!(write.admission || write.release || write.count || write.uncount)) {
      const written = await updateAlone(database.write, version);
      if (written !== null) {
        onDue(written.dueInMs);
        return { end: "written" };
      }
      const [row] = await database.read("SELECT version FROM toolcast.jobs WHERE id = :id", { id: version.job.id });
      if (row?.version !== version.job.version - 1) {
        return { end: "conflict" };
      }
    }
    return writeWhole(version, write);
  }

  /**
   * What became of a write whose commit was not answered. Waits for the job's lock: the server may still be at it.
   * Null if it did not happen.
   */
  function readBack({ job, writeId }: NewVersion): Promise<WriteEnd | null> {
    return database.transaction(async (sql) => {
      const locked = await lockJob(sql, job.id);
      if (locked?.writeId === writeId) {
        return { end: "written" };
      }
      return locked?.head.version === job.version - 1 ? null : { end: "conflict" };
    });
  }

  return {
    async write(version, write) {
      for (;;) {
        try {
          return await writeOnce(version, write);
        } catch (error) {
          if (!(error instanceof OutcomeUnknown)) {
            throw error;
          }
          const end = await untilKnown(() => readBack(version)).catch((unread: unknown) => {
            throw unclear(unread);
          });
          if (end !== null) {
            onDue(0);
            return end;
          }
        }
      }
    },
    remove: (id, version) =>
      untilKnown((repetition) =>
        admitting(async (sql, lines, _due, now) => {
          const seq = await removeJob(sql, id, version);
          if (seq === null) {
            // An earlier try, whose answer was lost, may have removed it.
            return repetition > 0 && (await lockJob(sql, id))?.head.version !== version;
          }
          const places = await admissionsIn(sql, now).release(seq);
          await lines.serve([...places.map(placeNeed), ...(await lines.endCall(seq))]);
          return true;
        }),
      ),
    async checkLines({ first }) {
      const [row] = await database.read(`SELECT ${linesInUse} OR ${heldAtRest} AS used`);
      if (row?.used !== true) {
        return;
      }
      await admitting(async (sql, lines, _due, now) => {
        await admissionsIn(sql, now).releaseAtRest();
        await lines.dropStale();
        if (first) {
          await lines.forgetBounds();
        }
      });
      let refreshed = 0;
      for (let after = ""; ; ) {
        const rows = await database.read(blockingNeeds, { after, limit: linesPerCheck });
        const needs = rows.map(({ need }) => String(need));
        const lastNeed = needs.at(-1);
        if (lastNeed === undefined) {
          return;
        }
        await admitting(async (_sql, lines) => {
          await lines.serve(needs);
          for (const need of first ? [] : needs) {
            refreshed += await lines.refresh(need, mostRefreshed - refreshed);
          }
        });
        after = lastNeed;
      }
    },
  };
}

/** The first of several waits. */
class DueTimes {
  first: number | null = null;

  note(inMs: number | null): void {
    this.first = inMs === null ? this.first : Math.min(this.first ?? inMs, inMs);
  }
}
