import type { EarlierStart, Job, LateLook, StepRecord } from "./job.ts";
import type { JobEvent } from "./job-event.ts";

/** How long until we first ask the vendor about a start whose end is not known. */
const firstLookMs = 60_000;

/** The end of an attempt that comes after its person has given it up or started again. */
type LateEnd = Extract<JobEvent, { attempt?: string }>;

/** Whether the vendor can be asked about it, or there is an address where a result may still be. */
export function canBeLookedAt(start: Pick<StepRecord, "reference" | "produced">): boolean {
  return start.reference !== undefined || start.produced !== undefined;
}

/** When to ask first about a start whose end has just become unclear; never, if there is nothing to ask about. */
export function firstLook(start: Pick<StepRecord, "reference" | "produced">, now: number): Required<LateLook> {
  return { lookAt: canBeLookedAt(start) ? now + firstLookMs : null, looksInVain: 0 };
}

/** Moves the unresolved start to the earlier ones of its step: it may have been charged, and its end may still come. */
export function leaveBehind(step: StepRecord, { attempt }: { attempt: string }, now: number): void {
  const { name: _name, earlier = [], ...start } = step;
  const state = "unknown" as const;
  step.earlier = [...earlier, { ...structuredClone(start), state, assets: [], attempt, ...firstLook(start, now) }];
}

/** The earlier start with that attempt, and its step. */
export function earlierStart(job: Job, attempt: string): { step: StepRecord; start: EarlierStart } | undefined {
  for (const step of job.steps) {
    const start = step.earlier?.find((candidate) => candidate.attempt === attempt);
    if (start !== undefined) {
      return { step, start };
    }
  }
  return undefined;
}

/** Whether the attempt is an earlier start and no longer the job's current one. */
export function isLate(job: Job, attempt: string | undefined): attempt is string {
  const isCurrent = "attempt" in job.state && job.state.attempt === attempt;
  return attempt !== undefined && !isCurrent && earlierStart(job, attempt) !== undefined;
}

/** Records the end of an earlier start; false if it has one already, or the event is not an end. */
export function noteLateEnd(job: Job, event: LateEnd, now: number): boolean {
  const { start } = earlierStart(job, event.attempt ?? "") ?? {};
  if (start === undefined || start.state !== "unknown") {
    return false;
  }
  switch (event.event) {
    case "operation-begun":
      Object.assign(start, { reference: event.reference }, event.requestId && { requestId: event.requestId });
      Object.assign(start, firstLook(start, now));
      return true;
    case "result-made":
      start.produced = event.produced;
      Object.assign(start, firstLook(start, now));
      return true;
    case "step-done": {
      const { event: _event, step: _step, attempt: _attempt, ...made } = event;
      delete start.produced;
      delete start.partial;
      Object.assign(start, { ...made, state: "done", endedAt: now, lookAt: null });
      addFurtherNotice(job, start);
      return true;
    }
    case "start-deferred":
    case "start-refused":
    case "operation-failed":
      Object.assign(start, { endedAt: now, lookAt: null });
      // What may have been charged still may have been.
      start.state = event.failure.charged === "no" ? "failed" : "unknown";
      return true;
    case "looked-in-vain":
      noteLook(start, event.nextAt);
      return true;
    default:
      return false;
  }
}

/** Records that the vendor was asked about the start and knew no end yet. */
export function noteLook(start: LateLook, nextAt: number | null): void {
  start.lookAt = nextAt;
  start.looksInVain = (start.looksInVain ?? 0) + 1;
}

function addFurtherNotice(job: Job, { attempt, assets }: EarlierStart): void {
  job.notices.push({
    id: `${job.id}.${job.notices.length + 1}`,
    about: "further",
    assets: [...assets],
    attempt,
    state: "pending",
    attempts: 0,
  });
}

/** A start with no known end that its vendor can be asked about. */
export interface UnclearStart {
  step: string;
  attempt: string;
  record: Pick<StepRecord, "reference" | "produced" | "startedAt">;
  look: LateLook;
}

/** Every start of the job that has no known end and that the vendor can be asked about. */
export function unclearStarts({ state, steps }: Pick<Job, "state" | "steps">): UnclearStart[] {
  return steps
    .flatMap((step): UnclearStart[] => [
      ...(state.phase === "unresolved" && state.step === step.name
        ? [{ step: step.name, attempt: state.attempt, record: step, look: state }]
        : []),
      ...(step.earlier ?? [])
        .filter((start) => start.state === "unknown" && start.endedAt === undefined)
        .map((start) => ({ step: step.name, attempt: start.attempt, record: start, look: start })),
    ])
    .filter(({ record }) => canBeLookedAt(record));
}

/** When to ask about the next of the unclear starts; null if never. */
export function nextLookAt(job: Pick<Job, "state" | "steps">): number | null {
  const due = unclearStarts(job).flatMap(({ look }) => (look.lookAt === null ? [] : [look.lookAt ?? 0]));
  return due.length === 0 ? null : Math.min(...due);
}

/**
 * The job with all its unclear starts due now, because the vendor hints that something has ended; null if there are
 * none.
 */
export function dueForLook(job: Job, now: number): Job | null {
  if (unclearStarts(job).length === 0) {
    return null;
  }
  const next = structuredClone(job);
  for (const { look } of unclearStarts(next)) {
    look.lookAt = now;
  }
  return next;
}

/**
 * The name under which the media store keeps what an attempt made: one attempt's media are never taken for another's.
 */
export function originOf(job: Job, name: string, attempt: string): string {
  const [first] = job.steps.find((step) => step.name === name)?.earlier ?? [];
  return first === undefined || first.attempt === attempt ? name : `${name}~${attempt}`;
}
