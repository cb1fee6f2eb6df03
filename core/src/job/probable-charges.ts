import type { Price } from "../providers/operation.ts";
import type { Job, ProbableCharge, StepRecord } from "./job.ts";

/** A counter of probable charges, or of such starts with no known amount. */
interface Counter {
  name: string;
  amount: number;
}

/**
 * The job's probable charges, and the changes to the counters that its write must make. What was counted is stored in
 * the record, which keeps the sums right whatever is configured by then.
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

/** The attempt of the step's own start, from the phase if the record does not name it. */
function attemptOf({ state }: Job, { name, attempt = "" }: StepRecord): string {
  return "step" in state && state.step === name ? state.attempt : attempt;
}

/** Whether the step's own start may have been charged; earlier starts are judged separately. */
function isPerhapsCharged({ state }: Job, step: StepRecord): boolean {
  switch (step.state) {
    case "unknown":
      return state.phase === "unresolved" && state.step === step.name;
    case "failed":
      // A job that its vendor stopped is cancelled instead, and costs nothing.
      return state.phase === "failed" && state.failure.charged !== "no";
    case "done":
      return isUntold(step);
    default:
      return false;
  }
}

/** If it was unclear before and is only being checked again, its charge is still unknown. */
function isUnderWay({ state }: StepRecord): boolean {
  return state === "starting" || state === "running";
}

/** With no charge named by its vendor, whether its price is known or not. */
function isUntold({ charge }: Pick<StepRecord, "charge">): boolean {
  return charge?.amount === undefined;
}

function amountOf(price: Price | undefined): Pick<ProbableCharge, "amount" | "unit"> {
  if (price === undefined) {
    return { unit: "" };
  }
  const { amount, unit = "" } = price.known ? price : (price.counted ?? { ...price, amount: undefined });
  return { unit, amount };
}

/** Counters by day, provider, unit and person, as for actual charges, and by provider and unit over all days. */
function countersOf({ caller }: Job, { day, provider, unit, amount }: ProbableCharge): Counter[] {
  const [name, counted] = amount === undefined ? (["unpriced", 1] as const) : (["probable", amount] as const);
  return [
    { name: [name, day, provider, unit, caller.id].join("|"), amount: counted },
    { name: [`${name}-sum`, provider, unit].join("|"), amount: counted },
  ];
}
