import { ToolcastError } from "../errors/errors.ts";
import type { Clock } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { JobEngine, WriteEnd, WriteOptions } from "./engine.ts";
import { hasEnded, type Job } from "./job.ts";
import { withProbableCharges } from "./probable-charges.ts";
import { isOfUnknownFormat } from "./read-job.ts";
import { scrubbed } from "./scrub-job.ts";
import { type JobEvent, transition } from "./transition.ts";

export type ApplyEnd = { end: "written"; job: Job } | Exclude<WriteEnd, { end: "written" }>;

/** How long a first answer usually takes to be shown at most, in milliseconds: it is not edited meanwhile. */
export const untilShownMs = 3_000;

/** Jobs as the rest of core sees them: every change goes through {@link transition} and is reported to watchers. */
export class JobStore {
  readonly engine: JobEngine;
  readonly #clock: Clock;
  readonly #dayOf: (instant: number) => string;
  readonly #listeners = new Set<(job: Job) => void>();

  /** `dayOf` returns the calendar day to which probable charges are counted. */
  constructor(engine: JobEngine, clock: Clock, dayOf: (instant: number) => string) {
    this.engine = engine;
    this.#clock = clock;
    this.#dayOf = dayOf;
  }

  read(id: string): Promise<Job | null> {
    return this.engine.read(id);
  }

  /** Stores a new job; the one returned shares its parts with the one given. */
  async create(job: Job, options: WriteOptions): Promise<{ created: boolean; job: Job }> {
    const end = await this.engine.create(job, options);
    if (!end.created) {
      return end;
    }
    const created = { ...job, version: 1 };
    this.#tell(created);
    return { created: true, job: created };
  }

  /** Applies the event to exactly this version of the job. */
  async apply(job: Job, event: JobEvent, options: WriteOptions): Promise<ApplyEnd> {
    assertWritable(job);
    const next = transition(job, event, this.#clock.now());
    return this.save(next, { ...options, ...givesUpPlaces(job, next) });
  }

  /** Stores a copy whose phase has not changed, and counts its probable charges in the same transaction. */
  async save(copy: Job, options: WriteOptions): Promise<ApplyEnd> {
    assertWritable(copy);
    const { job, count, uncount } = withProbableCharges(copy, this.#dayOf);
    const end = await this.engine.write(job, {
      ...options,
      ...(count.length === 0 ? {} : { count: [...(options.count ?? []), ...count] }),
      ...(uncount.length === 0 ? {} : { uncount: [...(options.uncount ?? []), ...uncount] }),
    });
    if (end.end !== "written") {
      return end;
    }
    const written = { ...job, version: job.version + 1 };
    this.#tell(written);
    return { end: "written", job: written };
  }

  /**
   * Changes the newest version, and tries again if another write came in between. `decide` returns the changed copy and
   * what else to write, or null to leave the job as it is; it may run several times. Returns null if there is no such
   * job or it was left.
   */
  async change(id: string, decide: (job: Job) => { job: Job; options: WriteOptions } | null): Promise<Job | null> {
    for (;;) {
      const job = await this.read(id);
      if (job !== null) {
        assertWritable(job);
      }
      const decision = job === null ? null : decide(job);
      if (decision === null) {
        return null;
      }
      const end = await this.save(decision.job, { ...decision.options, ...givesUpPlaces(job, decision.job) });
      if (end.end === "written") {
        return end.job;
      }
      if (end.end !== "conflict") {
        throw new Error(`An unbounded write ended as ${end.end}`);
      }
    }
  }

  /**
   * Removes a job's contents (see `scrubbed`); no sums change. Tries again if another write came in between; leaves the
   * job if `mayGo` returns false.
   */
  async scrub(id: string, mayGo: (job: Job) => boolean): Promise<void> {
    for (;;) {
      const job = await this.read(id);
      if (job === null || job.erased || !mayGo(job)) {
        return;
      }
      assertWritable(job);
      if ((await this.engine.write(scrubbed(job), { wakeAt: null })).end === "written") {
        return;
      }
    }
  }

  /**
   * Records where its first answer is. A job that was refused a place before that is due once more, so that the answer
   * says how many are ahead of it. Leaves a job of a newer Toolcast alone: that version records its own.
   */
  async acknowledge(id: string, receipt: Json): Promise<void> {
    try {
      await this.change(id, (job) => {
        const isInLine = job.state.phase === "queued" && job.state.ahead !== undefined;
        const options = isInLine ? { wakeAt: this.#clock.now() + untilShownMs } : {};
        return job.erased ? null : { job: { ...job, acknowledgement: receipt }, options };
      });
    } catch (error) {
      if (!(error instanceof UnknownFormatError)) {
        throw error;
      }
    }
  }

  watch(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notifies the watchers in this process, also about changes made by others. */
  #tell(job: Job): void {
    for (const listener of this.#listeners) {
      listener(job);
    }
  }
}

/** The job's record comes from a newer Toolcast: writing it would lose what only that version knows. */
class UnknownFormatError extends ToolcastError {
  constructor({ id, format }: Pick<Job, "id" | "format">) {
    super(`The record of job ${id} is of the unknown format ${format}`, {
      kind: "usage",
      sentence: { key: "job.newer-format" },
      charged: "no",
      retry: { kind: "after-change" },
    });
  }
}

/**
 * A queued job may have a place: of the one that waits for a pause to end, or of a start that its vendor was too busy for.
 * Whatever ends its wait gives that back, and so does every end: a start that was to keep its place may have been cancelled.
 */
function givesUpPlaces(before: Job | null, after: Job): WriteOptions {
  const { phase } = after.state;
  const endsWait = before?.state.phase === "queued" && phase !== "queued" && phase !== "starting";
  const ends = before !== null && !hasEnded(before) && hasEnded(after);
  return endsWait || ends ? { release: true } : {};
}

function assertWritable(job: Job): void {
  if (isOfUnknownFormat(job)) {
    throw new UnknownFormatError(job);
  }
}
