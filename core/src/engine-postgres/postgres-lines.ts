import { clockToleranceMs, longestWaitMs } from "../ground/due.ts";
import type { Admission } from "../job/engine.ts";
import type { AdmissionStore, Refusal } from "./postgres-admission.ts";
import type { Sql } from "./postgres-database.ts";

/**
 * What a job needs room in: `place <resource>` or `rate <name>`. Jobs that need the same form one line, whatever their
 * number, so that a line that cannot go on is passed over as a whole.
 */
type Need = string;

/** The lines of jobs that were refused a place or a rate, within one transaction that has the admission lock. */
export interface Lines {
  /** Lets a queued job wait for what its admission asked for. */
  park(
    job: { seq: number; createdAt: number },
    admission: Admission,
    refusal: Exclude<Refusal, { end: "over" }>,
  ): Promise<void>;
  /** Notes what was admitted: a maximum may have changed since others were refused. */
  noteAdmitted(admission: Admission): Promise<void>;
  /** Ends the call of a job, if it was called; returns what it no longer claims. */
  endCall(seq: number): Promise<Need[]>;
  /** Calls those who have waited longest for these, as many as there is room for. */
  serve(needs: Iterable<Need>): Promise<void>;
  /** Maxima may be others than before: whoever is next in line tries and finds out. */
  forgetBounds(): Promise<void>;
  /** Gives up calls that nobody answered, and maxima that keep nobody waiting. */
  dropStale(): Promise<void>;
  /** Makes the first jobs of the lines that moved because of `need` due; returns how many, at most `limit`. */
  refresh(need: Need, limit: number): Promise<number>;
}

/** How long a job that was called keeps its place from being offered to the next, in milliseconds. */
const longestCallMs = 60_000;

export const placeNeed = (resource: string): Need => `place ${resource}`;

export function needsOf({ holds, rate }: Admission): Need[] {
  return [...holds.map(({ resource }) => placeNeed(resource)), ...(rate === undefined ? [] : [`rate ${rate.name}`])];
}

/** Whether anybody may wait or was called. */
export const linesInUse = "EXISTS (SELECT FROM toolcast.lines) OR EXISTS (SELECT FROM toolcast.calls)";

/** The needs that block lines, in order, after `:after`. */
export const blockingNeeds = `SELECT DISTINCT blocked_by AS need FROM toolcast.lines
  WHERE blocked_by > :after ORDER BY blocked_by LIMIT :limit::integer`;

/** `now` is the database's time; `onCalled` hears when each job that was called is due. */
export function linesIn(
  sql: Sql,
  admissions: AdmissionStore,
  { now, onCalled }: { now: number; onCalled: (at: number) => void },
): Lines {
  /** When there is room in this for one more call: now, at a later instant for a rate, or null while there is none. */
  async function roomAt(need: Need): Promise<number | null> {
    const [row] = await sql(
      `SELECT (SELECT count(*) FROM toolcast.calls WHERE need = :need) AS calls, bounds.max, bounds.window_ms
       FROM (SELECT) AS one LEFT JOIN toolcast.bounds ON bounds.need = :need`,
      { need },
    );
    const calls = Number(row?.calls);
    if (row === undefined || row.max === null) {
      // Unknown: one at a time finds out.
      return calls === 0 ? now : null;
    }
    const max = Number(row.max);
    const name = need.slice(need.indexOf(" ") + 1);
    if (row.window_ms === null) {
      return (await admissions.held(name)) + calls < max ? now : null;
    }
    if (calls >= max) {
      return null;
    }
    const windowMs = Number(row.window_ms);
    const blocking = await admissions.nthLatest(name, max - 1 - calls);
    return blocking === null ? now : Math.min(Math.max(now, blocking + windowMs), now + windowMs);
  }

  /** From when there is room in all of these, or the first in which there is none. */
  async function roomIn(needs: readonly Need[]): Promise<{ at: number } | { full: Need }> {
    let from = now;
    for (const need of needs) {
      const at = await roomAt(need);
      if (at === null) {
        return { full: need };
      }
      from = Math.max(from, at);
    }
    return { at: from };
  }

  /** Calls the oldest job that waits for this and can go on. Returns whether there was one. */
  async function callNext(need: Need): Promise<boolean> {
    for (;;) {
      const [first] = await sql(
        "SELECT line, head_at FROM toolcast.lines WHERE blocked_by = :need ORDER BY head_at LIMIT 1",
        { need },
      );
      if (first === undefined) {
        return false;
      }
      const line = String(first.line);
      const [head] = await sql(
        "SELECT seq, created_at FROM toolcast.jobs WHERE waits_for = :line ORDER BY created_at, seq LIMIT 1",
        { line },
      );
      if (head === undefined) {
        await sql("DELETE FROM toolcast.lines WHERE line = :line", { line });
      } else if (Number(head.created_at) > Number(first.head_at)) {
        await sql("UPDATE toolcast.lines SET head_at = :at WHERE line = :line", { line, at: head.created_at });
      } else {
        const needs = JSON.parse(line) as Need[];
        const room = await roomIn([need, ...needs.filter((other) => other !== need)]);
        if ("at" in room) {
          await callJob(Number(head.seq), needs, room.at);
          await sql("UPDATE toolcast.bounds SET moved = true WHERE need = :need", { need });
          return true;
        }
        if (room.full === need) {
          return false;
        }
        await sql("UPDATE toolcast.lines SET blocked_by = :need WHERE line = :line", { line, need: room.full });
      }
    }
  }

  async function callJob(seq: number, needs: readonly Need[], at: number): Promise<void> {
    await makeDue([seq], at);
    await sql(
      `INSERT INTO toolcast.calls (need, job, at) SELECT need, :seq::bigint, :at::bigint FROM unnest(:needs::text[]) AS need
       ON CONFLICT (need, job) DO UPDATE SET at = excluded.at`,
      { seq, at: Math.ceil(at), needs: [...new Set(needs)] },
    );
  }

  async function makeDue(seqs: readonly number[], at: number): Promise<void> {
    await sql(
      `UPDATE toolcast.jobs SET called_at = :at::bigint, waits_for = NULL, scheduled_at = :asOf::bigint
       WHERE seq = ANY (:seqs::bigint[])`,
      { seqs, at: Math.ceil(at), asOf: now },
    );
    onCalled(Math.ceil(at));
  }

  async function serve(needs: Iterable<Need>): Promise<void> {
    for (const need of new Set(needs)) {
      while (await callNext(need)) {}
    }
  }

  async function noteBounds({ holds, rate }: Admission): Promise<void> {
    const bounds = [
      ...holds.map(({ resource, max }) => ({ need: placeNeed(resource), max, windowMs: null })),
      ...(rate === undefined ? [] : [{ need: `rate ${rate.name}`, max: rate.max, windowMs: Math.ceil(rate.windowMs) }]),
    ];
    for (const bound of bounds) {
      await sql(
        `INSERT INTO toolcast.bounds (need, max, window_ms) VALUES (:need, :max, :windowMs)
         ON CONFLICT (need) DO UPDATE SET max = excluded.max, window_ms = excluded.window_ms`,
        bound,
      );
    }
  }

  async function endCall(seq: number): Promise<Need[]> {
    const rows = await sql("DELETE FROM toolcast.calls WHERE job = :seq RETURNING need", { seq });
    return rows.map(({ need }) => String(need));
  }

  return {
    async park({ seq, createdAt }, admission, refusal) {
      const claimed = await endCall(seq);
      await noteBounds(admission);
      const line = JSON.stringify(needsOf(admission));
      const blockedBy = refusal.end === "full" ? placeNeed(refusal.resource) : `rate ${admission.rate?.name}`;
      await sql("UPDATE toolcast.jobs SET waits_for = :line, called_at = NULL WHERE seq = :seq", { line, seq });
      // `blocked_by` is one of the needs in which there was no room when the line was last looked at; `head_at` is at
      // most the age of the line's oldest job.
      await sql(
        `INSERT INTO toolcast.lines AS known (line, blocked_by, head_at) VALUES (:line, :blockedBy, :createdAt)
         ON CONFLICT (line) DO UPDATE SET blocked_by = excluded.blocked_by,
           head_at = LEAST(known.head_at, excluded.head_at)`,
        { line, blockedBy, createdAt },
      );
      // Somebody must be called for the next start that the rate allows.
      await serve(refusal.end === "full" ? claimed : [...claimed, blockedBy]);
    },
    async noteAdmitted(admission) {
      const [row] = await sql("SELECT EXISTS (SELECT FROM toolcast.lines) AS waits");
      if (row?.waits === true) {
        await noteBounds(admission);
      }
    },
    endCall,
    serve,
    async forgetBounds() {
      await sql("DELETE FROM toolcast.bounds");
    },
    async dropStale() {
      await sql("DELETE FROM toolcast.calls WHERE at <= :old::bigint OR at > :far::bigint", {
        ...{ old: now - longestCallMs, far: now + longestWaitMs + clockToleranceMs },
      });
      await sql("DELETE FROM toolcast.bounds WHERE need NOT IN (SELECT blocked_by FROM toolcast.lines)");
    },
    async refresh(need, limit) {
      const moved = await sql("UPDATE toolcast.bounds SET moved = false WHERE need = :need AND moved RETURNING need", {
        need,
      });
      if (moved.length === 0 || limit <= 0) {
        return 0;
      }
      const oldest = await sql(
        `SELECT waiting.seq FROM (
           SELECT line FROM toolcast.lines WHERE blocked_by = :need ORDER BY head_at LIMIT :limit::integer
         ) AS behind CROSS JOIN LATERAL (
           SELECT seq, created_at FROM toolcast.jobs WHERE waits_for = behind.line
           ORDER BY created_at, seq LIMIT :limit::integer
         ) AS waiting
         ORDER BY waiting.created_at, waiting.seq LIMIT :limit::integer`,
        { need, limit },
      );
      if (oldest.length > 0) {
        await makeDue(
          oldest.map(({ seq }) => Number(seq)),
          now,
        );
      }
      return oldest.length;
    },
  };
}
