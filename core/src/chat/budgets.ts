import type { Clock } from "../ground/clock.ts";

/** How much of one kind a platform lets through: a bot's requests, messages into a conversation, calls of a method. */
export interface Budget {
  /** Equal names mean the same budget. */
  name: string;
  /** The most requests in a window. Default: no limit until the platform asks us to wait. */
  perWindow?: number;
  /** The length of the window in milliseconds. Default 1,000. */
  windowMs?: number;
  /**
   * First answers obey it, too, because the platform sets no deadline for them. Default false: they wait only if the
   * platform asks for it.
   */
  firm?: boolean;
}

interface Use {
  /** When the requests of the last window ended, earliest first. */
  ended: number[];
  /** When the requests that still run were sent, earliest first. */
  running: number[];
  windowMs: number;
  /** Until when the platform asked us to wait. */
  closedUntil: number;
}

const usualWindowMs = 1_000;
/** A request that runs longer has hung: it was counted by the platform by then, or it never will be. */
const longestFlightMs = 10_000;
/** After so many new budgets, those out of use are forgotten. */
const sweepEvery = 1_000;

/**
 * Counts what was sent under each budget. A platform counts a request when it arrives, which is some time between its
 * start and its end. So its window begins when it ends: counted from its start, a request that was delayed on its way
 * and one sent a window later could arrive within the same window of the platform.
 */
export class Budgets {
  readonly #clock: Clock;
  readonly #uses = new Map<string, Use>();
  #untilSweep = sweepEvery;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are in use. */
  get count(): number {
    return this.#uses.size;
  }

  /** Until when the platform asked us to wait, by the monotonic clock. */
  closedUntil(budgets: readonly Budget[]): number {
    return Math.max(0, ...budgets.map(({ name }) => this.#uses.get(name)?.closedUntil ?? 0));
  }

  /**
   * When every one of the budgets has room, or since when, by the monotonic clock; 0 if they were never short. Only
   * `share` of each budget may be used, but at least one request.
   */
  freeAt(budgets: readonly Budget[], share = 1): number {
    const now = this.#clock.monotonic();
    return Math.max(
      0,
      ...budgets.map(({ name, perWindow = Number.POSITIVE_INFINITY, windowMs = usualWindowMs }) => {
        const use = this.#uses.get(name);
        if (use === undefined) {
          return 0;
        }
        forget(use, now);
        const most = Math.max(1, Math.floor(perWindow * share));
        const tooMany = use.ended.length + use.running.length - most;
        return Math.max(tooMany < 0 ? 0 : countedAt(use, tooMany, now) + windowMs, use.closedUntil);
      }),
    );
  }

  /** Counts one request that is sent now. What it returns is to be called once when the request has ended. */
  take(budgets: readonly Budget[]): () => void {
    const sentAt = this.#clock.monotonic();
    const uses = budgets.flatMap(({ name, perWindow, windowMs = usualWindowMs }) =>
      perWindow === undefined ? [] : [this.#useOf(name, windowMs)],
    );
    for (const { running } of uses) {
      running.push(sentAt);
    }
    return () => {
      const endedAt = this.#clock.monotonic();
      for (const use of uses) {
        const index = use.running.indexOf(sentAt);
        // A call that hung for longer than a window has been forgotten already.
        if (index !== -1) {
          use.running.splice(index, 1);
          use.ended.push(endedAt);
        }
      }
    };
  }

  /** The platform asked us to wait. */
  close(name: string, untilMs: number): void {
    const use = this.#useOf(name, usualWindowMs);
    use.closedUntil = Math.max(use.closedUntil, untilMs);
  }

  #useOf(name: string, windowMs: number): Use {
    const known = this.#uses.get(name);
    if (known !== undefined) {
      known.windowMs = Math.max(known.windowMs, windowMs);
      return known;
    }
    this.#forgetUnused();
    const use: Use = { ended: [], running: [], windowMs, closedUntil: 0 };
    this.#uses.set(name, use);
    return use;
  }

  /** With one budget for each conversation, entries would otherwise pile up. */
  #forgetUnused(): void {
    this.#untilSweep -= 1;
    if (this.#untilSweep > 0) {
      return;
    }
    const now = this.#clock.monotonic();
    for (const [name, use] of this.#uses) {
      forget(use, now);
      if (use.ended.length === 0 && use.running.length === 0 && use.closedUntil <= now) {
        this.#uses.delete(name);
      }
    }
    this.#untilSweep = Math.max(sweepEvery, this.#uses.size);
  }
}

/** From when on the window of a request is counted: of the ended ones first, then of those that run. */
function countedAt({ ended, running }: Use, index: number, now: number): number {
  return ended[index] ?? Math.min(now, (running[index - ended.length] as number) + longestFlightMs);
}

/** A request exactly one window old no longer counts. */
function forget(use: Use, now: number): void {
  dropUntil(use.ended, now - use.windowMs);
  dropUntil(use.running, now - use.windowMs - longestFlightMs);
}

function dropUntil(times: number[], latest: number): void {
  const kept = times.findIndex((at) => at > latest);
  times.splice(0, kept === -1 ? times.length : kept);
}
