import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs, longestWaitMs } from "../ground/due.ts";
import { LeaseWatch } from "../schedule/lease-watch.ts";
import { thisProcess } from "../schedule/process-identity.ts";
import type { Claim, LeaseEnd, LeaseStore } from "../schedule/schedule.ts";
import type { PostgresDatabase, Row } from "./postgres-database.ts";
import { OutcomeUnknown } from "./postgres-faults.ts";
import { dueInOf } from "./postgres-records.ts";
import { untilKnown } from "./until-known.ts";

export interface LeaseStoreOptions {
  database: PostgresDatabase;
  clock: Clock;
  /** Names this process among those that share the database. */
  holder: string;
  leaseMs: number;
  /** How long this process may go without looking at what is due, in milliseconds. */
  lookEveryMs: number;
  checkLines: LeaseStore["checkLines"];
  /** Hears how long it is until a job that was given up is due. */
  onDue: (inMs: number) => void;
}

/** Leases in a database, with what their schedule need not know. */
export interface PostgresLeases extends LeaseStore {
  /** The database was out of reach, so that nobody could renew: nothing is taken over for a whole lease length. */
  forgetTime(): void;
}

const free = "lease_holder IS NULL AND due_at IS NOT NULL";
const isFar = `due_at > :now + ${longestWaitMs}`;
const isFromLater = `scheduled_at > :now + ${clockToleranceMs}`;

const untilFree = `SELECT min(first.due_at) - :now AS due_in,
    EXISTS (SELECT FROM toolcast.jobs WHERE needs_surface = ANY (:surfaces::text[]) AND ${free} AND ${isFar})
      OR EXISTS (SELECT FROM toolcast.jobs WHERE needs_surface = ANY (:surfaces::text[]) AND ${free} AND ${isFromLater})
      AS is_late
  FROM unnest(:surfaces::text[]) AS wanted (surface) CROSS JOIN LATERAL (
    SELECT due_at FROM toolcast.jobs WHERE needs_surface = wanted.surface AND ${free} ORDER BY due_at LIMIT 1
  ) AS first`;

const leased = `SELECT id, lease_holder, lease_until, needs_surface FROM toolcast.jobs WHERE lease_holder IS NOT NULL`;

/** A later due time is kept: an advance that finds nothing to do may return without a write. */
const staysLater = (column: string) =>
  `${column} = CASE WHEN ${column} > :now AND ${column} <= :now + ${longestWaitMs}
     AND scheduled_at <= :now + ${clockToleranceMs} THEN ${column} END`;

const taken = `lease_until = GREATEST(:now + :leaseMs::bigint, coalesce(lease_until, 0) + 1), waits_for = NULL,
  called_at = NULL, ${staysLater("wake_at")}, ${staysLater("hinted_at")}`;

/** Claims free jobs that `condition` makes due, longest due first, past those that others are just claiming. */
const claimFree = (condition: string) => `WITH due AS MATERIALIZED (
    SELECT found.seq, row_number() OVER (ORDER BY found.due_at, found.seq) AS place
    FROM unnest(:surfaces::text[]) AS wanted (surface) CROSS JOIN LATERAL (
      SELECT seq, due_at FROM toolcast.jobs WHERE needs_surface = wanted.surface AND ${free} AND ${condition}
      ORDER BY due_at LIMIT :limit::integer FOR UPDATE SKIP LOCKED
    ) AS found
    ORDER BY found.due_at, found.seq LIMIT :limit::integer
  )
  UPDATE toolcast.jobs AS jobs SET lease_holder = :prefix || (:first::bigint + due.place)::text, ${taken}
  FROM due WHERE jobs.seq = due.seq RETURNING jobs.id, jobs.lease_holder, jobs.troubles, due.place`;

/** The database's time decides whether a lease has expired; a process known to be dead needs no lease. */
const claimAbandoned = `UPDATE toolcast.jobs SET lease_holder = :claimant, ${taken}
  WHERE id = :id AND lease_holder = :before AND lease_until = :mark::bigint
    AND (:isDead OR lease_until <= :now OR lease_until > :now + :leaseMs::bigint + ${clockToleranceMs})
  RETURNING id, lease_holder, troubles, 0 AS place`;

const renewAll = `UPDATE toolcast.jobs AS jobs
  SET lease_until = GREATEST(:now + :leaseMs::bigint, jobs.lease_until + 1)
  FROM unnest(:ids::text[], :holders::text[]) AS held (id, holder)
  WHERE jobs.id = held.id AND jobs.lease_holder = held.holder RETURNING jobs.id`;

/** An advance may have asked to be woken immediately before it failed; obeying would cause a busy loop. */
const ends: Record<LeaseEnd["end"], string> = {
  advanced: "troubles = 0",
  returned: "hinted_at = :now, scheduled_at = :now",
  broken: `troubles = troubles + 1, hinted_at = :now + :retryAfterMs::bigint, scheduled_at = :now,
    wake_at = CASE WHEN wake_at IS NOT NULL THEN GREATEST(wake_at, :now + :retryAfterMs::bigint) END`,
};

/**
 * Leases as columns of their jobs. Two rules must allow a take-over: the lease has expired by the database's time, and
 * this process has seen it unrenewed for its whole length while the database could be reached.
 */
export function createLeaseStore(options: LeaseStoreOptions): PostgresLeases {
  const { database, clock, holder, leaseMs, lookEveryMs, onDue } = options;
  const watch = new LeaseWatch(clock, leaseMs);
  const named = `${holder}@${thisProcess()}.`;
  let claims = 0;
  /** Jobs were found that a clock set back has delayed. */
  let isLate = false;

  async function observe(): Promise<void> {
    if (watch.asksForLook()) {
      const rows = await database.read(leased);
      watch.observe(
        rows.map((row) => ({
          jobId: String(row.id),
          holder: String(row.lease_holder),
          mark: Number(row.lease_until),
          needsSurface: String(row.needs_surface),
        })),
      );
    }
  }

  /** Claims under the next `limit` names; if the answer is lost, reads back what was claimed under them. */
  async function claimAs(
    limit: number,
    isTakenOver: boolean,
    claim: (first: number) => Promise<Row[]>,
  ): Promise<Claim[]> {
    const first = claims;
    claims += limit;
    let rows: Row[];
    try {
      rows = await claim(first);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) {
        throw error;
      }
      rows = await database.read(
        `SELECT id, lease_holder, troubles, due_at AS place FROM toolcast.jobs WHERE lease_holder = ANY (:names::text[])`,
        { names: Array.from({ length: limit }, (_, n) => `${named}${first + n + 1}`) },
      );
    }
    return rows
      .sort((one, other) => Number(one.place) - Number(other.place))
      .map((row) => ({
        jobId: String(row.id),
        holder: String(row.lease_holder),
        troubles: Number(row.troubles),
        isTakenOver,
      }));
  }

  async function takeOver(surfaces: readonly string[], limit: number): Promise<Claim[]> {
    const found: Claim[] = [];
    for (const { jobId, holder: before, mark, dead } of watch.abandoned(surfaces)) {
      if (found.length < limit) {
        found.push(
          ...(await claimAs(1, true, (first) =>
            database.write(claimAbandoned, {
              ...{ id: jobId, before, mark, isDead: dead, leaseMs, claimant: `${named}${first + 1}` },
            }),
          )),
        );
      }
    }
    return found;
  }

  return {
    async untilDue(asked) {
      const surfaces = ["", ...new Set(asked)];
      try {
        await observe();
        const [row] = await database.read(untilFree, { surfaces });
        isLate = row?.is_late === true;
        const waits = [
          ...[isLate ? 0 : null, row?.due_in == null ? null : Number(row.due_in)],
          ...[watch.untilNext(asked), lookEveryMs],
        ];
        return Math.min(...waits.filter((wait) => wait !== null));
      } catch (error) {
        watch.forgetTime();
        throw error;
      }
    },
    async claim({ limit, surfaces: asked }) {
      const surfaces = ["", ...new Set(asked)];
      await observe();
      const found = await takeOver(asked, limit);
      for (const condition of [...(isLate ? [isFar, isFromLater] : []), "due_at <= :now"]) {
        const left = limit - found.length;
        if (left > 0) {
          found.push(
            ...(await claimAs(left, false, (first) =>
              database.write(claimFree(condition), { surfaces, limit: left, leaseMs, prefix: named, first }),
            )),
          );
        }
      }
      for (const claim of found) {
        watch.take(claim);
      }
      return found;
    },
    async renew(held) {
      const rows = await untilKnown(() =>
        database.write(renewAll, {
          leaseMs,
          ids: held.map(({ jobId }) => jobId),
          holders: held.map((claim) => claim.holder),
        }),
      );
      const renewed = new Set(rows.map(({ id }) => String(id)));
      return held.filter(({ jobId }) => !renewed.has(jobId));
    },
    async giveUp(claim, end) {
      try {
        const [row] = await untilKnown(() =>
          database.write(
            `UPDATE toolcast.jobs SET lease_holder = NULL, lease_until = NULL, ${ends[end.end]}
             WHERE id = :id AND lease_holder = :holder RETURNING due_at - :now AS due_in`,
            {
              ...{ id: claim.jobId, holder: claim.holder },
              retryAfterMs: end.end === "broken" ? Math.ceil(end.retryAfterMs) : null,
            },
          ),
        );
        const dueInMs = row === undefined ? null : dueInOf(row);
        if (dueInMs !== null) {
          onDue(dueInMs);
        }
      } finally {
        watch.drop(claim);
      }
    },
    checkLines: options.checkLines,
    // Others' writes are heard of.
    generation: () => 0,
    forgetTime: () => watch.forgetTime(),
  };
}
