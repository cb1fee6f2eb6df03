import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";
import type { Random } from "../ground/random.ts";
import type { Lease, Schedule } from "../job/engine.ts";

/** Where an engine reports trouble to operators. A pino logger fits. */
export interface EngineLogger {
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** A job taken from a store under a lease. */
export interface Claim {
  jobId: string;
  /** Unique to this claim: no other process and no later claim of this one has the same name. */
  holder: string;
  /** How many advances in a row failed. */
  troubles: number;
  /** Whether another claim had it, which was not given up. */
  isTakenOver: boolean;
}

/** How a lease is given up. */
export type LeaseEnd =
  /** Advanced: due when its record says so, or earlier if it was woken meanwhile. */
  | { end: "advanced" }
  /** Cut short by us: due now, for any process. */
  | { end: "returned" }
  /** The advance failed: due after `retryAfterMs`, with `troubles` incremented. */
  | { end: "broken"; retryAfterMs: number };

/**
 * What a schedule needs from the store of the jobs, which may be on another machine. Every call is one transaction over
 * all processes.
 */
export interface LeaseStore {
  /** How long until something may be claimed, including leases to be taken over, in milliseconds; null for never. */
  untilDue(surfaces: readonly string[]): Promise<number | null>;
  /** Claims up to `limit` jobs that are due or whose lease may be taken over, never one that this process works on. */
  claim(options: { limit: number; surfaces: readonly string[] }): Promise<Claim[]>;
  /** Marks those leases that are still ours as renewed and returns the claims that are not. */
  renew(claims: readonly Claim[]): Promise<Claim[]>;
  giveUp(claim: Claim, end: LeaseEnd): Promise<void>;
  /**
   * Makes the jobs due that wait in line although there is room for them. `first`: this process has just begun, perhaps
   * with other maxima.
   */
  checkLines(options: { first: boolean }): Promise<void>;
  /** Changes whenever another process writes, as far as this one knows without asking another machine. */
  generation(): number;
}

export interface ScheduleOptions {
  store: LeaseStore;
  clock: Clock;
  random: Random;
  advance: (lease: Lease) => Promise<void>;
  surfaces: () => readonly string[];
  /** How many jobs are advanced at once. */
  concurrency: number;
  /** How long a lease lasts unless renewed; it is renewed after a third of it. */
  leaseMs: number;
  /** How often to look for other processes' writes. */
  pollMs: number;
  /**
   * Called with how many milliseconds the wall clock was set: forward (for example after the machine slept), or back,
   * which is negative.
   */
  onClockStep?: ((byMs: number) => void) | undefined;
  logger?: EngineLogger | undefined;
}

/** A running schedule, with functions to call when something may have become due. */
export interface RunningSchedule extends Schedule {
  /** Looks at the store now. */
  look(): void;
  /**
   * Claims without looking: something is due as soon as a write before this call is on disk. In a store that commits
   * both at once the claim costs no commit of its own.
   */
  claimNext(): void;
  /** Something is due in so many milliseconds: looks then, if nothing else is due before. */
  expect(inMs: number): void;
}

interface ActiveClaim {
  claim: Claim;
  abort: AbortController;
  /** When we last asked for the lease, or its renewal, and got it, on both clocks. */
  since: Instant;
  /** The advance has ended; the lease is being given up. */
  ended: boolean;
}

/** One moment on both clocks. */
interface Instant {
  wall: number;
  monotonic: number;
}

/** How often lines are checked, in milliseconds: a safety net, because whoever makes room calls the next in line. */
const checkLinesMs = 60_000;
/** How soon they are checked again if the store could not be reached, in milliseconds. */
const checkLinesAgainMs = 2_000;
/** How long to wait before looking again at jobs that others are just claiming, in milliseconds. */
const busyMs = 50;
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

/**
 * Advances what is due, with one timer for the whole process, set to the next due instant or the next look for other
 * processes' writes. Waiting jobs cost nothing here.
 */
export function runSchedule(options: ScheduleOptions): RunningSchedule {
  const { store, clock, random, leaseMs, pollMs, logger } = options;
  const activeClaims = new Set<ActiveClaim>();
  const idle = new Set<() => void>();
  let stopped = false;
  let looking: Promise<void> | null = null;
  let isLooking = false;
  /** Something may have become due since the look under way began. */
  let looksAgain = false;
  /** On the monotonic clock. */
  let knownDue: number | null = null;
  let knownGeneration = Number.NaN;
  let knownSurfaces = "";
  let cancelTimer = () => {};
  let cancelRenewal: (() => void) | null = null;
  let lastLook = instant();
  /** When lines are checked next, on the monotonic clock. */
  let linesDue = lastLook.monotonic;
  let areLinesKnown = false;

  function instant(): Instant {
    return { wall: clock.now(), monotonic: clock.monotonic() };
  }

  /** Checks both clocks: the wall clock may be set back, and the monotonic one stops while the machine sleeps. */
  function isWithinLease({ wall, monotonic }: Instant): boolean {
    return Math.abs(clock.now() - wall) < leaseMs && clock.monotonic() - monotonic < leaseMs;
  }

  /** Whether the wall clock was set since the last call. */
  function hasClockStepped(): boolean {
    const now = instant();
    const byMs = now.wall - lastLook.wall - (now.monotonic - lastLook.monotonic);
    lastLook = now;
    const stepped = Math.abs(byMs) > clockToleranceMs;
    if (stepped) {
      options.onClockStep?.(Math.round(byMs));
    }
    return stepped;
  }

  function arm(delayMs: number): void {
    cancelTimer();
    cancelTimer = clock.setTimer(Math.max(0, Math.min(delayMs, pollMs)), onTimer);
  }

  function onTimer(): void {
    checkLines();
    try {
      const stepped = hasClockStepped();
      const due = knownDue !== null && knownDue <= clock.monotonic();
      if (stepped || due || store.generation() !== knownGeneration || options.surfaces().join("\n") !== knownSurfaces) {
        look();
      } else {
        arm(knownDue === null ? pollMs : knownDue - clock.monotonic());
      }
    } catch (error) {
      onStoreTrouble(error);
    }
  }

  function onStoreTrouble(error: unknown): void {
    logger?.error({ err: error }, "the job store could not be read; trying again");
    if (!stopped) {
      arm(pollMs);
    }
  }

  function checkLines(): void {
    if (stopped || clock.monotonic() < linesDue) {
      return;
    }
    linesDue = clock.monotonic() + checkLinesMs;
    store.checkLines({ first: !areLinesKnown }).then(
      () => {
        areLinesKnown = true;
      },
      (error: unknown) => {
        logger?.warn({ err: error }, "the lines of waiting jobs could not be checked; trying again");
        linesDue = clock.monotonic() + checkLinesAgainMs;
      },
    );
  }

  function look(): void {
    checkLines();
    looksAgain = true;
    if (!isLooking) {
      looking = lookWhileDue();
    }
  }

  function expectDue(inMs: number): void {
    const at = clock.monotonic() + inMs;
    if (inMs <= 0 || isLooking) {
      look();
    } else if (!stopped && (knownDue === null || at < knownDue)) {
      knownDue = at;
      arm(inMs);
    }
  }

  function claimNext(): void {
    if (!isLooking && !stopped && activeClaims.size < options.concurrency) {
      looking = lookWhileDue({ isDue: true });
    }
  }

  async function lookWhileDue({ isDue = false } = {}): Promise<void> {
    isLooking = true;
    try {
      if (isDue) {
        await claimDue(options.surfaces());
        looksAgain = true;
      }
      while (looksAgain && !stopped && activeClaims.size < options.concurrency) {
        looksAgain = false;
        await lookOnce();
      }
    } catch (error) {
      onStoreTrouble(error);
    } finally {
      isLooking = false;
    }
  }

  async function lookOnce(): Promise<void> {
    const surfaces = options.surfaces();
    knownSurfaces = surfaces.join("\n");
    // Read before the query: a write by another process in between is then looked at twice, but never missed.
    knownGeneration = store.generation();
    const waitMs = await store.untilDue(surfaces);
    knownDue = waitMs === null ? null : clock.monotonic() + waitMs;
    if (stopped) {
      return;
    }
    if (waitMs === null || waitMs > 0) {
      arm(waitMs ?? pollMs);
      return;
    }
    cancelTimer();
    if (await claimDue(surfaces)) {
      looksAgain = true;
    } else if (!stopped) {
      // Others are just claiming what is due.
      arm(Math.min(pollMs, busyMs));
    }
  }

  /** Whether anything could be claimed. */
  async function claimDue(surfaces: readonly string[]): Promise<boolean> {
    const since = instant();
    const claims = await store.claim({ limit: options.concurrency - activeClaims.size, surfaces });
    for (const claim of claims) {
      void run(claim, since);
    }
    return claims.length > 0;
  }

  async function run(claim: Claim, since: Instant): Promise<void> {
    const active: ActiveClaim = { claim, abort: new AbortController(), since, ended: false };
    activeClaims.add(active);
    keepRenewing();
    let end: LeaseEnd = { end: "advanced" };
    if (stopped) {
      end = { end: "returned" };
    } else {
      try {
        await options.advance({
          jobId: claim.jobId,
          signal: active.abort.signal,
          isHeld: () => !active.abort.signal.aborted && isWithinLease(active.since),
          isTakenOver: claim.isTakenOver,
        });
      } catch (error) {
        if (!active.abort.signal.aborted) {
          logger?.error(
            { err: error, jobId: claim.jobId, troubles: claim.troubles + 1 },
            "a job could not be advanced",
          );
          end = { end: "broken", retryAfterMs: retryDelayMs(claim.troubles, random) };
        }
      }
      if (active.abort.signal.aborted) {
        end = { end: "returned" };
      }
    }
    active.ended = true;
    try {
      await store.giveUp(claim, end);
    } catch (error) {
      logger?.warn({ err: error, jobId: claim.jobId }, "a lease could not be given up; it will expire");
    }
    activeClaims.delete(active);
    if (activeClaims.size === 0) {
      cancelRenewal?.();
      cancelRenewal = null;
      for (const resolve of idle) {
        resolve();
      }
    }
    look();
  }

  function keepRenewing(): void {
    cancelRenewal ??= clock.setTimer(Math.max(1, Math.floor(leaseMs / 3)), () => void renew());
  }

  async function renew(): Promise<void> {
    const held = [...activeClaims].filter((active) => !active.ended && !active.abort.signal.aborted);
    if (held.length > 0) {
      await renewHeld(held);
    }
    cancelRenewal = null;
    if (activeClaims.size > 0 && !(stopped && held.length === 0)) {
      keepRenewing();
    }
  }

  async function renewHeld(held: readonly ActiveClaim[]): Promise<void> {
    const since = instant();
    try {
      const lost = new Set(await store.renew(held.map((active) => active.claim)));
      for (const active of held) {
        if (!lost.has(active.claim)) {
          active.since = since;
        } else if (!active.ended) {
          lose(active);
        }
      }
    } catch (error) {
      // Keep asking for the renewal instead of aborting: while the store accepts no writes, nobody else can take the
      // leases either, and aborting would lose what the work has in memory. `isHeld` is false meanwhile.
      logger?.warn({ err: error }, "leases could not be renewed; trying again");
    }
  }

  function lose(active: ActiveClaim): void {
    logger?.warn({ jobId: active.claim.jobId }, "a lease was lost to another process");
    active.abort.abort(new Error("The lease on this job was lost."));
  }

  async function stop(drainMs: number): Promise<void> {
    stopped = true;
    cancelTimer();
    await looking;
    if (activeClaims.size === 0) {
      return;
    }
    if (drainMs > 0) {
      await untilIdle(drainMs);
    }
    for (const active of activeClaims) {
      if (!active.ended) {
        active.abort.abort(new Error("This process is stopping."));
      }
    }
    // Lets an advance that obeys its signal give up its lease now: the next process need not wait for the lease to
    // expire.
    await new Promise((resolve) => setImmediate(resolve));
  }

  function untilIdle(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.setTimer(atMostMs, finish);
      idle.add(finish);
      function finish() {
        cancel();
        idle.delete(finish);
        resolve();
      }
    });
  }

  look();
  return { look, claimNext, expect: expectDue, stop };
}

/**
 * Two seconds, doubled with every failure up to a minute, plus up to a quarter at random so that jobs do not all retry
 * at once.
 */
function retryDelayMs(troubles: number, random: Random): number {
  const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(troubles, 16));
  return delayMs + random.integer(Math.floor(delayMs / 4));
}
