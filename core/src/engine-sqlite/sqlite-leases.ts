import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs, longestWaitMs } from "../ground/due.ts";
import { LeaseWatch } from "../schedule/lease-watch.ts";
import { thisProcess } from "../schedule/process-identity.ts";
import type { Claim, LeaseStore } from "../schedule/schedule.ts";
import type { WriteQueue } from "../state/sqlite-write-queue.ts";
import type { AdmissionStore } from "./sqlite-admission.ts";
import type { Lines } from "./sqlite-lines.ts";

export interface LeaseStoreOptions {
  database: DatabaseSync;
  queue: WriteQueue;
  clock: Clock;
  /** Names this process among those that share the file. */
  holder: string;
  leaseMs: number;
  lines: Lines;
  admissions: AdmissionStore;
}

/** How many of the things that lines wait for are looked at in one write. */
const linesPerCheck = 50;
/** How many jobs at the front of lines report their position again, at each check. */
const mostRefreshed = 20;

type Row = Record<string, SQLOutputValue>;

/** Leases as columns of their jobs. `lease_until` only distinguishes one renewal from the next. */
export function createLeaseStore(options: LeaseStoreOptions): LeaseStore {
  const { database, queue, clock, holder, leaseMs, lines, admissions } = options;
  const free = "needs_surface = :surface AND lease_holder IS NULL";
  const columns = "seq, id, troubles, due_at";
  const next = database.prepare(`SELECT due_at FROM jobs WHERE ${free} AND due_at IS NOT NULL ORDER BY due_at LIMIT 1`);
  const due = database.prepare(
    `SELECT ${columns} FROM jobs WHERE ${free} AND due_at <= :now ORDER BY due_at LIMIT :limit`,
  );
  // A separate query with its own index: jobs scheduled before the clock was set back.
  const tooFar = database.prepare(`SELECT ${columns} FROM jobs WHERE ${free} AND due_at > :far LIMIT :limit`);
  const writtenLater = database.prepare(
    `SELECT ${columns} FROM jobs WHERE ${free} AND due_at IS NOT NULL AND scheduled_at > :tolerated LIMIT :limit`,
  );
  const leased = database.prepare(
    "SELECT id, lease_holder, lease_until, needs_surface FROM jobs WHERE lease_holder IS NOT NULL",
  );
  const leasedAs = database.prepare(
    `SELECT ${columns} FROM jobs WHERE id = ? AND lease_holder = ? AND lease_until = ?`,
  );
  // A later due time is kept: an advance that finds nothing to do may return without a write.
  const staysLater = (column: string) =>
    `${column} = CASE WHEN ${column} > :now AND ${column} <= :far AND scheduled_at <= :tolerated THEN ${column} END`;
  const take = database.prepare(
    `UPDATE jobs SET lease_holder = :holder, lease_until = max(:until, coalesce(lease_until, 0) + 1), waits_for = NULL,
       called_at = NULL, ${staysLater("wake_at")}, ${staysLater("hinted_at")}
     WHERE seq = :seq`,
  );
  const renew = database.prepare(
    "UPDATE jobs SET lease_until = max(?, lease_until + 1) WHERE id = ? AND lease_holder = ?",
  );
  const advanced = database.prepare(
    "UPDATE jobs SET lease_holder = NULL, lease_until = NULL, troubles = 0 WHERE id = ? AND lease_holder = ?",
  );
  const returned = database.prepare(
    `UPDATE jobs SET lease_holder = NULL, lease_until = NULL, hinted_at = :now, scheduled_at = :now
     WHERE id = :id AND lease_holder = :holder`,
  );
  // An advance may have asked to be woken immediately before it failed; obeying would cause a busy loop.
  const broken = database.prepare(
    `UPDATE jobs SET lease_holder = NULL, lease_until = NULL, troubles = troubles + 1,
       wake_at = max(wake_at, :retryAt), hinted_at = :retryAt, scheduled_at = :now
     WHERE id = :id AND lease_holder = :holder`,
  );
  const dataVersion = database.prepare("PRAGMA data_version");
  const watch = new LeaseWatch(clock, leaseMs);
  const named = `${holder}@${thisProcess()}`;
  let claims = 0;

  function observe(): void {
    if (watch.asksForLook()) {
      watch.observe(
        leased.all().map((row) => ({
          jobId: String(row.id),
          holder: String(row.lease_holder),
          mark: Number(row.lease_until),
          needsSurface: String(row.needs_surface),
        })),
      );
    }
  }

  /** Due jobs that nobody holds, longest due first; before those, the ones that were delayed by a clock set back. */
  function freeRows(surface: string, now: number, limit: number): Row[] {
    const [far, tolerated] = [now + longestWaitMs, now + clockToleranceMs];
    const late = [...tooFar.all({ surface, far, limit }), ...writtenLater.all({ surface, tolerated, limit })];
    return [...new Map([...late, ...due.all({ surface, now, limit })].map((row) => [row.seq, row])).values()];
  }

  function untilFree(surface: string, now: number): number | null {
    const first = next.get({ surface });
    if (first === undefined) {
      return null;
    }
    const { length } = Number(first.due_at) <= now ? [first] : freeRows(surface, now, 1);
    return length > 0 ? 0 : Number(first.due_at) - now;
  }

  return {
    async untilDue(surfaces) {
      observe();
      const now = clock.now();
      const waits = [watch.untilNext(surfaces), ...["", ...surfaces].map((surface) => untilFree(surface, now))];
      const known = waits.filter((wait) => wait !== null);
      return known.length === 0 ? null : Math.min(...known);
    },
    claim({ limit, surfaces }) {
      return queue.run(() => {
        const now = clock.now();
        observe();
        const abandoned = watch
          .abandoned(surfaces)
          .flatMap(({ jobId, holder: before, mark }) => leasedAs.all(jobId, before, mark));
        const freed = ["", ...new Set(surfaces)].flatMap((surface) => freeRows(surface, now, limit));
        freed.sort((one, other) => Number(one.due_at) - Number(other.due_at));
        return [...abandoned, ...freed].slice(0, limit).map((row): Claim => {
          claims += 1;
          const claim = {
            ...{ jobId: String(row.id), holder: `${named}.${claims}`, troubles: Number(row.troubles) },
            isTakenOver: abandoned.includes(row),
          };
          take.run({
            ...{ holder: claim.holder, until: now + leaseMs, seq: Number(row.seq) },
            ...{ now, far: now + longestWaitMs, tolerated: now + clockToleranceMs },
          });
          watch.take(claim);
          return claim;
        });
      });
    },
    renew(held) {
      const until = clock.now() + leaseMs;
      return queue.runPlain(() => held.filter((claim) => renew.run(until, claim.jobId, claim.holder).changes === 0));
    },
    async giveUp(claim, end) {
      const own = { id: claim.jobId, holder: claim.holder };
      try {
        await queue.runPlain(() => {
          const now = clock.now();
          switch (end.end) {
            case "advanced":
              advanced.run(claim.jobId, claim.holder);
              break;
            case "returned":
              returned.run({ ...own, now });
              break;
            case "broken":
              broken.run({ ...own, now, retryAt: now + end.retryAfterMs });
              break;
          }
        });
      } finally {
        watch.drop(claim);
      }
    },
    async checkLines({ first }) {
      if (!lines.isInUse() && !admissions.isHeldAtRest()) {
        return;
      }
      await queue.run(() => {
        admissions.releaseAtRest();
        lines.dropStale();
        if (first) {
          lines.forgetBounds();
        }
      });
      let refreshed = 0;
      for (let after = ""; ; ) {
        const needs = lines.blocking(after, linesPerCheck);
        const last = needs.at(-1);
        if (last === undefined) {
          return;
        }
        await queue.run(() => {
          lines.serve(needs);
          for (const need of first ? [] : needs) {
            refreshed += lines.refresh(need, mostRefreshed - refreshed);
          }
        });
        after = last;
      }
    },
    generation() {
      return Number(dataVersion.get()?.data_version);
    },
  };
}
