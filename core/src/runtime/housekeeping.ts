import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { JobEngine } from "../job/engine.ts";
import { isInOpenJob } from "../job/media-in-use.ts";
import type { MediaStore } from "../media/store.ts";
import type { ClockSteps } from "./clock-steps.ts";
import type { Condition } from "./condition.ts";
import type { JobRetention } from "./job-retention.ts";
import type { RecordCheck } from "./record-check.ts";

const hourMs = 60 * 60_000;
const sweepEveryMs = hourMs;
/** How many expired events are removed in one write. */
const inboxSlice = 200;
const dayMs = 24 * hourMs;
/**
 * What is removed first is kept for a day. Less than that, because a step of a day is measured with a few milliseconds'
 * error, and what came shortly before it would go. A machine that sleeps at night is not in doubt every day.
 */
const doubtfulStepMs = dayMs - 10 * 60_000;

interface HousekeepingOptions {
  engine: JobEngine;
  media: MediaStore;
  records: RecordCheck;
  clockSteps: ClockSteps;
  jobs: JobRetention;
  condition: () => Promise<Condition>;
  clock: Clock;
  logger: Logger;
}

/** Removes expired data every hour. If the records contradict each other, it logs an alarm and removes nothing. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #cancel = () => {};
  #stopping = new AbortController();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#runLater();
  }

  #runLater(): void {
    this.#cancel = this.#options.clock.setTimer(sweepEveryMs, () => void this.#run());
  }

  stop(): void {
    this.#stopping.abort();
    this.#cancel();
  }

  async #run(): Promise<void> {
    await this.#sweepMedia();
    await this.#sweepInbox();
    await this.#sweepJobs();
    await this.#warnOfShortSpace();
    if (!this.#stopping.signal.aborted) {
      this.#runLater();
    }
  }

  async #sweepMedia(): Promise<void> {
    const { engine, media, records, logger } = this.#options;
    try {
      if (await this.#isClockInDoubt()) {
        logger.warn({}, "the clock was set forward: nothing is removed because of its age for a day");
        return;
      }
      const missing = await records.resultsWithoutRecord();
      let strangers = 0;
      const { removed, setAside, putBack } = await media.sweep(async (asset) => {
        if (missing > 0) {
          return true;
        }
        if (await records.isStranger(asset)) {
          strangers += 1;
          return true;
        }
        return isInOpenJob(engine, asset);
      });
      if (missing + strangers + setAside > 0) {
        logger.error(
          { resultsWithoutRecord: missing, recordsWithoutJob: strangers, filesSetAside: setAside },
          "the records of media and jobs disagree, as if some of them had been lost: nothing was removed; restore the data directory from a backup",
        );
      }
      if (removed + putBack > 0) {
        logger.info(
          { removed, putBack },
          "media past retention were removed, or files set aside earlier were put back",
        );
      }
    } catch (error) {
      logger.warn({ error: String(error) }, "media past retention could not be removed; trying again later");
    }
  }

  async #sweepJobs(): Promise<void> {
    const { jobs, logger } = this.#options;
    try {
      if (!(await this.#isClockInDoubt())) {
        await jobs.sweep(this.#stopping.signal);
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        logger.warn({ error: String(error) }, "jobs past retention could not be removed; trying again later");
      }
    }
  }

  /** Whether the clock has jumped so far that ages cannot be trusted. */
  async #isClockInDoubt(): Promise<boolean> {
    const step = await this.#options.clockSteps.last();
    return step !== null && step.byMs >= doubtfulStepMs && Math.abs(this.#options.clock.now() - step.at) < dayMs;
  }

  async #warnOfShortSpace(): Promise<void> {
    const { freeBytes, isSpaceShort } = await this.#options.condition();
    if (isSpaceShort) {
      this.#options.logger.warn(
        { freeBytes },
        "the disk is nearly full: free up space before nothing more can be stored",
      );
    }
  }

  /** In small slices, because other writes wait for each of them. */
  async #sweepInbox(): Promise<void> {
    const { engine, logger } = this.#options;
    try {
      while (!(await this.#isClockInDoubt()) && (await engine.inbox.purge(inboxSlice)) > 0) {}
    } catch (error) {
      logger.warn({ error: String(error) }, "expired events could not be removed; trying again later");
    }
  }
}
