import type { Clock } from "../ground/clock.ts";

/** How much a platform lets through of one kind: requests of a bot, messages into a conversation, calls of a method. */
export interface Budget {
  /** Equal names are one budget. */
  name: string;
  /** The most requests in a window. Default: as many as the platform takes until it asks to wait. */
  perWindow?: number;
  /** The length of the window in milliseconds. Default 1,000. */
  windowMs?: number;
  /** First answers keep to it, too: the platform has no deadline for them. Default false: they wait for its word alone. */
  firm?: boolean;
}

interface Use {
  /** Requests of the last window, oldest first. */
  at: number[];
  windowMs: number;
  /** The platform asked to wait until then. */
  closedUntil: number;
}

const usualWindowMs = 1_000;
/** Budgets that are out of use are forgotten when there are so many more of them. */
const sweepEvery = 1_000;

/** Keeps count of what was sent under which budget. */
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

  /** When the platform lets one more request through, as far as it asked to wait, by the monotonic clock. */
  closedUntil(budgets: readonly Budget[]): number {
    return Math.max(0, ...budgets.map(({ name }) => this.#uses.get(name)?.closedUntil ?? 0));
  }

  /**
   * Since when, or from when on, there is a place in every one of them, by the monotonic clock; 0 when they were never short.
   * `share` of each counts, at least one.
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

  /** One request leaves now. */
  take(budgets: readonly Budget[]): void {
    for (const { name, perWindow, windowMs = usualWindowMs } of budgets) {
      if (perWindow !== undefined) {
        this.#useOf(name, windowMs).at.push(this.#clock.monotonic());
      }
    }
  }

  /** The platform asks to wait. */
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

  /** One budget a conversation would be one entry for ever. */
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

/** A request at the very beginning of the window is out of it when a new one could be counted in both. */
function forget(use: Use, now: number): void {
  const kept = use.at.findIndex((at) => at > now - use.windowMs);
  use.at.splice(0, kept === -1 ? use.at.length : kept);
}
