import { type Failure, failureOf, ToolcastError } from "../errors/errors.ts";
import { StorageError } from "../errors/storage-error.ts";
import { backoffMs } from "../ground/backoff.ts";
import { sleep } from "../ground/clock.ts";
import { causeOf } from "../ground/logger.ts";
import { isLate, originOf } from "../job/earlier-starts.ts";
import type { Admission, WriteOptions } from "../job/engine.ts";
import { type Evidence, isAtRest, type Job, type Produced, type StepRecord } from "../job/job.ts";
import { type JobEvent, stepOf, TransitionError, transition } from "../job/transition.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Charge, Operation, Output, ProducedMedia } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import { keepOutput } from "./keep-output.ts";
import { weighAccount, workAlongside } from "./work-alongside.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** The longest that gathering evidence may delay a start. */
const evidenceTimeoutMs = 3_000;
/**
 * How long a balance is reused: jobs that wait in line try to start again and again, and the vendor is not asked each
 * time.
 */
const balanceAgeMs = 10_000;
/** How long to wait before writing again to a store in trouble. */
const storeTrouble = { firstMs: 250, longestMs: 4_000 };
const storeTries = 6;
const unrecorded = "what a vendor said could not be recorded";

/** Records what vendors answer: an answer once received is never lost. */
export class Recorder {
  readonly #options: WorkerOptions;
  readonly #asked = new Map<string, { at: number; balance: Promise<StepRecord["balanceBefore"]> }>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /**
   * Applies the event to the newest version of the job: somebody may have asked to cancel in between, or another
   * process may have considered a slow start cut off. Retries while the store is in trouble, because a vendor answers
   * only once. An event of an earlier start changes neither the slots of the job's current one nor when that is due.
   * `finishes`: nothing remains to be done after the last step, so the job ends in the same write. Default false.
   */
  async record(
    job: Job,
    event: JobEvent,
    options: WriteOptions,
    { finishes = false }: { finishes?: boolean | undefined } = {},
  ): Promise<void> {
    const { store, clock, random, logger } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await store.change(job.id, (current) => {
          const late = "attempt" in event && isLate(current, event.attempt);
          const next = transition(current, event, clock.now());
          return {
            job: finishes && !late && isComplete(next) ? transition(next, { event: "finished" }, clock.now()) : next,
            options: late ? lateOptions(current, options, clock.now()) : options,
          };
        });
        break;
      } catch (error) {
        // Wait until somebody makes room on a full disk: until then the vendor's answer exists only here.
        const isPassing = error instanceof StorageError || attempt < storeTries;
        if (error instanceof TransitionError || !isPassing) {
          const facts = { jobId: job.id, event: event.event, error: String(error) };
          logger.error("requestId" in event ? { ...facts, requestId: event.requestId } : facts, unrecorded);
          throw error;
        }
        if (error instanceof StorageError) {
          logger.error(
            { jobId: job.id, event: event.event, error: error.message },
            "a vendor's answer waits for room on the disk",
          );
        }
        await sleep(clock, backoffMs(storeTrouble, attempt, random));
      }
    }
  }

  /**
   * Copies a step's result into our store and ends the step. Throws the error that kept a part from being copied, first
   * of all one for which there was no room or `givesUp` returns false. If there is no such error and another part is
   * there, the rest is the result. `kept` are the assets that came in the same answer as recorded addresses, when the
   * rest of that answer is copied later.
   */
  async recordDone(
    job: Job,
    step: string,
    attempt: string,
    output: Output | Produced,
    {
      kinds,
      signal,
      givesUp,
      kept,
      finishes,
    }: {
      /** What the step may make; undefined for anything. */
      kinds: readonly MediaKind[] | undefined;
      signal: AbortSignal;
      givesUp(trouble: Failure): boolean;
      kept?: readonly string[];
      /** As for {@link record}. */
      finishes?: boolean;
    },
  ): Promise<void> {
    const { media, clock, random, estimates, logger } = this.#options;
    const { facts, text, charge, requestId } = output;
    const stopped = "stopped" in output && output.stopped ? { stopped: true } : {};
    const numbered = output.media.map((medium, place) => ({ ...medium, index: kept ? placeOf(medium, place) : place }));
    const addresses = numbered.flatMap((medium) => ("url" in medium ? [medium] : []));
    const bytes = numbered.filter((medium) => !("url" in medium));
    const isAddressed = job.state.phase === "starting" && addresses.length > 0;
    const toCopy = addresses.map(({ url, name, index }) => ({ url, name, index }));
    const { assets: copied, troubles } = await keepOutput({
      job,
      step,
      origin: originOf(job, step, attempt),
      output: isAddressed ? { ...output, media: bytes, toCopy } : { ...output, media: numbered },
      media,
      signal,
      clock,
      random,
      logger,
      kinds,
    });
    const before = await Promise.all((kept ?? []).map((id) => media.read(id)));
    const assets = [...before.filter((asset) => asset !== null), ...copied]
      .sort((one, other) => (one.origin?.index ?? 0) - (other.origin?.index ?? 0))
      .map(({ id }) => id);
    const lost = troubles.map((error) => this.failureOf(error, job, "unknown"));
    if (troubles.length > 0 && !isAddressed) {
      // Waiting may still bring these parts, and a full disk is never a reason to give one up.
      const awaited = troubles.filter((error, part) => error instanceof StorageError || !givesUp(lost[part]!));
      if (awaited.length > 0 || assets.length === 0) {
        throw awaited.find((error) => error instanceof StorageError) ?? awaited[0] ?? troubles[0];
      }
    }
    const missing = lost.length === 0 ? output.missing : [...(output.missing ?? []), ...lost];
    const outputFacts = { facts, text, missing, charge, requestId };
    if (isAddressed) {
      // Only this answer contains the address: it is stored before we try to copy, together with the rest of the
      // answer.
      const produced = { media: toCopy, assets: assets.length === 0 ? undefined : assets, ...outputFacts };
      await this.record(
        job,
        { event: "result-made", attempt, produced },
        { wakeAt: clock.now(), admission: placesTaken(job) },
      );
      return;
    }
    const startedAt = stepOf(job, step).startedAt ?? clock.now();
    const isInTime = job.state.phase !== "unresolved" && !isLate(job, attempt);
    if (isInTime) {
      // First and not awaited: an estimate does not deserve a commit of its own, and shares that of the result.
      void estimates
        .record(`${job.provider}:${job.tool}:${step}`, clock.now() - startedAt)
        .catch((error: unknown) =>
          logger.warn({ jobId: job.id, error: String(error) }, "a duration could not be stored"),
        );
    }
    await this.record(
      job,
      { event: "step-done", step, attempt, assets, ...outputFacts, ...stopped },
      { wakeAt: clock.now(), release: true, count: this.chargeCounters(job, charge) },
      { finishes },
    );
  }

  /** The ledger: what was charged, by day, provider, unit and person, and by provider and unit over all days. */
  chargeCounters(job: Job, charge: Charge | undefined): { name: string; amount: number }[] {
    const { policy, clock } = this.#options;
    const day = policy.dayOf(clock.now());
    return charge?.amount === undefined
      ? []
      : [
          { name: ["charged", day, job.provider, charge.unit, job.caller.id].join("|"), amount: charge.amount },
          { name: ["charged-sum", job.provider, charge.unit].join("|"), amount: charge.amount },
        ];
  }

  /** Gathers what can be found out about a start or an operation whose end is not known. */
  async evidence(
    job: Job,
    asked: { provider: Provider | undefined; operation: Operation<unknown> | undefined },
    step: string,
    failure: Failure,
  ): Promise<Evidence> {
    const { provider, operation } = asked;
    const record = stepOf(job, step);
    const { balanceBefore, startedAt = job.createdAt } = record;
    // The vendor has a list, but work of this kind does not appear on it.
    const unlisted = provider?.recordsSince !== undefined && operation?.unlisted === true;
    const [balanceNow, records] = await Promise.all([
      provider === undefined ? undefined : this.#askBalance(provider),
      unlisted ? undefined : this.#soon((signal) => provider?.recordsSince?.(startedAt, signal)),
    ]);
    // Read last: by now, work that other jobs started meanwhile has its reference and is on the vendor's list, too.
    const works = await this.#worksAlongside(job, record);
    return {
      failure: { ...failure, charged: "unknown" },
      balanceBefore,
      balanceNow,
      unlisted: unlisted || undefined,
      ...weighAccount(job, record, { balanceNow, records }, works),
    };
  }

  /** Never rejects: an unclear end must be recorded even if other jobs cannot be read now. */
  async #worksAlongside(job: Job, step: StepRecord): ReturnType<typeof workAlongside> {
    const { store, logger } = this.#options;
    try {
      return await workAlongside(store.engine, job, step);
    } catch (error) {
      logger.warn({ jobId: job.id, error: String(error) }, "other jobs could not be read for evidence");
      return [];
    }
  }

  /** The account's balance, if the vendor answers soon; one request serves many starts. */
  balance(provider: Provider): Promise<StepRecord["balanceBefore"]> {
    const asked = this.#asked.get(provider.id);
    const now = this.#options.clock.monotonic();
    if (asked !== undefined && now - asked.at < balanceAgeMs) {
      return asked.balance;
    }
    const balance = this.#askBalance(provider);
    this.#asked.set(provider.id, { at: now, balance });
    return balance;
  }

  async #askBalance(provider: Provider): Promise<StepRecord["balanceBefore"]> {
    const balance = await this.#soon((signal) => provider.balance?.(signal));
    if (balance === undefined) {
      return undefined;
    }
    const { amount, unit, quotas } = balance;
    // Some work uses up a quota and leaves the amount unchanged, for example new voices.
    return { amount, unit, ...(quotas?.length > 0 ? { quotas } : {}), at: this.#options.clock.now() };
  }

  /** The vendor's answer, if it comes within the time that evidence may take; otherwise undefined. */
  async #soon<Told>(ask: (signal: AbortSignal) => Promise<Told> | undefined): Promise<Told | undefined> {
    const abort = new AbortController();
    const cancelTimer = this.#options.clock.setTimer(evidenceTimeoutMs, () => abort.abort());
    try {
      return await ask(abort.signal);
    } catch {
      return undefined;
    } finally {
      cancelTimer();
    }
  }

  /** Anything thrown, as a failure; unexpected errors are logged. */
  failureOf(error: unknown, job: Job, charged: Failure["charged"] = "no"): Failure {
    if (!ToolcastError.isInstance(error)) {
      this.#options.logger.error({ error: causeOf(error), jobId: job.id }, "a job failed with an unexpected error");
    }
    return failureOf(error, charged);
  }
}

/** Whether every step is done and nothing else has been decided. */
function isComplete({ state, steps }: Job): boolean {
  return state.phase === "queued" && steps.every((step) => step.state === "done");
}

function lateOptions(job: Job, { count, uncount }: WriteOptions, now: number): WriteOptions {
  return {
    count,
    uncount,
    // A late end is reported now, if nothing else is under way; otherwise the job is due as before.
    ...(isAtRest(job) ? { wakeAt: now } : {}),
  };
}

/** The resources of which one start of this job takes a slot. */
export function resourcesOf({ provider, caller }: Job): [provider: string, caller: string] {
  return [provider, `${provider}:${caller.id}`];
}

/** Work under way at the vendor holds its slots, even if they were given back when it was considered dead. */
export function placesTaken(job: Job): Admission {
  return { holds: resourcesOf(job).map((resource) => ({ resource, max: Number.MAX_SAFE_INTEGER })), counters: [] };
}

/** The position among all media of an output, which is recorded with the media that remain to be copied. */
function placeOf(medium: ProducedMedia & { index?: unknown }, place: number): number {
  return typeof medium.index === "number" ? medium.index : place;
}
