import type { DatabaseSync } from "node:sqlite";
import type { Claim, LeaseStore } from "../schedule/schedule.ts";
import type { WriteQueue } from "./sqlite-write-queue.ts";

/** Leases as columns of the jobs they are on. `holder` names this process. */
export function createLeaseStore(database: DatabaseSync, queue: WriteQueue, holder: string): LeaseStore {
  const nextDue = database.prepare(
    "SELECT due_at FROM jobs WHERE needs_surface = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1",
  );
  const due = database.prepare(
    "SELECT seq, id, troubles, due_at FROM jobs WHERE needs_surface = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
  );
  // What is due later stays: an advance that finds nothing to do may return without a write.
  const take = database.prepare(
    `UPDATE jobs SET lease_holder = ?, lease_until = ?, waits_for = NULL,
       wake_at = CASE WHEN wake_at > ? THEN wake_at END,
       hinted_at = CASE WHEN hinted_at > ? THEN hinted_at END
     WHERE seq = ?`,
  );
  const renew = database.prepare("UPDATE jobs SET lease_until = ? WHERE id = ? AND lease_holder = ?");
  const advanced = database.prepare(
    "UPDATE jobs SET lease_holder = NULL, lease_until = NULL, troubles = 0 WHERE id = ? AND lease_holder = ?",
  );
  const returned = database.prepare(
    "UPDATE jobs SET lease_holder = NULL, lease_until = NULL, hinted_at = ? WHERE id = ? AND lease_holder = ?",
  );
  // A broken advance may have asked to be woken at once before it broke; obeying would spin.
  const broken = database.prepare(
    `UPDATE jobs SET lease_holder = NULL, lease_until = NULL, troubles = troubles + 1,
       wake_at = max(wake_at, ?), hinted_at = ?
     WHERE id = ? AND lease_holder = ?`,
  );
  const dataVersion = database.prepare("PRAGMA data_version");
  let claims = 0;

  return {
    nextDue(surfaces) {
      let soonest: number | null = null;
      for (const surface of ["", ...surfaces]) {
        const row = nextDue.get(surface);
        if (row && (soonest === null || Number(row.due_at) < soonest)) {
          soonest = Number(row.due_at);
        }
      }
      return soonest;
    },
    claim({ now, until, limit, surfaces }) {
      return queue.run(() => {
        const rows = ["", ...new Set(surfaces)].flatMap((surface) => due.all(surface, now, limit));
        rows.sort((one, other) => Number(one.due_at) - Number(other.due_at));
        return rows.slice(0, limit).map((row): Claim => {
          claims += 1;
          const claim = { jobId: String(row.id), holder: `${holder}.${claims}`, troubles: Number(row.troubles) };
          take.run(claim.holder, until, now, now, Number(row.seq));
          return claim;
        });
      });
    },
    renew(held, until) {
      return queue.run(() => held.filter((claim) => renew.run(until, claim.jobId, claim.holder).changes === 0));
    },
    giveUp(claim, end, now) {
      return queue.run(() => {
        switch (end.end) {
          case "advanced":
            advanced.run(claim.jobId, claim.holder);
            break;
          case "returned":
            returned.run(now, claim.jobId, claim.holder);
            break;
          case "broken":
            broken.run(end.retryAt, end.retryAt, claim.jobId, claim.holder);
            break;
        }
      });
    },
    generation() {
      return Number(dataVersion.get()?.data_version);
    },
  };
}
