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
  /** Requests of the last window, oldest first. */
  at: number[];
  windowMs: number;
  /** Until when the platform asked us to wait. */
  closedUntil: number;
}

const usualWindowMs = 1_000;
/** After so many new budgets, those out of use are forgotten. */
const sweepEvery = 1_000;

/** Counts what was sent under each budget. */
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
        const full = use.at.length < most ? 0 : (use.at[use.at.length - most] as number) + windowMs;
        return Math.max(full, use.closedUntil);
      }),
    );
  }

  /** Counts one request that is sent now. */
  take(budgets: readonly Budget[]): void {
    for (const { name, perWindow, windowMs = usualWindowMs } of budgets) {
      if (perWindow !== undefined) {
        this.#useOf(name, windowMs).at.push(this.#clock.monotonic());
      }
    }
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
    const use: Use = { at: [], windowMs, closedUntil: 0 };
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
      if (use.at.length === 0 && use.closedUntil <= now) {
        this.#uses.delete(name);
      }
    }
    this.#untilSweep = Math.max(sweepEvery, this.#uses.size);
  }
}

/** A request exactly one window old no longer counts. */
function forget(use: Use, now: number): void {
  const kept = use.at.findIndex((at) => at > now - use.windowMs);
  use.at.splice(0, kept === -1 ? use.at.length : kept);
}
