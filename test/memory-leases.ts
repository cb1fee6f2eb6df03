import type { Job } from "@toolcast/core";
import { type Claim, type Clock, clockToleranceMs, isDue, type LeaseStore, LeaseWatch } from "@toolcast/core/engine";

export interface Entry {
  job: Job;
  order: number;
  wakeAt: number | null;
  hintedAt: number | null;
  needsSurface: string | null;
  scheduledAt: number;
  lease: { holder: string; mark: number } | null;
  troubles: number;
  /** Grows with every write to the store. */
  changed: number;
  /** What it waits for in line; null if it does not. */
  waitsFor: string[] | null;
  /** When it is due because there is room for it. */
  calledAt: number | null;
  /** What it was called for and has not yet answered. */
  call: { needs: string[]; at: number } | null;
  holds: Set<string>;
}

/** An entry scheduled before the clock was set back is due now. */
export function catchUp(entry: Entry, now: number): void {
  if (entry.scheduledAt > now + clockToleranceMs) {
    entry.wakeAt = entry.wakeAt === null ? null : Math.min(entry.wakeAt, now);
    entry.hintedAt = entry.hintedAt === null ? null : Math.min(entry.hintedAt, now);
    entry.calledAt = entry.calledAt === null ? null : Math.min(entry.calledAt, now);
    entry.scheduledAt = now;
  }
}

/** Leases on the entries of a memory store; `act` answers asynchronously, as a store with a disk does. */
export function createMemoryLeases(options: {
  store: { entries: Map<string, Entry>; writes: number };
  clock: Clock;
  holder: string;
  leaseMs: number;
  act: <T>(change: () => T) => Promise<T>;
  lines: { isInUse(): boolean; check(first: boolean): void };
}): LeaseStore {
  const { store, clock, holder, leaseMs, act, lines } = options;
  const watch = new LeaseWatch(clock, leaseMs);
  let claims = 0;

  function dueAt({ wakeAt, hintedAt, calledAt }: Entry): number {
    const never = Number.POSITIVE_INFINITY;
    return Math.min(wakeAt ?? never, hintedAt ?? never, calledAt ?? never);
  }

  /** Free entries that are due now or later. */
  function free(surfaces: readonly string[]): Entry[] {
    const isFree = (entry: Entry) =>
      entry.lease === null &&
      Number.isFinite(dueAt(entry)) &&
      (entry.needsSurface === null || surfaces.includes(entry.needsSurface));
    return [...store.entries.values()].filter(isFree);
  }

  const isDueNow = (entry: Entry) => isDue(dueAt(entry), entry.scheduledAt, clock.now());

  function observe(): void {
    if (watch.asksForLook()) {
      watch.observe(
        [...store.entries.values()].flatMap(({ job, lease, needsSurface }) =>
          lease === null ? [] : [{ jobId: job.id, ...lease, needsSurface: needsSurface ?? "" }],
        ),
      );
    }
  }

  function abandoned(surfaces: readonly string[]): Entry[] {
    return watch.abandoned(surfaces).flatMap(({ jobId, holder: before, mark }) => {
      const entry = store.entries.get(jobId);
      return entry?.lease?.holder === before && entry.lease.mark === mark ? [entry] : [];
    });
  }

  function later(at: number | null, scheduledAt: number): number | null {
    return at === null || isDue(at, scheduledAt, clock.now()) ? null : at;
  }

  function leasedBy(claim: Claim): Entry | undefined {
    const entry = store.entries.get(claim.jobId);
    return entry?.lease?.holder === claim.holder ? entry : undefined;
  }

  return {
    async untilDue(surfaces) {
      observe();
      const entries = free(surfaces);
      const waits = entries.map((entry) => (isDueNow(entry) ? 0 : dueAt(entry) - clock.now()));
      const next = Math.min(watch.untilNext(surfaces) ?? Number.POSITIVE_INFINITY, ...waits);
      return Number.isFinite(next) ? next : null;
    },
    claim: ({ limit, surfaces }) =>
      act(() => {
        observe();
        const due = free(surfaces).filter(isDueNow);
        due.sort((one, other) => dueAt(one) - dueAt(other));
        return [...abandoned(surfaces), ...due].slice(0, limit).map((entry) => {
          claims += 1;
          const isTakenOver = entry.lease !== null;
          entry.lease = { holder: `${holder}.${claims}`, mark: (entry.lease?.mark ?? 0) + 1 };
          entry.waitsFor = null;
          entry.calledAt = null;
          entry.wakeAt = later(entry.wakeAt, entry.scheduledAt);
          entry.hintedAt = later(entry.hintedAt, entry.scheduledAt);
          const { troubles } = entry;
          const claim = { jobId: entry.job.id, holder: entry.lease.holder, troubles, isTakenOver };
          watch.take(claim);
          return claim;
        });
      }),
    renew: (held) =>
      act(() =>
        held.filter((claim) => {
          const entry = leasedBy(claim);
          if (entry?.lease) {
            entry.lease.mark += 1;
          }
          return !entry;
        }),
      ),
    async giveUp(claim, end) {
      await act(() => {
        watch.drop(claim);
        const entry = leasedBy(claim);
        if (!entry) {
          return;
        }
        entry.lease = null;
        const now = clock.now();
        if (end.end === "returned") {
          entry.hintedAt = now;
          entry.scheduledAt = now;
        } else if (end.end === "broken") {
          const retryAt = now + end.retryAfterMs;
          entry.troubles += 1;
          entry.wakeAt = entry.wakeAt === null ? null : Math.max(entry.wakeAt, retryAt);
          entry.hintedAt = retryAt;
          entry.scheduledAt = now;
        } else {
          entry.troubles = 0;
        }
      });
    },
    async checkLines({ first }) {
      if (lines.isInUse()) {
        await act(() => lines.check(first));
      }
    },
    generation: () => store.writes,
  };
}
