import type { Job } from "@toolcast/core";
import type { StepRecord } from "@toolcast/core/engine";
import type { LedgerEntry } from "@toolcast/sandbox";
import { keyOf } from "./load.ts";
import type { RunRecord } from "./run.ts";
import { jobsByWish } from "./wish-jobs.ts";

/** Something that must not have happened. */
export interface Violation {
  what: string;
  job?: Job;
  /** What people see of it. */
  seen?: readonly string[];
}

/** Compares the vendors' list of paid starts with the jobs' own steps. */
export interface StartsAudit {
  violations: Violation[];
  /** The entries made for each job, by job id. */
  entriesOf: Map<string, LedgerEntry[]>;
  /** How many steps had each number of paid starts, leaving out steps that a person asked to start again. */
  stepsByStarts: Map<number, number>;
  /** Paid starts that a person requested after an unclear one. */
  again: number;
}

export function auditStarts({ jobs, asked, ledger, made }: RunRecord): StartsAudit {
  const violations: Violation[] = [];
  const jobOfWish = new Map([...jobsByWish(jobs)].map(([key, [job]]) => [key, job] as const));
  const wishOfSample = new Map(asked.flatMap(({ wish, sample }) => (sample === undefined ? [] : [[sample, wish.key]])));
  const jobOfId = new Map(jobs.map((job) => [job.id, job]));
  const jobOfRequest = new Map(
    jobs.flatMap((job) => job.steps.flatMap(({ requestId }) => (requestId ? [[requestId, job] as const] : []))),
  );
  const entriesOf = new Map<string, LedgerEntry[]>();
  for (const entry of ledger) {
    const sample = /\bsample ([0-9a-f]{12})$/.exec(entry.note ?? "")?.[1] ?? "";
    const key = keyOf(entry.text) ?? wishOfSample.get(sample);
    const job =
      key === undefined
        ? (jobOfId.get(made.get(sample) ?? "") ?? jobOfRequest.get(entry.requestId ?? entry.reference))
        : jobOfWish.get(key);
    if (job === undefined) {
      violations.push({ what: `a paid start belongs to no job: ${JSON.stringify(entry)}` });
    } else {
      entriesOf.set(job.id, [...(entriesOf.get(job.id) ?? []), entry]);
    }
  }
  const stepsByStarts = new Map<number, number>();
  let again = 0;
  for (const job of jobs) {
    const counts = countStarts(job, entriesOf.get(job.id) ?? []);
    for (const { step, starts, asked: restarts, isOnRecord } of counts.steps) {
      const own = Math.max(0, starts - restarts);
      again += starts - own;
      stepsByStarts.set(own, (stepsByStarts.get(own) ?? 0) + 1);
      if (own > 1) violations.push({ what: `step ${step} was paid ${starts} times`, job });
      if (!isOnRecord) violations.push({ what: `step ${step} names an operation that nobody paid for`, job });
    }
    if (counts.left > 0) violations.push({ what: `${counts.left} paid starts more than its steps can have`, job });
  }
  return { violations, entriesOf, stepsByStarts, again };
}

interface StepStarts {
  step: string;
  starts: number;
  /** How often a person asked to start it again. */
  asked: number;
  isOnRecord: boolean;
}

function countStarts(job: Job, entries: readonly LedgerEntry[]): { steps: StepStarts[]; left: number } {
  const unmatched = new Set(entries);
  const restarts = restartsOf(job);
  const steps = job.steps.map((step): StepStarts & { fits: (entry: LedgerEntry) => boolean } => {
    const own = entries.find(
      ({ reference, requestId }) => step.requestId !== undefined && [reference, requestId].includes(step.requestId),
    );
    if (own !== undefined) unmatched.delete(own);
    return {
      step: step.name,
      starts: own === undefined ? 0 : 1,
      asked: restarts.get(step.name) ?? 0,
      isOnRecord: step.requestId === undefined || own !== undefined || step.state === "failed",
      fits: (entry) => endpointFits(step, entry),
    };
  });
  for (const entry of unmatched) {
    // A vendor cannot tell a job's pictures apart: a start whose answer was lost goes to the first step that fits.
    const candidates = steps.filter(({ fits }) => fits(entry));
    const free = candidates.find(({ starts, asked }) => starts < 1 + asked) ?? candidates[0];
    if (free !== undefined) {
      free.starts += 1;
      unmatched.delete(entry);
    }
  }
  return { steps, left: unmatched.size };
}

/** The endpoints that start a step, by the beginning of the step's name. */
const endpointsOf: readonly (readonly [string, RegExp])[] = [
  ["training", /\/train$|:create_voice$/],
  ["speech", /^voice\/\w+\/create$|SpeechSynthesizer$/],
  ["video", /^works\/create$|video-synthesis$/],
  ["answer", /image$|\/chat$|chat\/completions$/],
  ["picture", /\/tti$|image-synthesis$|image-generation\/generation$/],
];

/** A start that was never dispatched cannot have been paid for. */
function endpointFits(step: StepRecord, { endpoint }: LedgerEntry): boolean {
  if (step.startedAt === undefined) return false;
  const [, fits] = endpointsOf.find(([name]) => step.name.startsWith(name)) ?? [];
  return fits?.test(endpoint) ?? false;
}

/** How often a person started each step again: the step is the one dispatched last before the start became unclear. */
function restartsOf(job: Job): Map<string, number> {
  const restarts = new Map<string, number>();
  let last = "";
  for (const { event, sentence } of job.timeline) {
    if (event === "dispatched" && "values" in sentence) last = String(sentence.values?.step);
    if (event === "started-again") restarts.set(last, (restarts.get(last) ?? 0) + 1);
  }
  return restarts;
}
