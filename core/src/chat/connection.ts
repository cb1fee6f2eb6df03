import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Logger } from "../ground/logger.ts";
import { AdapterStartError } from "../runtime/adapter.ts";
import type { ReceivingTurn } from "../runtime/receiving-turn.ts";
import type { ReadFailure } from "./send-failure.ts";

export interface ConnectionOptions {
  /** The platform's name, for the log. */
  platform: string;
  /** Measures how long the connection lasted and sets the pauses. */
  clock: Clock;
  /** Logs each failed attempt, without secrets. */
  logger: Logger;
  /** Reads the errors of the platform's requests. */
  readFailure: ReadFailure;
  /** Introduces us and registers what the platform must know; called at every attempt. */
  introduce(): Promise<void>;
  /** Settles what an earlier process left open; called after an introduction, until it has succeeded once. */
  recover(): Promise<void>;
  /** Starts taking events; called after every introduction. */
  receive(): Promise<void>;
  /**
   * Whose turn it is to take events, if the platform should send them to one process only. Default: every process takes
   * those it is sent.
   */
  turn?: ReceivingTurn | undefined;
  /**
   * Any process that receives at all may take events, as with webhooks, so that the turn need not be sought. Default false.
   */
  anyReceives?: boolean;
  /**
   * Stops taking events until `receive` is called again, because another process has the turn. Default: there is nothing
   * to stop.
   */
  rest?(): Promise<void>;
  /** The problem, if only an operator can fix it; null if it passes. Default: an {@link AdapterStartError}. */
  problemOf?(error: unknown): AdapterStartError | null;
}

/** The pauses after a temporary failure. */
const againAfterMs = { first: 5_000, longest: 5 * 60_000 };
/**
 * The pauses after a failure that somebody has to fix, because platforms limit connections per day and refused
 * requests.
 */
const refusedAgainAfterMs = { first: 60_000, longest: 60 * 60_000 };

/** Why people on a platform get no answers: it is tried again, and nobody has to act. */
export function unreachable(platform: string): LocalizedText {
  return { en: `${platform} cannot be reached; trying again.`, "zh-CN": `无法连接 ${platform}，正在重试。` };
}

/** An adapter's connection to its platform, retried for as long as it takes, with growing pauses. */
export class Connection {
  readonly #options: ConnectionOptions;
  #cancelTry: (() => void) | undefined;
  #failures = 0;
  #openedAt: number | undefined;
  #isRecovered = false;
  #isClosed = false;
  #trouble: LocalizedText | null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#trouble = unreachable(options.platform);
  }

  /**
   * Why people get no answers now; null if they do, or another process gives them. `sinceMade` says so for a connection
   * that was made, whose state since then only the adapter knows.
   */
  away(sinceMade: () => LocalizedText | null): LocalizedText | null {
    return this.#trouble ?? (this.isStandby ? null : sinceMade());
  }

  /** Whether only other processes take the events at the moment. */
  get isStandby(): boolean {
    const { turn, anyReceives } = this.#options;
    return turn !== undefined && !(anyReceives ? turn.isSought : turn.isOurs);
  }

  /** True once no new events may be taken. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Establishes the connection. Rejects with an error that only an operator can fix; retries after any other. */
  async start(): Promise<void> {
    const { turn, anyReceives } = this.#options;
    await (anyReceives ? undefined : turn)?.begin({
      gained: () => {
        this.#cancelTry?.();
        void this.#try({ isStart: false });
      },
      lost: () => void this.#rest(),
    });
    await this.#try({ isStart: true });
  }

  /**
   * To be called when the platform has ended it and reconnecting does not help until somebody has fixed this. It is
   * retried nevertheless.
   */
  refused({ sentence, message }: AdapterStartError, facts: object): void {
    const { clock, logger } = this.#options;
    this.#trouble = sentence;
    if (clock.monotonic() - (this.#openedAt ?? 0) >= refusedAgainAfterMs.longest) {
      this.#failures = 0;
    }
    logger.error({ ...facts, afterMs: this.#tryAgain(refusedAgainAfterMs) }, message);
  }

  /** Stops retrying. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTry?.();
  }

  async #try({ isStart }: { isStart: boolean }): Promise<void> {
    const { platform, logger, readFailure, problemOf = startError } = this.#options;
    try {
      await this.#make();
    } catch (error) {
      if (this.#isClosed) {
        return;
      }
      const problem = problemOf(error);
      if (problem !== null && isStart) {
        throw problem;
      }
      this.#trouble = problem?.sentence ?? unreachable(platform);
      const afterMs = this.#tryAgain(problem === null ? againAfterMs : refusedAgainAfterMs);
      const reason = problem?.message ?? readFailure(error).detail;
      logger.warn({ reason, afterMs }, `${platform} cannot be reached; trying again`);
    }
  }

  async #make(): Promise<void> {
    const { clock, introduce, recover, receive } = this.#options;
    await introduce();
    if (!this.#isRecovered) {
      await recover();
      this.#isRecovered = true;
    }
    if (!this.#isClosed && !this.isStandby) {
      await receive();
      if (this.isStandby) {
        await this.#rest();
      }
    }
    this.#trouble = null;
    this.#openedAt = clock.monotonic();
  }

  async #rest(): Promise<void> {
    const { platform, logger, readFailure, rest } = this.#options;
    await rest?.().catch((error: unknown) => {
      logger.warn({ reason: readFailure(error).detail }, `the connection to ${platform} could not be closed`);
    });
  }

  #tryAgain({ first, longest }: typeof againAfterMs): number {
    const afterMs = Math.min(first * 2 ** this.#failures, longest);
    this.#failures += 1;
    this.#cancelTry = this.#options.clock.setTimer(afterMs, () => void this.#try({ isStart: false }));
    return afterMs;
  }
}

function startError(error: unknown): AdapterStartError | null {
  return AdapterStartError.isInstance(error) ? error : null;
}
