import type { Clock } from "../ground/clock.ts";
import { isKnownDead } from "./process-identity.ts";
import type { Claim } from "./schedule.ts";

/** A lease as it is stored. */
interface StoredLease {
  jobId: string;
  /** The claim's unique name, `<holder>@<process>.<n>`. */
  holder: string;
  /** Increases with every renewal. */
  mark: number;
  /** Empty if any process can do what is due. */
  needsSurface: string;
}

/**
 * Decides which leases may be taken over: those that this process has seen unrenewed for one lease length on the
 * monotonic clock, and those whose process is known to be dead. The wall clock plays no part, and neither does time in
 * which this process was stopped: it may have been holding the store's lock, so that nobody could renew.
 */
export class LeaseWatch {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #seen = new Map<string, StoredLease & { since: number; dead: boolean }>();
  /** The jobs this process works on, whatever the store says. */
  readonly #active = new Set<string>();
  #observedAt = Number.NEGATIVE_INFINITY;
  /** A look was skipped because it came too soon after the previous one: there may be leases we have not seen. */
  #owesLook = false;

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  take({ jobId }: Pick<Claim, "jobId">): void {
    this.#active.add(jobId);
    this.#seen.delete(jobId);
  }

  drop({ jobId }: Pick<Claim, "jobId">): void {
    this.#active.delete(jobId);
  }

  /** Whether every stored lease should be read now and passed to `observe`: a few times within a lease length at most. */
  asksForLook(): boolean {
    const now = this.#clock.monotonic();
    this.#owesLook = now - this.#observedAt < this.#leaseMs / observationsPerLease && !this.#hasRunOut(now);
    return !this.#owesLook;
  }

  /** Every stored lease, as just read. */
  observe(stored: readonly StoredLease[]): void {
    const now = this.#clock.monotonic();
    const stoodStill = now - this.#observedAt > this.#leaseMs / 2;
    this.#observedAt = now;
    const leases = stored.filter(({ jobId }) => !this.#active.has(jobId));
    const leased = new Set(leases.map(({ jobId }) => jobId));
    for (const jobId of this.#seen.keys()) {
      if (!leased.has(jobId)) {
        this.#seen.delete(jobId);
      }
    }
    const dead = new Map<string, boolean>();
    for (const lease of leases) {
      const before = this.#seen.get(lease.jobId);
      const isSame = before?.holder === lease.holder && before.mark === lease.mark;
      const process = processOf(lease.holder);
      dead.set(process, dead.get(process) ?? isKnownDead(process));
      this.#seen.set(lease.jobId, {
        ...lease,
        since: isSame && !stoodStill ? before.since : now,
        dead: dead.get(process) ?? false,
      });
    }
  }

  /** The store could not be reached, so that nobody could renew: every lease gets its whole length again. */
  forgetTime(): void {
    this.#observedAt = Number.NEGATIVE_INFINITY;
  }

  /** As last seen: whoever takes one over must check in the same transaction that it has not changed. */
  abandoned(surfaces: readonly string[]): (StoredLease & { dead: boolean })[] {
    const now = this.#clock.monotonic();
    return this.#reachable(surfaces).filter(({ since, dead }) => dead || now - since >= this.#leaseMs);
  }

  /** How long until the next look is useful, in milliseconds; null while nobody else is known to have a lease. */
  untilNext(surfaces: readonly string[]): number | null {
    const now = this.#clock.monotonic();
    const waits = this.#reachable(surfaces).map(({ since, dead }) => (dead ? 0 : since + this.#leaseMs - now));
    const again = this.#observedAt + this.#leaseMs / observationsPerLease - now;
    return waits.length === 0 && !this.#owesLook ? null : Math.max(0, Math.min(...waits, again));
  }

  #reachable(surfaces: readonly string[]) {
    return [...this.#seen.values()].filter(
      ({ needsSurface }) => needsSurface === "" || surfaces.includes(needsSurface),
    );
  }

  #hasRunOut(now: number): boolean {
    return [...this.#seen.values()].some(({ since }) => now - since >= this.#leaseMs);
  }
}

const observationsPerLease = 30;

function processOf(holder: string): string {
  return holder.slice(holder.indexOf("@") + 1, holder.lastIndexOf("."));
}
