import type Keyv from "keyv";
import { failureOf, UsageError } from "../errors/errors.ts";
import type { Clock } from "../ground/clock.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import { assetsOf, hasEnded, type Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { isOfUnknownFormat } from "../job/read-job.ts";
import { isOver } from "../job/scrub-job.ts";
import type { MediaStore } from "../media/store.ts";
import type { Surface } from "../surface/surface.ts";
import { needsCounting } from "./job-retention.ts";
import type { Remover } from "./remover.ts";

interface JobRemoverOptions {
  store: JobStore;
  /** Deletions by job id: what a dying process leaves undone is done by the next one. */
  state: Keyv;
  media: Pick<MediaStore, "owned">;
  remover: Pick<Remover, "media">;
  surface(id: string): Surface | undefined;
  /** A job's title for its person. */
  nameOf(job: Job): string;
  clock: Clock;
  logger: Logger;
}

/** How soon what could not be finished is tried again, in milliseconds. */
const againMs = 5 * 60_000;

/**
 * Deletes ended jobs for their owners, with what they made. As with jobs past their time, the key and the mark of the
 * request stay, so that no old event starts anything again, and so do the ledger's sums.
 */
export class JobRemover {
  readonly #options: JobRemoverOptions;
  #cancel = () => {};
  #isStopped = false;

  constructor(options: JobRemoverOptions) {
    this.#options = options;
  }

  /** Finishes what was left undone, as soon as the store lets it. */
  start(): void {
    this.#isStopped = false;
    this.#finishIn(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #finishIn(ms: number): void {
    if (!this.#isStopped) {
      this.#cancel = this.#options.clock.setTimer(ms, () => void this.#finish());
    }
  }

  /** Throws a `UsageError`, and deletes nothing, while anything may still happen to the job or needs what it made. */
  async remove({ id }: Pick<Job, "id">): Promise<void> {
    const { store, state, clock } = this.#options;
    const job = await store.read(id);
    if (job === null || job.erased) {
      return;
    }
    this.#assertOver(job);
    await state.set(id, { at: clock.now() });
    try {
      await this.#removeNow(job);
    } catch (error) {
      if (failureOf(error).kind === "usage") {
        // The answer to its owner says that nothing was deleted.
        await state.delete(id);
      }
      throw error;
    }
  }

  #assertOver(job: Job): void {
    if (isOfUnknownFormat(job)) {
      throw new UsageError({ key: "job.newer-format" });
    }
    if (!isOver(job)) {
      const key = hasEnded(job) ? "delete.job-not-over" : "delete.job-open";
      throw new UsageError({ key, values: { job: this.#options.nameOf(job), id: job.id } });
    }
  }

  async #removeNow(job: Job): Promise<void> {
    const { store, state, media, remover, surface } = this.#options;
    const made = await Promise.all(assetsOf(job).map((id) => media.owned(id, job.caller.id)));
    await remover.media(made.filter((asset) => asset !== null));
    await surface(job.caller.place.surface)?.forgetJob?.(job.id);
    if (needsCounting(job)) {
      // Any write counts its probable charges, which belong to the sums that stay.
      await store.change(job.id, (current) => (needsCounting(current) ? { job: current, options: {} } : null));
    }
    const current = await store.read(job.id);
    if (current !== null && !(await store.engine.remove(current.id, current.version))) {
      // The newest record of all stays in the store; without its contents it goes when its time is over.
      await store.scrub(current.id, isOver);
    }
    await state.delete(job.id);
  }

  async #finish(): Promise<void> {
    const { state, logger } = this.#options;
    let isDone = true;
    const failed = (error: unknown, facts = {}) => {
      isDone = false;
      logger.warn(
        { ...facts, error: causeOf(error) },
        "the deletion of a job could not be finished; trying again later",
      );
    };
    try {
      for await (const [id] of state.iterator?.(state.namespace) ?? []) {
        try {
          await this.remove({ id: id as string });
          await state.delete(id as string);
        } catch (error) {
          failed(error, { job: id });
        }
      }
    } catch (error) {
      failed(error);
    }
    if (!isDone) {
      this.#finishIn(againMs);
    }
  }
}
