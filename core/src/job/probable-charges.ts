import type { Price } from "../providers/operation.ts";
import type { Job, ProbableCharge, StepRecord } from "./job.ts";

/** One of the counters that hold what is probably charged, or how many such starts have no known amount. */
interface Counter {
  name: string;
  amount: number;
}

/**
 * What the job has on account as probable charges, and what a write of it therefore changes in the counters: the record
 * says itself what it is counted with, so that the sums stay right whatever is configured by then.
 */
export function withProbableCharges(
  job: Job,
  dayOf: (instant: number) => string,
): { job: Job; count: Counter[]; uncount: Counter[] } {
  const before = job.probable ?? [];
  const after = probableCharges(job, dayOf);
  const { probable: _before, ...rest } = job;
  return {
    job: after.length === 0 ? rest : { ...rest, probable: after },
    count: after.filter((charge) => !before.includes(charge)).flatMap((charge) => countersOf(job, charge)),
    uncount: before.filter((charge) => !after.includes(charge)).flatMap((charge) => countersOf(job, charge)),
  };
}

function probableCharges(job: Job, dayOf: (instant: number) => string): ProbableCharge[] {
  const counted = job.probable ?? [];
  const charges: ProbableCharge[] = [];
  for (const step of job.steps) {
    const own = attemptOf(job, step);
    const known = (attempt: string) =>
      counted.find((charge) => charge.step === step.name && charge.attempt === attempt);
    const add = (attempt: string, start: Pick<StepRecord, "startedAt" | "price">) => {
      const price = start.price ?? (job.steps.length === 1 ? job.price : undefined);
      const day = dayOf(start.startedAt ?? job.createdAt);
      charges.push(known(attempt) ?? { step: step.name, attempt, day, provider: job.provider, ...amountOf(price) });
    };
    for (const start of step.earlier ?? []) {
      if (start.state === "unknown" || (start.state === "done" && isUntold(start))) add(start.attempt, start);
    }
    if (isPerhapsCharged(job, step) || (isUnderWay(step) && known(own) !== undefined)) add(own, step);
  }
  return charges;
}

/** Of the step's own start: as the phase names it, also where the record does not. */
function attemptOf({ state }: Job, { name, attempt = "" }: StepRecord): string {
  return "step" in state && state.step === name ? state.attempt : attempt;
}

/** Of the step's own start: earlier ones speak for themselves. */
function isPerhapsCharged({ state }: Job, step: StepRecord): boolean {
  switch (step.state) {
    case "unknown":
      return state.phase === "unresolved" && state.step === step.name;
    case "failed":
      // What a vendor has stopped is cancelled, and failed for nothing.
      return state.phase === "failed" && state.failure.charged !== "no";
    case "done":
      return isUntold(step);
    default:
      return false;
  }
}

/** It was unclear and is asked about again: that alone tells nothing about its charge. */
function isUnderWay({ state }: StepRecord): boolean {
  return state === "starting" || state === "running";
}

/** Done, with a known price, and its vendor has not said what it took. */
function isUntold({ charge, price }: Pick<StepRecord, "charge" | "price">): boolean {
  return charge?.amount === undefined && amountOf(price).amount !== undefined;
}

function amountOf(price: Price | undefined): Pick<ProbableCharge, "amount" | "unit"> {
  if (price === undefined) {
    return { unit: "" };
  }
  const { amount, unit = "" } = price.known ? price : (price.counted ?? { ...price, amount: undefined });
  return { unit, amount };
}

/** By day, provider, unit and person as what was charged is, and for each provider and unit over all days. */
function countersOf({ caller }: Job, { day, provider, unit, amount }: ProbableCharge): Counter[] {
  const [name, counted] = amount === undefined ? (["unpriced", 1] as const) : (["probable", amount] as const);
  return [
    { name: [name, day, provider, unit, caller.id].join("|"), amount: counted },
    { name: [`${name}-sum`, provider, unit].join("|"), amount: counted },
  ];
}
