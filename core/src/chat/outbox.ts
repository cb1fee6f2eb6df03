import { type Clock, sleep } from "../ground/clock.ts";
import { type Budget, Budgets } from "./budgets.ts";
import { type ReadFailure, SendError, type SendFailures } from "./send-failure.ts";

/**
 * What a request is for.
 *
 * - `answer`: a first acknowledgement. It waits only if the platform asks for it, and for firm budgets.
 * - `result`: everything that has to arrive, in the order it was requested.
 * - `progress`: worth nothing later. If there is no room it is not sent, because the next one shows a later state.
 */
export type Priority = "answer" | "result" | "progress";

export interface Send {
  /** The budgets it uses, the narrowest first: a rate limit of unknown scope closes the first. Default none. */
  budgets?: readonly Budget[];
  /** Default `result`. */
  priority?: Priority;
}

export interface OutboxOptions {
  /** Measures rates and waits. */
  clock: Clock;
  /** Reads what the platform's library throws. */
  readFailure: ReadFailure;
  /** What the refusals of the platform mean. */
  failures: SendFailures;
  /** The most concurrent requests, not counting first answers. Default 12. */
  concurrent?: number;
  /** How many requests may be open before new ones are rejected as `limited`. Default 2,000. */
  most?: number;
}

/** How long a request waits here for room; after a longer wait core has to send it again. */
const longestWaitMs = 10_000;
/** How soon after the wait it was given core sends a rejected result again. */
const comeBackMs = 30_000;
/** How many rate limits one request waits out here. */
const mostWaits = 3;
/** The share of the concurrent requests that one conversation may use: a platform may be slow for it alone. */
const conversationShare = 0.5;
/** The share of a budget that progress may use: the rest is free for results. */
const progressShare = 0.5;

interface Waiting {
  /** Position in the order of requests; 0 for first answers. */
  order: number;
  budgets: readonly Budget[];
  isAnswer: boolean;
  /** Receives what is to be called when the request has ended. */
  start(ended: () => void): void;
  putOff(afterMs: number): void;
}

/**
 * Everything sent to a platform goes through here. Each message or conversation has a lane, which keeps its changes in
 * order; budgets follow the platform's limits; results go before progress.
 */
export class Outbox {
  readonly #options: { concurrent: number; most: number };
  readonly #clock: Clock;
  readonly #failures: SendFailures;
  readonly #readFailure: ReadFailure;
  readonly #budgets: Budgets;
  readonly #lanes = new Map<string, Promise<unknown>>();
  /** First answers, then the rest in the order they were requested. */
  #waiting: Waiting[] = [];
  /** The budgets that a request waits for. */
  #short: ReadonlySet<string> = new Set();
  /**
   * Budgets with results that were rejected because of a long wait, and until when progress leaves the room to those
   * results.
   */
  readonly #owed = new Map<string, number>();
  #asked = 0;
  #running = 0;
  /** Requests that run, by their narrowest budget, not counting first answers. */
  readonly #runningIn = new Map<string, number>();
  /** Requests that wait or run, not counting first answers. */
  #open = 0;
  #timer: { at: number; cancel: () => void } | undefined;

  constructor({ clock, readFailure, failures, concurrent = 12, most = 2_000 }: OutboxOptions) {
    this.#clock = clock;
    this.#readFailure = readFailure;
    this.#failures = failures;
    this.#options = { concurrent, most };
    this.#budgets = new Budgets(clock);
  }

  /** True while something in this lane waits or runs. */
  isBusy(lane: string): boolean {
    return this.#lanes.has(lane);
  }

  /** Runs the work after everything that was put into its lane before it. */
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

  /** Whether progress that uses these budgets would be sent now. To be asked before composing it. */
  hasRoom(budgets: readonly Budget[]): boolean {
    return (
      this.#running < this.#options.concurrent &&
      !this.#hasItsShare(budgets) &&
      this.#budgets.freeAt(budgets, progressShare) <= this.#clock.monotonic() &&
      !budgets.some(({ name }) => this.#short.has(name) || this.#isOwed(name))
    );
  }

  /** Whether so many requests of one conversation run that more of them would leave no room to others if they hang. */
  #hasItsShare([narrowest, ...wider]: readonly Budget[]): boolean {
    const running = this.#runningIn.get(narrowest?.name ?? "") ?? 0;
    return wider.length > 0 && running >= Math.ceil(this.#options.concurrent * conversationShare);
  }

  #count([narrowest]: readonly Budget[], change: number): void {
    this.#running += change;
    if (narrowest !== undefined) {
      const running = (this.#runningIn.get(narrowest.name) ?? 0) + change;
      if (running > 0) {
        this.#runningIn.set(narrowest.name, running);
      } else {
        this.#runningIn.delete(narrowest.name);
      }
    }
  }

  /** Whether a rejected result may still be sent again under this budget. */
  #isOwed(name: string): boolean {
    const until = this.#owed.get(name) ?? 0;
    if (until > 0 && until <= this.#clock.monotonic()) {
      this.#owed.delete(name);
      return false;
    }
    return until > 0;
  }

  #owe(budgets: readonly Budget[], afterMs: number): void {
    for (const { name } of budgets) {
      this.#owed.set(name, Math.max(this.#owed.get(name) ?? 0, this.#clock.monotonic() + afterMs + comeBackMs));
    }
  }

  /**
   * Sends one request when there is room. Waits out a short rate limit and repeats the request, because the platform
   * did not carry it out; repeats nothing else. Rejects with what the request threw, or with a `limited` {@link
   * SendError} if there is no room soon, or for progress, none immediately.
   */
  async send<Result>({ budgets = [], priority = "result" }: Send, request: () => Promise<Result>): Promise<Result> {
    const isAnswer = priority === "answer";
    if (!isAnswer && this.#open >= this.#options.most) {
      throw this.#limited(longestWaitMs);
    }
    this.#open += isAnswer ? 0 : 1;
    this.#asked += 1;
    const order = isAnswer ? 0 : this.#asked;
    try {
      for (let waits = 0; ; waits += 1) {
        const ended = await this.#room(budgets, priority, order);
        let pauseMs: number;
        try {
          return await request();
        } catch (error) {
          const failure = this.#readFailure(error);
          if (failure.kind !== "limited") {
            throw error;
          }
          const closed = this.#close(budgets, failure);
          if (priority === "progress" || failure.afterMs > longestWaitMs || waits >= mostWaits) {
            if (priority === "result") {
              this.#owe(budgets, failure.afterMs);
            }
            throw error;
          }
          pauseMs = closed ? 0 : failure.afterMs;
        } finally {
          ended();
          this.#count(budgets, isAnswer ? 0 : -1);
          this.#admit();
        }
        if (pauseMs > 0) {
          await sleep(this.#clock, pauseMs);
        }
      }
    } finally {
      this.#open -= isAnswer ? 0 : 1;
    }
  }

  /** Resolves when nothing waits or runs in a lane. */
  async drained(): Promise<void> {
    while (this.#lanes.size > 0) {
      await Promise.all(this.#lanes.values());
    }
  }

  /** Resolves when the request may be sent, counted, with what is to be called when it has ended. */
  async #room(budgets: readonly Budget[], priority: Priority, order: number): Promise<() => void> {
    const isAnswer = priority === "answer";
    if (priority === "progress" && !this.hasRoom(budgets)) {
      throw this.#limited(Math.max(1_000, this.#budgets.freeAt(budgets, progressShare) - this.#clock.monotonic()));
    }
    return await new Promise<() => void>((resolve, reject) => {
      const waiting: Waiting = {
        ...{ order, budgets, isAnswer, start: resolve },
        putOff: (afterMs) => {
          if (priority === "result") {
            this.#owe(budgets, afterMs);
          }
          reject(this.#limited(afterMs));
        },
      };
      const before = this.#waiting.findLastIndex((other) => other.order <= order);
      this.#waiting.splice(before + 1, 0, waiting);
      this.#admit();
    });
  }

  /** Starts what has room, in order within each budget, and sets one timer for the rest. */
  #admit(): void {
    if (this.#running >= this.#options.concurrent && !this.#waiting[0]?.isAnswer) {
      // The next request to end calls this again.
      return;
    }
    const now = this.#clock.monotonic();
    const short = new Set<string>();
    let next = Number.POSITIVE_INFINITY;
    this.#waiting = this.#waiting.filter((waiting) => {
      const { budgets, isAnswer } = waiting;
      if (!isAnswer && (this.#running >= this.#options.concurrent || this.#hasItsShare(budgets))) {
        return true;
      }
      if (budgets.some(({ name, firm }) => (firm || !isAnswer) && short.has(name))) {
        return true;
      }
      const freeAt = (some: readonly Budget[]) =>
        isAnswer
          ? Math.max(this.#budgets.closedUntil(some), this.#budgets.freeAt(some.filter(({ firm }) => firm)))
          : this.#budgets.freeAt(some);
      const at = freeAt(budgets);
      if (at <= now) {
        this.#count(budgets, isAnswer ? 0 : 1);
        waiting.start(this.#budgets.take(budgets));
        return false;
      }
      // Nobody sends a first answer again: it keeps its place, unless the platform itself asks for such a long wait.
      const waitMs = (isAnswer ? this.#budgets.closedUntil(budgets) : at) - now;
      if (waitMs > longestWaitMs) {
        waiting.putOff(waitMs);
        return false;
      }
      next = Math.min(next, at);
      // Only the budgets that are short: a conversation that has to wait does not hold up others of the same bot.
      for (const budget of budgets.filter((one) => freeAt([one]) > now)) {
        short.add(budget.name);
      }
      return true;
    });
    this.#short = short;
    this.#wake(next);
  }

  #wake(at: number): void {
    if (this.#timer?.at === at) {
      return;
    }
    this.#timer?.cancel();
    this.#timer = Number.isFinite(at)
      ? {
          at,
          cancel: this.#clock.setTimer(at - this.#clock.monotonic(), () => {
            this.#timer = undefined;
            this.#admit();
          }),
        }
      : undefined;
  }

  /** Closes the budget that the platform limited; false if the send uses no such budget. */
  #close(budgets: readonly Budget[], { afterMs, budget }: { afterMs: number; budget?: string | null }): boolean {
    const name = budget === undefined ? budgets[0]?.name : budget;
    if (name === undefined || name === null) {
      return false;
    }
    this.#budgets.close(name, this.#clock.monotonic() + afterMs);
    return budgets.some((one) => one.name === name);
  }

  #limited(afterMs: number): SendError {
    return new SendError(this.#failures.limited(Math.ceil(afterMs)));
  }
}
