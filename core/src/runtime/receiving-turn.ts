import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { JobEngine } from "../job/engine.ts";

/** Lets one process at a time take a platform's events, of all that share a store. */
export interface ReceivingTurn {
  readonly isOurs: boolean;
  /** False in a process that only delivers: it takes no events, not even those that any other process may take. */
  readonly isSought: boolean;
  /**
   * Seeks the turn until it is closed, and tells of each change. Resolves after the first attempt, which tells nothing.
   * Called once.
   */
  begin(on: { gained(): void; lost(): void }): Promise<void>;
}

interface ReceivingTurnOptions {
  engine: Pick<JobEngine, "lock" | "unlock">;
  /** The surface whose events are meant. */
  surface: string;
  clock: Clock;
  /** Names this process. */
  random: Random;
  logger: Logger;
}

/** For a process that only delivers. */
export const neverOurTurn: ReceivingTurn & { close(): Promise<void> } = {
  isOurs: false,
  isSought: false,
  async begin() {},
  async close() {},
};

/** How long a dead process keeps the turn. */
const ttlMs = 10_000;
const renewEveryMs = 3_000;
const seekEveryMs = 1_000;

/**
 * The turn is a lock of the engine, by the store's own time. While the store cannot be reached, whoever has the turn
 * keeps it: nobody else can take it then, and people read what is wrong. Two processes may so receive for some
 * seconds; the inbox takes each event once.
 */
export function createReceivingTurn(options: ReceivingTurnOptions): ReceivingTurn & { close(): Promise<void> } {
  const { engine, surface, clock, random, logger } = options;
  const name = `receive:${surface}`;
  const holder = randomId(random, "receiver");
  let isOurs = false;
  let isClosed = false;
  let cancel = () => {};
  let asking: Promise<void> = Promise.resolve();

  /** True if this has changed whose turn it is. */
  async function ask(): Promise<boolean> {
    const before = isOurs;
    try {
      isOurs = await engine.lock(name, holder, ttlMs);
    } catch (error) {
      logger.debug({ err: error, surface }, "whose turn it is to receive could not be asked");
    }
    return isOurs !== before;
  }

  return {
    get isOurs() {
      return isOurs && !isClosed;
    },
    isSought: true,
    async begin({ gained, lost }) {
      const again = () => {
        cancel = clock.setTimer(isOurs ? renewEveryMs : seekEveryMs, () => {
          asking = ask().then((isChanged) => {
            if (isClosed) {
              return;
            }
            if (isChanged) {
              logger.info({ surface }, isOurs ? "now receiving" : "another process receives now");
              (isOurs ? gained : lost)();
            }
            again();
          });
        });
      };
      await ask();
      if (!isOurs) {
        logger.info({ surface }, "another process receives; standing by");
      }
      if (!isClosed) {
        again();
      }
    },
    /** Gives it up, so that another process has it at once. Safe to call again. */
    async close() {
      isClosed = true;
      cancel();
      await asking;
      if (isOurs) {
        isOurs = false;
        // Without it, the others wait until it expires.
        await engine.unlock(name, holder).catch(() => {});
      }
    },
  };
}
