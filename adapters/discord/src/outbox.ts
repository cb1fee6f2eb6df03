import { type Clock, sleep } from "@toolcast/core";
import { readFailure, SendRefused } from "./rest-failure.ts";

interface OutboxOptions {
  clock: Clock;
  /** Requests with the bot's own token in one second; Discord's limit is 50. Default 40. */
  perSecond?: number;
  /** Requests under way at once. Default 12. */
  concurrent?: number;
  /** Waiting requests beyond which new ones are put off. Default 2,000. */
  most?: number;
}

/** How long a request waits here for a rate limit to pass before core is told to come again. */
const longestWaitMs = 10_000;
const mostWaits = 3;

/**
 * Everything that is sent goes through here, except first answers, which never wait. One lane at a time for one
 * message or channel, so that what was said later is shown later.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #concurrent: number;
  readonly #most: number;
  readonly #lanes = new Map<string, Promise<unknown>>();
  readonly #turns: (() => void)[] = [];
  #running = 0;
  #waiting = 0;
  #sentAt: number[] = [];

  constructor({ clock, perSecond = 40, concurrent = 12, most = 2_000 }: OutboxOptions) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#concurrent = concurrent;
    this.#most = most;
  }

  /** True while something of this lane waits or runs. */
  isBusy(lane: string): boolean {
    return this.#lanes.has(lane);
  }

  /** Does the work after everything of its lane before it. Works of one lane see each other's effects. */
  async inLane<Result>(lane: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => {});
    this.#lanes.set(lane, settled);
    try {
      return await mine;
    } finally {
      if (this.#lanes.get(lane) === settled) {
        this.#lanes.delete(lane);
      }
    }
  }

  /**
   * One request, when there is room. A rate limit that passes soon is waited out, as a request that met one was not
   * carried out; nothing else is repeated.
   */
  async send<Result>(kind: "bot" | "interaction", request: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#most) {
      throw new SendRefused({ kind: "limited", afterMs: longestWaitMs });
    }
    this.#waiting += 1;
    try {
      for (let waits = 0; ; waits += 1) {
        await this.#turn();
        let waitMs: number;
        try {
          if (kind === "bot") {
            await this.#pace();
          }
          return await request();
        } catch (error) {
          const failure = readFailure(error);
          if (failure.kind !== "limited" || failure.afterMs > longestWaitMs || waits >= mostWaits) {
            throw error;
          }
          waitMs = failure.afterMs;
        } finally {
          this.#release();
        }
        await sleep(this.#clock, waitMs);
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Resolves when nothing waits or runs. */
  async drained(): Promise<void> {
    while (this.#lanes.size > 0) {
      await Promise.all(this.#lanes.values());
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= this.#concurrent) {
      await new Promise<void>((resolve) => this.#turns.push(resolve));
      return;
    }
    this.#running += 1;
  }

  /** Who waited longest takes the place over. */
  #release(): void {
    const next = this.#turns.shift();
    if (next === undefined) {
      this.#running -= 1;
    } else {
      next();
    }
  }

  async #pace(): Promise<void> {
    for (;;) {
      const now = this.#clock.now();
      this.#sentAt = this.#sentAt.filter((at) => at > now - 1_000);
      const oldest = this.#sentAt[0];
      if (oldest === undefined || this.#sentAt.length < this.#perSecond) {
        this.#sentAt.push(now);
        return;
      }
      await sleep(this.#clock, oldest + 1_000 - now);
    }
  }
}
