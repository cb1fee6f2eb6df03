import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { JobEngine } from "../job/engine.ts";
import type { Sentence } from "../messages/sentence.ts";
import { say } from "../messages/sentence.ts";

/** Tells whether anybody carries out what is accepted, where receiving and working may be split between processes. */
export interface WorkerSigns {
  /** This process works: it leaves a sign of that until `stop`. */
  work(): void;
  /** This process only receives: it notices, and logs once, when nobody has worked for a minute. */
  watch(): void;
  /** What is wrong, as the processes that receive have noticed it; null if somebody works, or nobody receives. */
  trouble(): Promise<Sentence | null>;
  /** Resolves once nothing of it is under way. */
  stop(): Promise<void>;
}

interface WorkerSignsOptions {
  engine: Pick<JobEngine, "lock" | "unlock">;
  clock: Clock;
  logger: Logger;
}

/** Held, in one name for all of them, while anybody works. */
const atWork = { name: "at-work", holder: "workers", ttlMs: 20_000, everyMs: 5_000 };
/** Held while those that receive miss them. */
const missed = { name: "workers-missed", holder: "receivers", ttlMs: 30_000, everyMs: 10_000 };
/** Who only looks takes a lock that expires at once. */
const onlooker = "onlooker";
const missedAfterMs = 60_000;
const trouble: Sentence = { key: "store.no-worker" };

/** For a store on which every process that receives also works. */
export const noWorkerSigns: WorkerSigns = {
  work() {},
  watch() {},
  trouble: async () => null,
  async stop() {},
};

/**
 * Signs are locks of the engine: they expire by the store's own time, and need no table of their own. All workers hold the
 * same lock under the same name, so that the death of one is not taken for that of all.
 */
export function createWorkerSigns({ engine, clock, logger }: WorkerSignsOptions): WorkerSigns {
  let isStopped = false;
  let cancel = () => {};
  let underWay: Promise<void> = Promise.resolve();
  /** Since when every look has found nobody, on the monotonic clock. */
  let nobodySince: number | null = null;
  let isMissing = false;

  const isFree = (name: string) => engine.lock(name, onlooker, 0);

  /** A store that cannot be reached tells nothing; it is asked again. */
  function repeat(act: () => Promise<void>, everyMs: number, onFailure = () => {}): void {
    underWay = act()
      .catch((error: unknown) => {
        onFailure();
        logger.debug({ err: error }, "the signs of workers could not be read or left");
      })
      .then(() => {
        if (!isStopped) {
          cancel = clock.setTimer(everyMs, () => repeat(act, everyMs, onFailure));
        }
      });
  }

  async function look(): Promise<void> {
    if (!(await isFree(atWork.name))) {
      nobodySince = null;
      if (isMissing) {
        isMissing = false;
        logger.info({}, "jobs are carried out again");
        await engine.unlock(missed.name, missed.holder);
      }
      return;
    }
    nobodySince ??= clock.monotonic();
    if (clock.monotonic() - nobodySince >= missedAfterMs) {
      if (!isMissing) {
        isMissing = true;
        logger.warn({}, say(trouble, "en"));
      }
      await engine.lock(missed.name, missed.holder, missed.ttlMs);
    }
  }

  return {
    work() {
      let isFirst = true;
      repeat(async () => {
        await engine.lock(atWork.name, atWork.holder, atWork.ttlMs);
        if (isFirst) {
          await engine.unlock(missed.name, missed.holder);
          isFirst = false;
        }
      }, atWork.everyMs);
    },
    watch() {
      // While the store was away, nobody could leave a sign.
      repeat(look, missed.everyMs, () => {
        nobodySince = null;
      });
    },
    async trouble() {
      return (await isFree(missed.name)) ? null : trouble;
    },
    async stop() {
      isStopped = true;
      cancel();
      await underWay;
    },
  };
}
