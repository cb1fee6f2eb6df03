import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Logger } from "../ground/logger.ts";
import { AdapterStartError } from "../runtime/adapter.ts";
import type { ReadFailure } from "./send-failure.ts";

export interface ConnectionOptions {
  /** The platform's name, for the log. */
  platform: string;
  /** Tells how long the connection lasted and sets the pauses. */
  clock: Clock;
  /** Gets each try that failed; what it is given holds no secret. */
  logger: Logger;
  /** Reads what the platform's requests throw. */
  readFailure: ReadFailure;
  /** Says who we are, and registers what the platform must know; at every try. */
  introduce(): Promise<void>;
  /** Puts right what an earlier process left open; after the first introduction that succeeds. */
  recover(): Promise<void>;
  /** Begins to take events; after every introduction. */
  receive(): Promise<void>;
  /** What only an operator can fix; null for what passes. Default: an {@link AdapterStartError} is. */
  problemOf?(error: unknown): AdapterStartError | null;
}

/** After a failure that passes by itself. */
const againAfterMs = { first: 5_000, longest: 5 * 60_000 };
/** After one that somebody has to fix: platforms limit connections a day and refused requests. */
const refusedAgainAfterMs = { first: 60_000, longest: 60 * 60_000 };

/** An adapter's connection to its platform: tried again for as long as it takes, in growing pauses. */
export class Connection {
  readonly #options: ConnectionOptions;
  #cancelTry: (() => void) | undefined;
  #failures = 0;
  #openedAt: number | undefined;
  #isRecovered = false;
  #isClosed = false;
  #refusal: LocalizedText | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** What somebody has to fix before the platform takes us; null when nothing. */
  get refusal(): LocalizedText | null {
    return this.#refusal;
  }

  /** Whether it was made at least once. What happened to it since is for the adapter to say. */
  get isMade(): boolean {
    return this.#openedAt !== undefined;
  }

  /** True once no new events are to be taken. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Makes it. Rejects with what only an operator can fix; anything else is tried again. */
  start(): Promise<void> {
    return this.#try({ isStart: true });
  }

  /** The platform ended it, and reconnecting does not help until somebody has fixed this. It is tried again all the same. */
  refused({ sentence, message }: AdapterStartError, facts: object): void {
    const { clock, logger } = this.#options;
    this.#refusal = sentence;
    if (clock.monotonic() - (this.#openedAt ?? 0) >= refusedAgainAfterMs.longest) {
      this.#failures = 0;
    }
    logger.error({ ...facts, afterMs: this.#tryAgain(refusedAgainAfterMs) }, message);
  }

  /** Tries no more. */
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
      this.#refusal = problem?.sentence ?? null;
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
    if (!this.#isClosed) {
      await receive();
    }
    this.#refusal = null;
    this.#openedAt = clock.monotonic();
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
