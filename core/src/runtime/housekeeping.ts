import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { JobEngine } from "../job/engine.ts";
import { isInOpenJob } from "../job/media-in-use.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { ClockSteps } from "./clock-steps.ts";
import type { Condition } from "./condition.ts";

const sweepEveryMs = 60 * 60_000;
/** How many events past their time go in one write. */
const inboxSlice = 200;
const dayMs = 24 * 60 * 60_000;
/** How many of the newest results are looked for among the media records. */
const jobsCompared = 100;

interface HousekeepingOptions {
  engine: JobEngine;
  media: MediaStore;
  clockSteps: ClockSteps;
  condition: () => Promise<Condition>;
  clock: Clock;
  logger: Logger;
  retentionMs: number;
}

/** Lets go of what is past its time, every hour; records that disagree are an alarm and let go of nothing. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #cancel = () => {};

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.setTimer(sweepEveryMs, () => void this.#run());
  }

  stop(): void {
    this.#cancel();
  }

  async #run(): Promise<void> {
    await this.#sweepMedia();
    await this.#sweepInbox();
    await this.#warnOfShortSpace();
    this.start();
  }

  async #sweepMedia(): Promise<void> {
    const { engine, media, logger } = this.#options;
    try {
      if (await this.#isClockInDoubt()) {
        logger.warn({}, "the clock was set forward: for a day nothing is removed for its age");
        return;
      }
      const missing = await this.#resultsWithoutRecords();
      let strangers = 0;
      const { removed, setAside, putBack } = await media.sweep(async (asset) => {
        if (missing > 0) {
          return true;
        }
        if (await this.#isStranger(asset)) {
          strangers += 1;
          return true;
        }
        return isInOpenJob(engine, asset);
      });
      if (missing + strangers + setAside > 0) {
        logger.error(
          { resultsWithoutRecord: missing, recordsWithoutJob: strangers, filesSetAside: setAside },
          "the records of media and of jobs disagree, as after a restore of one of them: nothing was removed for it; put back databases of one and the same backup",
        );
      }
      if (removed + putBack > 0) {
        logger.info({ removed, putBack }, "media past retention were removed, or set aside earlier and put back");
      }
    } catch (error) {
      logger.warn({ error: String(error) }, "media past retention could not be removed; tried again later");
    }
  }

  /** A month that passed within a second makes nothing a month old. */
  async #isClockInDoubt(): Promise<boolean> {
    const step = await this.#options.clockSteps.last();
    return step !== null && step.byMs >= dayMs && Math.abs(this.#options.clock.now() - step.at) < dayMs;
  }

  /** How many results of the newest jobs have no record, though they are not old enough to be removed. */
  async #resultsWithoutRecords(): Promise<number> {
    const { engine, media, clock, retentionMs } = this.#options;
    const jobs = await engine.list({ phases: ["succeeded"], limit: jobsCompared });
    const young = jobs.filter(({ createdAt }) => clock.now() - createdAt < retentionMs);
    const ids = young.flatMap(({ steps }) => steps.flatMap(({ assets }) => assets));
    const records = await Promise.all(ids.map((id) => media.read(id)));
    return records.filter((record) => record === null).length;
  }

  /** Made by a job that is on no record: kept for twice the time, until somebody has put the jobs back. */
  async #isStranger({ origin, createdAt }: Asset): Promise<boolean> {
    const { engine, clock, retentionMs } = this.#options;
    return (
      origin !== undefined && clock.now() - createdAt < 2 * retentionMs && (await engine.read(origin.jobId)) === null
    );
  }

  async #warnOfShortSpace(): Promise<void> {
    const { freeBytes, isSpaceShort } = await this.#options.condition();
    if (isSpaceShort) {
      this.#options.logger.warn(
        { freeBytes },
        "the disk is nearly full: make room before nothing can be stored any more",
      );
    }
  }

  /** In small slices, so that no write waits long behind one. */
  async #sweepInbox(): Promise<void> {
    const { engine, logger } = this.#options;
    try {
      while ((await engine.inbox.purge(inboxSlice)) > 0) {}
    } catch (error) {
      logger.warn({ error: String(error) }, "events past their time could not be removed; tried again later");
    }
  }
}
