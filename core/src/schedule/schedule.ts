import type { Clock } from "../ground/clock.ts";
import type { Random } from "../ground/random.ts";
import type { Lease, Schedule } from "../job/engine.ts";

/** Where an engine tells operators of trouble. A pino logger fits. */
export interface EngineLogger {
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** A job taken from a store under a lease. */
export interface Claim {
  jobId: string;
  /** Unique to this claim: no other process, and no later claim of this one, has the same. */
  holder: string;
  /** How many advances in a row ended with an error. */
  troubles: number;
}

/** How a lease is given up. */
export type LeaseEnd =
  /** Advanced: due when its record says so, or when a wake came in meanwhile. */
  | { end: "advanced" }
  /** Cut short by us: due at once, for anybody. */
  | { end: "returned" }
  /** The advance broke: due at `retryAt`, and a trouble more. */
  | { end: "broken"; retryAt: number };

/** What a schedule needs from the place where jobs are stored. Every act is one transaction over all processes. */
export interface LeaseStore {
  /** The earliest instant at which something can be claimed, ends of leases included; null when nothing ever is. */
  nextDue(surfaces: readonly string[]): number | null;
  /** Takes up to `limit` jobs that are due at `now` or whose lease ended by then, longest due first. */
  claim(options: { now: number; until: number; limit: number; surfaces: readonly string[] }): Promise<Claim[]>;
  /** Prolongs those leases that are still ours and returns the claims that are not. */
  renew(claims: readonly Claim[], until: number): Promise<Claim[]>;
  giveUp(claim: Claim, end: LeaseEnd, now: number): Promise<void>;
  /** Differs from the last answer after another process wrote. */
  generation(): number;
}

export interface ScheduleOptions {
  store: LeaseStore;
  clock: Clock;
  random: Random;
  advance: (lease: Lease) => Promise<void>;
  surfaces: () => readonly string[];
  /** Jobs advanced at once. */
  concurrency: number;
  /** How long a lease lasts unless renewed; it is renewed after a third of it. */
  leaseMs: number;
  /** How often other processes' writes are looked for. */
  pollMs: number;
  logger?: EngineLogger | undefined;
}

/** A running schedule and the bell that our own process rings after it wrote. */
export interface RunningSchedule extends Schedule {
  look(): void;
}

interface Hand {
  claim: Claim;
  abort: AbortController;
  /** What we last stored as the end of the lease. */
  until: number;
  /** The advance has ended; the lease is being given up. */
  ended: boolean;
}

const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

/**
 * Advances what is due, with one timer for the whole process: it stands at the next due instant, or at the next look
 * for other processes' writes. Waiting jobs cost nothing here.
 */
export function runSchedule(options: ScheduleOptions): RunningSchedule {
  const { store, clock, random, leaseMs, pollMs, logger } = options;
  const hands = new Set<Hand>();
  const idle = new Set<() => void>();
  let stopped = false;
  let claiming: Promise<void> | null = null;
  let knownDue: number | null = null;
  let knownGeneration = Number.NaN;
  let knownSurfaces = "";
  let cancelTimer = () => {};
  let cancelRenewal: (() => void) | null = null;

  function arm(delayMs: number): void {
    cancelTimer();
    cancelTimer = clock.setTimer(Math.max(0, Math.min(delayMs, pollMs)), onTimer);
  }

  function onTimer(): void {
    try {
      const due = knownDue !== null && knownDue <= clock.now();
      if (due || store.generation() !== knownGeneration || options.surfaces().join("\n") !== knownSurfaces) {
        look();
      } else {
        arm(knownDue === null ? pollMs : knownDue - clock.now());
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

  function look(): void {
    if (stopped || claiming || hands.size >= options.concurrency) {
      return;
    }
    try {
      const surfaces = options.surfaces();
      knownSurfaces = surfaces.join("\n");
      // Read before the query: what another process writes in between is then looked at once more, never missed.
      knownGeneration = store.generation();
      knownDue = store.nextDue(surfaces);
      const now = clock.now();
      if (knownDue === null || knownDue > now) {
        arm(knownDue === null ? pollMs : knownDue - now);
        return;
      }
      cancelTimer();
      const until = now + leaseMs;
      claiming = store.claim({ now, until, limit: options.concurrency - hands.size, surfaces }).then(
        (claims) => {
          claiming = null;
          for (const claim of claims) {
            void run(claim, until);
          }
          look();
        },
        (error: unknown) => {
          claiming = null;
          onStoreTrouble(error);
        },
      );
    } catch (error) {
      onStoreTrouble(error);
    }
  }

  async function run(claim: Claim, until: number): Promise<void> {
    const hand: Hand = { claim, abort: new AbortController(), until, ended: false };
    hands.add(hand);
    keepRenewing();
    let end: LeaseEnd = { end: "advanced" };
    if (stopped) {
      end = { end: "returned" };
    } else {
      try {
        await options.advance({
          jobId: claim.jobId,
          signal: hand.abort.signal,
          isHeld: () => !hand.abort.signal.aborted && clock.now() < hand.until,
        });
      } catch (error) {
        if (!hand.abort.signal.aborted) {
          logger?.error(
            { err: error, jobId: claim.jobId, troubles: claim.troubles + 1 },
            "a job could not be advanced",
          );
          end = { end: "broken", retryAt: clock.now() + retryDelayMs(claim.troubles, random) };
        }
      }
      if (hand.abort.signal.aborted) {
        end = { end: "returned" };
      }
    }
    hand.ended = true;
    try {
      await store.giveUp(claim, end, clock.now());
    } catch (error) {
      logger?.warn({ err: error, jobId: claim.jobId }, "a lease could not be given up; it will expire");
    }
    hands.delete(hand);
    if (hands.size === 0) {
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
    const held = [...hands].filter((hand) => !hand.ended && !hand.abort.signal.aborted);
    const until = clock.now() + leaseMs;
    if (held.length > 0) {
      await renewHeld(held, until);
    }
    cancelRenewal = null;
    if (hands.size > 0 && !(stopped && held.length === 0)) {
      keepRenewing();
    }
  }

  async function renewHeld(held: readonly Hand[], until: number): Promise<void> {
    try {
      const lost = new Set(
        await store.renew(
          held.map((hand) => hand.claim),
          until,
        ),
      );
      for (const hand of held) {
        if (!lost.has(hand.claim)) {
          hand.until = until;
        } else if (!hand.ended) {
          lose(hand);
        }
      }
    } catch (error) {
      logger?.warn({ err: error }, "leases could not be renewed; trying again");
      for (const hand of held) {
        // Nobody can say whether it is still ours, so it counts as lost.
        if (clock.now() >= hand.until) {
          lose(hand);
        }
      }
    }
  }

  function lose(hand: Hand): void {
    logger?.warn({ jobId: hand.claim.jobId }, "a lease was lost to another process");
    hand.abort.abort(new Error("The lease on this job was lost."));
  }

  async function stop(drainMs: number): Promise<void> {
    stopped = true;
    cancelTimer();
    await claiming;
    if (hands.size === 0) {
      return;
    }
    if (drainMs > 0) {
      await untilIdle(drainMs);
    }
    for (const hand of hands) {
      if (!hand.ended) {
        hand.abort.abort(new Error("This process is stopping."));
      }
    }
    // An advance that heeds its signal gives its lease back now, so that the next process need not wait for its end.
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
  return { look, stop };
}

/** Two seconds, doubled with every trouble up to a minute, and up to a quarter more so that jobs do not march in step. */
function retryDelayMs(troubles: number, random: Random): number {
  const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(troubles, 16));
  return delayMs + random.integer(Math.floor(delayMs / 4));
}
