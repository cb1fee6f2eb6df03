import type { Failure } from "../errors/errors.ts";
import { backoffMs } from "../ground/backoff.ts";
import type { Job, Phase } from "../job/job.ts";
import type { Operation, StartEnd } from "../providers/operation.ts";
import type { Recorder } from "./recorder.ts";
import type { WorkerOptions } from "./worker-options.ts";

export type Starting = Extract<Phase, { phase: "starting" }>;

/** How long until a start without a clear answer is asked again. */
const asking = { firstMs: 2_000, longestMs: 5 * 60_000 };
/** After so many questions, more than an hour, the start is unclear all the same. */
const mostQuestions = 20;

/**
 * Whether the vendor still knows this start by its key, so that asking again cannot start it twice. A clock set back
 * counts as no time.
 */
export function isKnownByKey(
  operation: Operation<unknown> | undefined,
  { since, unanswered = 0 }: Starting,
  at: number,
) {
  const lifeMs = operation?.sameKeyForMs;
  return lifeMs !== undefined && unanswered < mostQuestions && Math.max(0, at - since) < lifeMs;
}

/**
 * Leaves a start as it is, to be asked again later with the same key. Returns false if that is not possible any more.
 */
export async function askLater(
  { clock, random }: WorkerOptions,
  recorder: Recorder,
  { job, operation, failure }: { job: Job; operation: Operation<unknown>; failure: Failure },
): Promise<boolean> {
  const { state } = job;
  if (state.phase !== "starting") {
    return false;
  }
  const wakeAt = clock.now() + backoffMs(asking, (state.unanswered ?? 0) + 1, random);
  if (!isKnownByKey(operation, state, wakeAt)) {
    return false;
  }
  await recorder.record(job, { event: "start-unanswered", attempt: state.attempt, failure }, { wakeAt });
  return true;
}

/**
 * What a further question with the same key has shown. Only the start itself is an answer: a refusal may have been about
 * this question (its rate, the key's account) and says nothing about the first one.
 */
export function answerOf(end: StartEnd): { answered: true } | { answered: false; failure: Failure; again: boolean } {
  switch (end.end) {
    case "done":
    case "operation":
      return { answered: true };
    case "unknown":
      return { answered: false, failure: end.failure, again: true };
    case "not-sent":
    case "refused": {
      const again = end.failure.retry.kind === "later";
      // The first question may have been charged, whatever this one was.
      return { answered: false, failure: { ...end.failure, charged: "unknown", retry: { kind: "never" } }, again };
    }
    default:
      return end satisfies never;
  }
}
