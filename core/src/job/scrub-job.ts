import type { Failure } from "../errors/errors.ts";
import { hasEnded, type Job, type Phase, type StepRecord } from "./job.ts";

/** The owner of erased jobs. */
const nobody = "erased";

/**
 * Whether nothing more happens to it, not even a late result of a start that its person gave up, and all its notices
 * were delivered or cannot be.
 */
export function isOver(job: Job): boolean {
  const late = job.steps.flatMap(({ earlier = [] }) => earlier);
  return (
    hasEnded(job) &&
    job.notices.every(({ state }) => state !== "pending" && state !== "sending") &&
    late.every(({ state, lookAt }) => state === "done" || state === "failed" || lookAt === null)
  );
}

/**
 * A job without anything about its person and their request: only what the ledger needs is left. Keeps its key, so that
 * a repeat of the request is not carried out again.
 */
export function scrubbed(job: Job): Job {
  const { format, id, version, key, tool, provider, createdAt, updatedAt, plan, price, probable, steps } = job;
  const { locale, place } = job.caller;
  return {
    ...{ format, id, version, key, tool, provider, createdAt, updatedAt, plan, price, probable },
    erased: true,
    input: {},
    prepared: true,
    caller: { id: nobody, name: "", locale, place: { surface: place.surface, conversation: "" } },
    state: withoutWords(job.state),
    steps: steps.map(({ earlier, ...step }) => ({
      ...lineOf(step),
      ...(earlier === undefined
        ? {}
        : {
            earlier: earlier.map((start) => ({
              ...lineOf({ ...start, name: "" }),
              attempt: start.attempt,
              lookAt: null,
            })),
          }),
    })),
    confirmations: [],
    notices: [],
    timeline: [],
  };
}

function lineOf({ name, state, startedAt, endedAt, charge, price }: StepRecord): StepRecord {
  return { name, state, startedAt, endedAt, assets: [], charge, price };
}

function withoutWords(state: Phase): Phase {
  if (state.phase !== "failed") {
    return state;
  }
  const { kind, charged, retry } = state.failure;
  const failure: Failure = { kind, charged, retry, sentence: { key: "forget.erased" } };
  return { phase: "failed", failure };
}
