import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs, longestWaitMs } from "../ground/due.ts";
import type { Admission, WriteEnd } from "../job/engine.ts";
import type { AdmissionStore } from "./sqlite-admission.ts";

/** A refusal after which a job waits in line. */
type Refusal = Extract<WriteEnd, { end: "full" | "too-fast" }>;

/**
 * What a job needs room in: `place <resource>` or `rate <name>`. Jobs that need the same form one line, whatever their
 * number, so that a line that cannot go on is passed over as a whole.
 */
type Need = string;

/** The lines of jobs that were refused a place or a rate. Call every method within a transaction. */
export interface Lines {
  /** Lets a queued job wait for what its admission asked for. */
  park(job: { seq: number; createdAt: number }, admission: Admission, refusal: Refusal): void;
  /** Notes what was admitted: a maximum may have changed since others were refused. */
  noteAdmitted(admission: Admission): void;
  /** Ends the call of a job, if it was called; returns what it no longer claims. */
  endCall(seq: number): Need[];
  /** Calls those who have waited longest for these, as many as there is room for. */
  serve(needs: Iterable<Need>): void;
  /** Whether anybody may wait or was called. */
  isInUse(): boolean;
  /** Maxima may be others than before: whoever is next in line tries and finds out. */
  forgetBounds(): void;
  /** Gives up calls that nobody answered, and maxima that keep nobody waiting. */
  dropStale(): void;
  /** The needs that block lines, in order, after `after`. */
  blocking(after: string, limit: number): Need[];
  /** Makes the first jobs of the lines that moved because of `need` due; returns how many, at most `limit`. */
  refresh(need: Need, limit: number): number;
}

/** How long a job that was called keeps its place from being offered to the next, in milliseconds. */
const longestCallMs = 60_000;

export const placeNeed = (resource: string): Need => `place ${resource}`;

export function needsOf({ holds, rate }: Admission): Need[] {
  return [...holds.map(({ resource }) => placeNeed(resource)), ...(rate === undefined ? [] : [`rate ${rate.name}`])];
}

export function createLines(database: DatabaseSync, admissions: AdmissionStore, clock: Clock): Lines {
  const putJob = database.prepare("UPDATE jobs SET waits_for = ?, called_at = NULL WHERE seq = ?");
  // `blocked_by` is one of the needs in which there was no room when the line was last looked at; `head_at` is at most
  // the age of the line's oldest job.
  const putLine = database.prepare(
    `INSERT INTO lines (line, blocked_by, head_at) VALUES (:line, :blockedBy, :createdAt)
     ON CONFLICT (line) DO UPDATE SET blocked_by = excluded.blocked_by, head_at = min(head_at, excluded.head_at)`,
  );
  const firstLine = database.prepare("SELECT line, head_at FROM lines WHERE blocked_by = ? ORDER BY head_at LIMIT 1");
  const linesBehind = database.prepare("SELECT line FROM lines WHERE blocked_by = ? ORDER BY head_at LIMIT ?");
  const nextBlocking = database.prepare("SELECT min(blocked_by) AS need FROM lines WHERE blocked_by > ?");
  const block = database.prepare("UPDATE lines SET blocked_by = ? WHERE line = ?");
  const setHead = database.prepare("UPDATE lines SET head_at = ? WHERE line = ?");
  const dropLine = database.prepare("DELETE FROM lines WHERE line = ?");
  const firstJobs = database.prepare(
    `SELECT seq, created_at FROM jobs INDEXED BY jobs_line WHERE waits_for = ? ORDER BY created_at, seq LIMIT ?`,
  );
  const call = database.prepare("UPDATE jobs SET called_at = ?, waits_for = NULL, scheduled_at = ? WHERE seq = ?");
  const noteCall = database.prepare("INSERT OR REPLACE INTO calls (need, job, at) VALUES (?, ?, ?)");
  const endCall = database.prepare("DELETE FROM calls WHERE job = ? RETURNING need");
  const countCalls = database.prepare("SELECT count(*) AS count FROM calls WHERE need = ?");
  const dropCalls = database.prepare("DELETE FROM calls WHERE at <= :old OR at > :far");
  const anyLine = database.prepare("SELECT 1 FROM lines LIMIT 1");
  const anyCall = database.prepare("SELECT 1 FROM calls LIMIT 1");
  const putBound = database.prepare(
    `INSERT INTO bounds (need, max, window_ms) VALUES (?, ?, ?)
     ON CONFLICT (need) DO UPDATE SET max = excluded.max, window_ms = excluded.window_ms`,
  );
  const readBound = database.prepare("SELECT max, window_ms FROM bounds WHERE need = ?");
  const setMoved = database.prepare("UPDATE bounds SET moved = 1 WHERE need = ?");
  const takeMoved = database.prepare("UPDATE bounds SET moved = 0 WHERE need = ? AND moved = 1");
  const forgetBounds = database.prepare("DELETE FROM bounds");
  const dropIdleBounds = database.prepare("DELETE FROM bounds WHERE need NOT IN (SELECT blocked_by FROM lines)");

  /** When there is room in this for one more call: now, at a later instant for a rate, or null while there is none. */
  function roomAt(need: Need, now: number): number | null {
    const calls = Number(countCalls.get(need)?.count);
    const bound = readBound.get(need);
    if (bound === undefined) {
      // Unknown: one at a time finds out.
      return calls === 0 ? now : null;
    }
    const max = Number(bound.max);
    const name = need.slice(need.indexOf(" ") + 1);
    if (bound.window_ms === null) {
      return admissions.held(name) + calls < max ? now : null;
    }
    if (calls >= max) {
      return null;
    }
    const windowMs = Number(bound.window_ms);
    const blocking = admissions.nthLatest(name, max - 1 - calls);
    return blocking === null ? now : Math.min(Math.max(now, blocking + windowMs), now + windowMs);
  }

  /** Calls the oldest job that waits for this and can go on. Returns whether there was one. */
  function callNext(need: Need, now: number): boolean {
    for (;;) {
      const first = firstLine.get(need);
      if (first === undefined) {
        return false;
      }
      const line = String(first.line);
      const [head] = firstJobs.all(line, 1);
      if (head === undefined) {
        dropLine.run(line);
      } else if (Number(head.created_at) > Number(first.head_at)) {
        setHead.run(Number(head.created_at), line);
      } else {
        const needs = JSON.parse(line) as Need[];
        const room = roomIn([need, ...needs.filter((other) => other !== need)], now);
        if ("at" in room) {
          callJob(Number(head.seq), needs, room.at, now);
          setMoved.run(need);
          return true;
        }
        if (room.full === need) {
          return false;
        }
        block.run(room.full, line);
      }
    }
  }

  /** From when there is room in all of these, or the first in which there is none. */
  function roomIn(needs: readonly Need[], now: number): { at: number } | { full: Need } {
    let from = now;
    for (const need of needs) {
      const at = roomAt(need, now);
      if (at === null) {
        return { full: need };
      }
      from = Math.max(from, at);
    }
    return { at: from };
  }

  function callJob(seq: number, needs: readonly Need[], at: number, now: number): void {
    call.run(at, now, seq);
    for (const need of needs) {
      noteCall.run(need, seq, at);
    }
  }

  function serve(needs: Iterable<Need>): void {
    const now = clock.now();
    for (const need of new Set(needs)) {
      while (callNext(need, now)) {}
    }
  }

  function noteBounds({ holds, rate }: Admission): void {
    for (const { resource, max } of holds) {
      putBound.run(placeNeed(resource), max, null);
    }
    if (rate !== undefined) {
      putBound.run(`rate ${rate.name}`, rate.max, rate.windowMs);
    }
  }

  return {
    park({ seq, createdAt }, admission, refusal) {
      const claimed = [...endCallOf(seq)];
      noteBounds(admission);
      const line = JSON.stringify(needsOf(admission));
      const blockedBy = refusal.end === "full" ? placeNeed(refusal.resource) : `rate ${admission.rate?.name}`;
      putJob.run(line, seq);
      putLine.run({ line, blockedBy, createdAt });
      // Somebody must be called for the next start that the rate allows.
      serve(refusal.end === "full" ? claimed : [...claimed, blockedBy]);
    },
    noteAdmitted(admission) {
      if (anyLine.get() !== undefined) {
        noteBounds(admission);
      }
    },
    endCall: endCallOf,
    serve,
    isInUse: () => anyLine.get() !== undefined || anyCall.get() !== undefined,
    forgetBounds() {
      forgetBounds.run();
    },
    dropStale() {
      const now = clock.now();
      dropCalls.run({ old: now - longestCallMs, far: now + longestWaitMs + clockToleranceMs });
      dropIdleBounds.run();
    },
    blocking(after, limit) {
      const needs: Need[] = [];
      for (let last = after; needs.length < limit; ) {
        const need = nextBlocking.get(last)?.need ?? null;
        if (need === null) {
          break;
        }
        last = String(need);
        needs.push(last);
      }
      return needs;
    },
    refresh(need, limit) {
      if (takeMoved.run(need).changes === 0) {
        return 0;
      }
      const now = clock.now();
      const oldest = linesBehind
        .all(need, limit)
        .flatMap(({ line }) => firstJobs.all(String(line), limit))
        .sort((one, other) => Number(one.created_at) - Number(other.created_at))
        .slice(0, limit);
      for (const { seq } of oldest) {
        call.run(now, now, Number(seq));
      }
      return oldest.length;
    },
  };

  function endCallOf(seq: number): Need[] {
    return endCall.all(seq).map(({ need }) => String(need));
  }
}
