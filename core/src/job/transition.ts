import { ToolcastError } from "../errors/errors.ts";
import { inEveryLanguage, type Sentence } from "../messages/sentence.ts";
import { canBeLookedAt, firstLook, isLate, leaveBehind, noteLateEnd, noteLook } from "./earlier-starts.ts";
import type { Evidence, Job, Phase, StepRecord } from "./job.ts";
import type { JobEvent, JobEventName } from "./job-event.ts";

export type { JobEvent } from "./job-event.ts";

/** The event is impossible in the job's phase: somebody else was faster, or a press came late. */
export class TransitionError extends ToolcastError {
  constructor(phase: Phase["phase"], event: JobEventName) {
    super(`A job that is ${phase} cannot be ${event}`, {
      kind: "usage",
      sentence: { key: "job.not-now" },
      charged: "no",
      retry: { kind: "never" },
    });
  }
}

/** Longer than the usual time between two checks of an operation. */
const longestPauseMs = 5 * 60_000;

/** The one place where a job changes phase: returns the changed copy, or throws a {@link TransitionError}. */
export function transition(job: Job, event: JobEvent, now: number): Job {
  const next = structuredClone(job);
  next.updatedAt = now;
  next.state = nextPhase(next, event, now);
  if (isRepeatable(event.event) && next.timeline.at(-1)?.event === event.event) {
    next.timeline.pop();
  }
  next.timeline.push({ at: now, event: event.event, sentence: timelineSentence(event) });
  if (next.state.phase !== job.state.phase) {
    addNotice(next);
  }
  return next;
}

/** Whether, of several such events in a row, the timeline keeps only the last. */
function isRepeatable(event: JobEventName): boolean {
  return ["progressed", "waited", "rested", "start-unanswered", "check-missed", "looked-in-vain", "text-grew"].includes(
    event,
  );
}

function nextPhase(job: Job, event: JobEvent, now: number): Phase {
  const { state } = job;
  const impossible = () => new TransitionError(state.phase, event.event);
  if ("attempt" in event && isLate(job, event.attempt)) {
    if (!noteLateEnd(job, event, now)) throw impossible();
    return state;
  }
  switch (event.event) {
    case "prepared":
      if (state.phase !== "queued") throw impossible();
      job.input = event.input;
      job.prepared = true;
      if (event.price !== undefined) job.price = event.price;
      return state;
    case "waited":
      if (state.phase !== "queued") throw impossible();
      return { ...state, ahead: event.ahead };
    case "rested":
      if (state.phase !== "queued") throw impossible();
      return { ...state, reason: event.failure };
    case "held":
      if (state.phase !== "queued") throw impossible();
      return { phase: "held", hold: event.hold };
    case "released":
      if (state.phase !== "held") throw impossible();
      job.confirmations.push({
        reason: state.hold.reason,
        by: event.by.id,
        at: now,
        // The price was shown beside the question that the asker agreed to.
        ...(state.hold.reason === "consent" && job.price !== undefined ? { priceShown: true } : {}),
      });
      return { phase: "queued", attempt: 0 };
    case "dispatched":
      if (state.phase !== "queued" || !job.prepared || stepOf(job, event.step).state !== "waiting") throw impossible();
      patchStep(job, event.step, {
        state: "starting",
        startedAt: now,
        attempt: event.attempt,
        price: event.price,
        ...(event.balanceBefore === undefined ? {} : { balanceBefore: event.balanceBefore }),
      });
      return { phase: "starting", step: event.step, attempt: event.attempt, since: now };
    case "operation-begun":
      if (!isStartOf(state, event.attempt)) throw impossible();
      patchStep(job, state.step, {
        state: "running",
        reference: event.reference,
        ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
      });
      return runningFrom(state, now);
    case "result-made":
      if (!isStartOf(state, event.attempt)) throw impossible();
      patchStep(job, state.step, { state: "running", produced: event.produced });
      return runningFrom(state, now);
    case "step-done": {
      const fits = isStartOf(state, event.attempt) || isRunOf(state, event.attempt);
      if (!fits || state.step !== event.step) throw impossible();
      patchStep(job, event.step, {
        state: "done",
        endedAt: now,
        assets: event.assets,
        produced: undefined,
        partial: undefined,
        ...(event.facts === undefined ? {} : { facts: event.facts }),
        ...(event.text === undefined ? {} : { text: event.text }),
        ...(event.stopped ? { stopped: true } : {}),
        ...(event.missing === undefined ? {} : { missing: event.missing }),
        ...(event.charge === undefined ? {} : { charge: event.charge }),
        ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
      });
      const more = job.steps.some((step) => step.state !== "done");
      return job.cancelWish !== undefined && (more || event.stopped)
        ? { phase: "cancelled" }
        : { phase: "queued", attempt: 0 };
    }
    case "text-grew":
      if (state.phase !== "starting" || state.attempt !== event.attempt) throw impossible();
      patchStep(job, state.step, { partial: event.text });
      return state;
    case "start-deferred":
      if (!isStartOf(state, event.attempt)) throw impossible();
      patchStep(job, state.step, { state: "waiting" });
      if (job.cancelWish !== undefined) return { phase: "cancelled" };
      return { phase: "queued", attempt: deferralsOf(job) + 1, reason: event.failure };
    case "provider-changed": {
      const begun = job.steps.some(
        (step) => step.state === "done" || step.reference !== undefined || step.earlier !== undefined,
      );
      const fits = event.attempt === undefined ? state.phase === "queued" : isStartOf(state, event.attempt);
      if (!fits || begun) throw impossible();
      job.providersTried = [...(job.providersTried ?? []), job.provider];
      job.provider = event.provider;
      // The asker agreed to the price of the provider before.
      job.confirmations = job.confirmations.flatMap(({ priceShown: _priceShown, ...confirmation }) =>
        confirmation.reason === "price" ? [] : [confirmation],
      );
      delete job.price;
      if (event.price !== undefined) job.price = event.price;
      job.plan = event.plan;
      job.steps = event.steps.map((name) => ({ name, state: "waiting", assets: [] }));
      return job.cancelWish === undefined
        ? { phase: "queued", attempt: 0, reason: event.failure }
        : { phase: "cancelled" };
    }
    case "start-refused":
      if (!isStartOf(state, event.attempt)) throw impossible();
      patchStep(job, state.step, { state: "failed", endedAt: now });
      return { phase: "failed", failure: event.failure };
    case "start-unanswered":
      if (state.phase !== "starting" || state.attempt !== event.attempt) throw impossible();
      return { ...state, unanswered: (state.unanswered ?? 0) + 1 };
    case "start-unknown":
      if (state.phase !== "starting" || state.attempt !== event.attempt) throw impossible();
      patchStep(job, state.step, { state: "unknown" });
      return unresolvedAt(job, state, event.evidence, now);
    case "progressed":
      if (state.phase !== "running") throw impossible();
      if (event.reference !== undefined) patchStep(job, state.step, { reference: event.reference });
      return {
        phase: "running",
        step: state.step,
        attempt: state.attempt,
        since: state.since,
        ...waitedUntil(state, now),
        checks: state.checks + 1,
        failedChecks: 0,
        queued: event.queued,
        fraction: event.fraction,
      };
    case "check-missed":
      if (state.phase !== "running") throw impossible();
      return { ...state, ...waitedUntil(state, now), failedChecks: state.failedChecks + 1, trouble: event.failure };
    case "operation-failed":
      // Even if its end was considered unclear: now the vendor has stated it.
      if (!isRunOf(state, event.attempt) && !isUnclear(state, event.attempt)) throw impossible();
      patchStep(job, state.step, { state: "failed", endedAt: now });
      return { phase: "failed", failure: event.failure };
    case "operation-overdue":
      if (!isRunOf(state, event.attempt)) throw impossible();
      patchStep(job, state.step, { state: "unknown" });
      return {
        ...unresolvedAt(job, state, event.evidence, now),
        ...(event.isLeftAlone ? { lookAt: null } : {}),
      };
    case "looked-in-vain": {
      if (state.phase !== "unresolved" || state.attempt !== event.attempt) throw impossible();
      const looked = { ...state };
      noteLook(looked, event.nextAt);
      return looked;
    }
    case "rejected":
      if (state.phase !== "queued") throw impossible();
      return { phase: "failed", failure: event.failure };
    case "finished":
      if (state.phase !== "queued" || job.steps.some((step) => step.state !== "done")) throw impossible();
      return { phase: "succeeded" };
    case "cancel-wished":
      if (state.phase === "succeeded" || state.phase === "failed" || state.phase === "cancelled") throw impossible();
      job.cancelWish ??= { at: now, by: event.by.id };
      return state.phase === "held" || (state.phase === "queued" && job.steps.some((step) => step.state !== "done"))
        ? { phase: "cancelled" }
        : state;
    case "cancel-answered":
      if (!isRunOf(state, event.attempt) || job.cancelWish === undefined) throw impossible();
      job.cancelWish.vendor = event.vendor;
      if (event.vendor === "goes-on") return state;
      patchStep(job, state.step, { state: "failed", endedAt: now });
      return { phase: "cancelled" };
    case "started-again":
      if (state.phase !== "unresolved") throw impossible();
      leaveBehind(stepOf(job, state.step), state, now);
      patchStep(job, state.step, {
        state: "waiting",
        reference: undefined,
        requestId: undefined,
        produced: undefined,
        partial: undefined,
      });
      delete job.cancelWish;
      return { phase: "queued", attempt: 0 };
    case "looked-again":
      if (state.phase !== "unresolved" || !canBeLookedAt(stepOf(job, state.step))) throw impossible();
      patchStep(job, state.step, { state: "running" });
      return runningFrom(state, now);
    case "left":
      if (state.phase !== "unresolved") throw impossible();
      leaveBehind(stepOf(job, state.step), state, now);
      return { phase: "failed", failure: state.evidence.failure };
    default:
      return event satisfies never;
  }
}

type WithAttempt = Extract<Phase, { attempt: string }>;

/** A start's end may come after the start was considered cut off; it still belongs to its attempt. */
function isStartOf(state: Phase, attempt: string): state is Exclude<WithAttempt, { phase: "running" }> {
  return (state.phase === "starting" || state.phase === "unresolved") && state.attempt === attempt;
}

function isRunOf(state: Phase, attempt: string): state is Extract<Phase, { phase: "running" }> {
  return state.phase === "running" && state.attempt === attempt;
}

function runningFrom({ step, attempt }: WithAttempt, now: number): Phase {
  return { phase: "running", step, attempt, since: now, checks: 0, failedChecks: 0 };
}

type Running = Extract<Phase, { phase: "running" }>;
type Unresolved = Extract<Phase, { phase: "unresolved" }>;

/**
 * How long an operation has been waited for, in milliseconds. Between two checks at most the longest usual pause
 * counts: the vendor was not late while the clock was set, the machine slept or the program was not running.
 */
export function waitedFor({ since, checkedAt = since, waitedMs = 0 }: Running, now: number): number {
  return waitedMs + Math.min(Math.max(0, now - checkedAt), longestPauseMs);
}

function waitedUntil(state: Running, now: number): Required<Pick<Running, "checkedAt" | "waitedMs">> {
  return { checkedAt: now, waitedMs: waitedFor(state, now) };
}

function isUnclear(state: Phase, attempt: string): state is Extract<Phase, { phase: "unresolved" }> {
  return state.phase === "unresolved" && state.attempt === attempt;
}

function unresolvedAt(job: Job, { step, attempt }: WithAttempt, evidence: Evidence, now: number): Unresolved {
  return { phase: "unresolved", step, attempt, evidence, ...firstLook(stepOf(job, step), now) };
}

/** The stored step with that name; throws if there is none. */
export function stepOf(job: Job, name: string): StepRecord {
  const step = job.steps.find((candidate) => candidate.name === name);
  if (step === undefined) {
    throw new Error(`Job ${job.id} has no step ${name}`);
  }
  return step;
}

/** How often the current step's start was deferred. */
export function deferralsOf(job: Job): number {
  const since = job.timeline.findLastIndex(({ event }) => ["step-done", "released", "started-again"].includes(event));
  return job.timeline.slice(since + 1).filter(({ event }) => event === "start-deferred").length;
}

function patchStep(job: Job, name: string, patch: Partial<StepRecord>): void {
  Object.assign(stepOf(job, name), patch);
}

/** Adds a notice for every phase that a person must hear about, in the same write. */
function addNotice(job: Job): void {
  const about = noticeAbout(job.state.phase);
  if (about === null) {
    return;
  }
  job.notices.push({
    id: `${job.id}.${job.notices.length + 1}`,
    about,
    assets: about === "outcome" ? job.steps.flatMap((step) => step.assets) : [],
    state: "pending",
    attempts: 0,
  });
}

function noticeAbout(phase: Phase["phase"]): "outcome" | "held" | "unresolved" | null {
  switch (phase) {
    case "succeeded":
    case "failed":
    case "cancelled":
      return "outcome";
    case "held":
    case "unresolved":
      return phase;
    default:
      return null;
  }
}

function timelineSentence(event: JobEvent): Sentence {
  switch (event.event) {
    case "provider-changed":
      return {
        key: "timeline.provider-changed",
        values: { from: event.from, reason: inEveryLanguage(event.failure.sentence), to: event.title },
      };
    case "waited":
      return { key: "timeline.waited", values: { ahead: event.ahead } };
    case "dispatched":
      return { key: "timeline.dispatched", values: { step: event.step } };
    case "operation-begun":
      return { key: "timeline.operation-begun", values: { reference: event.requestId ?? "" } };
    case "step-done":
      return event.charge?.amount === undefined
        ? { key: "timeline.step-done", values: { step: event.step } }
        : {
            key: "timeline.step-done-charged",
            values: { step: event.step, amount: event.charge.amount, unit: event.charge.unit },
          };
    case "start-unanswered":
      return {
        key: "timeline.start-unanswered",
        values: { reason: inEveryLanguage(event.failure.sentence) },
      };
    case "rested":
    case "start-deferred":
    case "start-refused":
    case "check-missed":
    case "operation-failed":
    case "rejected":
      return event.failure.sentence;
    case "start-unknown":
    case "operation-overdue":
      return event.evidence.failure.sentence;
    case "held":
      return event.hold.sentence;
    case "cancel-answered":
      return { key: event.vendor === "stopped" ? "timeline.vendor-stopped" : "timeline.vendor-goes-on" };
    case "released":
    case "started-again":
    case "looked-again":
    case "left":
    case "cancel-wished":
      return { key: `timeline.${event.event}`, values: { by: { person: event.by.id, name: event.by.name } } };
    default:
      return { key: `timeline.${event.event}` };
  }
}
