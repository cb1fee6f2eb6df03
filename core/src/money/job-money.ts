import type { Charged } from "../errors/errors.ts";
import { toMillionths } from "../ground/millionths.ts";
import { type EarlierStart, hasEnded, type Job, type StepRecord } from "../job/job.ts";

/** What a job has cost so far, as far as is known. */
export interface JobMoney {
  charged: Charged;
  /** What vendors said they charged, summed by unit. */
  amounts: { amount: number; unit: string }[];
  /** Work is still open, or its outcome is not known: more may be charged. */
  mayStillBeCharged: boolean;
}

export function jobMoney(job: Job): JobMoney {
  const sums = new Map<string, number>();
  for (const { charge } of [...job.steps, ...earlierStarts(job)]) {
    if (charge?.amount !== undefined) {
      sums.set(charge.unit, toMillionths((sums.get(charge.unit) ?? 0) + charge.amount));
    }
  }
  return {
    charged: chargedOf(job),
    amounts: [...sums].map(([unit, amount]) => ({ amount, unit })),
    mayStillBeCharged: !hasEnded(job),
  };
}

function earlierStarts({ steps }: Pick<Job, "steps">): EarlierStart[] {
  return steps.flatMap(({ earlier = [] }) => earlier);
}

function chargedOf({ state, steps }: Job): Charged {
  const earlier = earlierStarts({ steps });
  if ([...steps, ...earlier].some(({ charge }) => charge !== undefined && charge.amount !== 0)) {
    return "yes";
  }
  if (earlier.some((start) => start.state === "unknown" || hasUnknownCharge(start))) {
    return state.phase === "failed" && state.failure.charged === "yes" ? "yes" : "unknown";
  }
  if (state.phase === "failed" && (state.failure.charged !== "no" || !steps.some(hasUnknownCharge))) {
    return state.failure.charged;
  }
  // A vendor that was asked and has not said what it charged may have charged something.
  return steps.every((step) => step.state === "waiting" || step.charge !== undefined) ? "no" : "unknown";
}

/** Done, and the vendor did not say what it charged. */
function hasUnknownCharge({ state, charge }: Pick<StepRecord, "state" | "charge">): boolean {
  return state === "done" && charge === undefined;
}
