import { type Clock, sleep } from "../ground/clock.ts";
import { type Budget, Budgets } from "./budgets.ts";
import { type ReadFailure, SendError, type SendFailures } from "./send-failure.ts";

/**
 * What a request is for.
 *
 * - `answer`: a first acknowledgement. It waits behind nothing but the platform's own word to wait, and firm budgets.
 * - `result`: everything that has to arrive, in the order of asking.
 * - `progress`: worth nothing later. Where there is no room it is not sent: the next one shows a later state.
 */
export type Priority = "answer" | "result" | "progress";

export interface Send {
  /** The budgets it draws on, the narrowest first: the first is what a rate limit of unknown scope closes. Default none. */
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
  /** Requests under way at once, first answers apart. Default 12. */
  concurrent?: number;
  /** Waiting requests beyond which new ones are put off. Default 2,000. */
  most?: number;
}

/** How long a request waits here for room before core is told to come again. */
const longestWaitMs = 10_000;
/** A result that was put off comes back within so long after the wait it was told. */
const comeBackMs = 30_000;
/** So many rate limits one request waits out here. */
const mostWaits = 3;
/** Of a budget progress takes only so much: a result that comes finds room. */
const progressShare = 0.5;

interface Waiting {
  /** In which it was asked for. */
  order: number;
  budgets: readonly Budget[];
  isAnswer: boolean;
  start(): void;
  putOff(afterMs: number): void;
}

/**
 * Everything that is sent to a platform goes through here. One lane at a time for one message or conversation, so that
 * what was said later is shown later; budgets as the platform sets them; results before progress.
 */
export class Outbox {
  readonly #options: { concurrent: number; most: number };
  readonly #clock: Clock;
  readonly #failures: SendFailures;
  readonly #readFailure: ReadFailure;
  readonly #budgets: Budgets;
  readonly #lanes = new Map<string, Promise<unknown>>();
  /** First answers, then the rest in the order of asking. */
  #waiting: Waiting[] = [];
  /** The budgets that somebody waits for. */
  #short: ReadonlySet<string> = new Set();
  /** Budgets whose results were put off by a long wait: until then progress leaves them the first room. */
  readonly #owed = new Map<string, number>();
  #asked = 0;
  #running = 0;
  /** Requests that wait or run, first answers apart. */
  #open = 0;
  #timer: { at: number; cancel: () => void } | undefined;

  constructor({ clock, readFailure, failures, concurrent = 12, most = 2_000 }: OutboxOptions) {
    this.#clock = clock;
    this.#readFailure = readFailure;
    this.#failures = failures;
    this.#options = { concurrent, most };
    this.#budgets = new Budgets(clock);
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

  /** Whether progress that draws on these budgets would be sent now. Asked before it is composed. */
  hasRoom(budgets: readonly Budget[]): boolean {
    return (
      this.#running < this.#options.concurrent &&
      this.#budgets.freeAt(budgets, progressShare) <= this.#clock.monotonic() &&
      !budgets.some(({ name }) => this.#short.has(name) || this.#isOwed(name))
    );
  }

  /** Whether a result that was put off is still to come back on this budget. */
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
   * One request, when there is room. A rate limit that passes soon is waited out, as a request that met one was not
   * carried out; nothing else is repeated. Rejects with what the request threw, or with a `limited` {@link SendError}
   * when there is no room soon, and for progress when there is none at once.
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
        await this.#room(budgets, priority, order);
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
          this.#running -= isAnswer ? 0 : 1;
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

  /** Resolves when the request may leave, which is counted. */
  async #room(budgets: readonly Budget[], priority: Priority, order: number): Promise<void> {
    const isAnswer = priority === "answer";
    if (priority === "progress" && !this.hasRoom(budgets)) {
      throw this.#limited(Math.max(1_000, this.#budgets.freeAt(budgets, progressShare) - this.#clock.monotonic()));
    }
    await new Promise<void>((resolve, reject) => {
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

  /** Starts what has room, in order within each budget; one timer for the rest. */
  #admit(): void {
    if (this.#running >= this.#options.concurrent && !this.#waiting[0]?.isAnswer) {
      // Whoever ends comes by here again.
      return;
    }
    const now = this.#clock.monotonic();
    const short = new Set<string>();
    let next = Number.POSITIVE_INFINITY;
    this.#waiting = this.#waiting.filter((waiting) => {
      const { budgets, isAnswer } = waiting;
      if (!isAnswer && this.#running >= this.#options.concurrent) {
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
        this.#budgets.take(budgets);
        this.#running += isAnswer ? 0 : 1;
        waiting.start();
        return false;
      }
      // An answer has no other way: it keeps its place in line, unless the platform itself asks to wait so long.
      const waitMs = (isAnswer ? this.#budgets.closedUntil(budgets) : at) - now;
      if (waitMs > longestWaitMs) {
        waiting.putOff(waitMs);
        return false;
      }
      next = Math.min(next, at);
      // Only what is short itself: a conversation that has to wait holds up no other of the same bot.
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

  /** What the platform said to wait for; false when it is none of the send's budgets. */
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
