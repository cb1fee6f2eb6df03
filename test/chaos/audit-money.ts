import type { Job } from "@toolcast/core";
import type { StepRecord } from "@toolcast/core/engine";
import type { LedgerEntry } from "@toolcast/sandbox";
import type { Violation } from "./audit-starts.ts";
import type { RunRecord } from "./run.ts";

/** Compares our own record of the money with what the vendors billed. */
export interface MoneyAudit {
  violations: Violation[];
  /** One line per vendor and unit, and one for the starts of all vendors. */
  sums: string[];
  /** Every start that is, or may be, on the bill but not in the ledger. */
  differences: string[];
}

interface Sums {
  ledger: number;
  bill: number;
  probable: number;
  /** Probably charged starts whose amount is unknown. */
  unpriced: number;
  /** How much more the bill may be because the vendor rounds what it counted. */
  rounding: number;
}

const nothing: Sums = { ledger: 0, bill: 0, probable: 0, unpriced: 0, rounding: 0 };
/** The vendor counts hundredths of a second, and the estimate of a start does not round. */
const roundingOfStart = 0.005;

/**
 * Ledger <= bill <= ledger + what is probably charged: in total, for each job, and according to the counters. A client
 * cannot work out the points that XJC bills, so for XJC only the starts are counted.
 */
export function auditMoney(
  { jobs, counters }: RunRecord,
  entriesOf: ReadonlyMap<string, readonly LedgerEntry[]>,
): MoneyAudit {
  const audit: MoneyAudit = { violations: [], sums: [], differences: [] };
  const totals = new Map<string, Sums>();
  for (const job of jobs) {
    const sums = sumsOf(job, entriesOf.get(job.id) ?? []);
    for (const [account, own] of sums) {
      const total = totals.get(account) ?? nothing;
      totals.set(account, {
        ledger: exact(total.ledger + own.ledger),
        bill: exact(total.bill + own.bill),
        probable: exact(total.probable + own.probable),
        unpriced: total.unpriced + own.unpriced,
        rounding: exact(total.rounding + own.rounding),
      });
      if (!holds(own)) audit.violations.push({ what: `the money does not add up: ${account} ${words(own)}`, job });
    }
    audit.differences.push(...differencesOf(job, sums));
  }
  for (const [account, sums] of [...totals].sort()) {
    audit.sums.push(`${account}: ${words(sums)}`);
    if (!holds(sums))
      audit.violations.push({ what: `the money of all jobs does not add up: ${account} ${words(sums)}` });
  }
  audit.violations.push(...counterViolations(jobs, counters));
  return audit;
}

function sumsOf(job: Job, entries: readonly LedgerEntry[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  const add = (account: string, what: Partial<Sums>) => {
    const before = sums.get(account) ?? { ...nothing };
    for (const [name, amount] of Object.entries(what) as [keyof Sums, number][]) {
      before[name] = exact(before[name] + amount);
    }
    sums.set(account, before);
  };
  for (const { vendor, points, counted } of entries) {
    // A forgiven start is one that nobody pays for.
    if (counted?.quantity !== 0) add("starts", { bill: 1 });
    if (vendor === "xjc") continue;
    if (counted !== undefined) add(`${vendor} ${counted.unit}`, { bill: counted.quantity, rounding: roundingOfStart });
    else add(`${vendor} points`, { bill: points });
  }
  for (const start of startsOf(job)) {
    const { state, charge } = start;
    if (state === "done") add("starts", isPerhapsPaid(start) ? { probable: 1 } : { ledger: 1 });
    if (charge?.amount !== undefined && job.provider !== "xjc") {
      add(`${job.provider} ${charge.unit}`, { ledger: charge.amount });
    }
  }
  for (const { provider, unit, amount, attempt } of job.probable ?? []) {
    const isDone = startsOf(job).some((start) => start.attempt === attempt && start.state === "done");
    if (!isDone) add("starts", { probable: 1 });
    if (provider === "xjc") continue;
    if (amount !== undefined) add(`${provider} ${unit}`, { probable: amount });
    // The unit it would be billed in is unknown: it may be on any account of that vendor.
    else for (const account of accountsOf(entries, provider)) add(account, { unpriced: 1 });
  }
  return sums;
}

function accountsOf(entries: readonly LedgerEntry[], provider: string): Set<string> {
  return new Set(
    entries
      .filter(({ vendor }) => vendor === provider)
      .map(({ vendor, counted }) => `${vendor} ${counted?.unit ?? "points"}`),
  );
}

/** An answer that was stopped before anything of it arrived: the vendor may not have begun. */
function isPerhapsPaid({ stopped, charge, text }: ReturnType<typeof startsOf>[number]): boolean {
  return stopped === true && charge === undefined && !text;
}

function startsOf({ steps }: Job): Omit<StepRecord, "name" | "earlier">[] {
  return steps.flatMap((step) => [step, ...(step.earlier ?? [])]);
}

function holds({ ledger, bill, probable, unpriced, rounding }: Sums): boolean {
  return ledger <= bill && (bill <= exact(ledger + probable + rounding) || unpriced > 0);
}

function words({ ledger, bill, probable, unpriced }: Sums): string {
  const unknown = unpriced === 0 ? "" : ` and ${unpriced} at an unknown price`;
  return `ledger ${ledger} <= bill ${bill} <= ledger + probable ${exact(ledger + probable)}${unknown}`;
}

/** Each start that may be billed and is not in the ledger, with the amount the job was billed beyond its ledger. */
function differencesOf(job: Job, sums: ReadonlyMap<string, Sums>): string[] {
  const beyond = [...sums]
    .filter(([, { bill, ledger }]) => bill > ledger)
    .map(([account, { bill, ledger }]) => `${exact(bill - ledger)} ${account}`)
    .join(", ");
  return (job.probable ?? []).map(
    ({ step, attempt, provider, amount, unit }) =>
      `${job.id} ${step} ${attempt}: probably ${amount ?? "?"} ${unit || "?"} at ${provider}; billed beyond the ledger: ${beyond || "nothing"}`,
  );
}

/** The counters must equal the sums over the records. */
function counterViolations(jobs: readonly Job[], counters: RunRecord["counters"]): Violation[] {
  const expected = new Map<string, number>();
  const add = (name: string, amount: number) => expected.set(name, exact((expected.get(name) ?? 0) + amount));
  for (const { probable = [] } of jobs) {
    for (const { provider, unit, amount } of probable) {
      add(`${amount === undefined ? "unpriced" : "probable"}-sum|${provider}|${unit}`, amount ?? 1);
    }
  }
  for (const job of jobs) {
    for (const { charge } of startsOf(job)) {
      if (charge?.amount !== undefined) add(`charged-sum|${job.provider}|${charge.unit}`, charge.amount);
    }
  }
  const found = new Map<string, number>();
  for (const { name, count } of counters) {
    const [kind, , provider, unit] = name.split("|");
    if (kind?.endsWith("-sum")) found.set(name, count);
    if (kind === "charged" || kind === "probable" || kind === "unpriced") {
      const sum = `days of ${kind}-sum|${provider}|${unit}`;
      found.set(sum, exact((found.get(sum) ?? 0) + count));
    }
  }
  return [...new Set([...expected.keys(), ...[...found.keys()].filter((name) => !name.startsWith("days of "))])]
    .filter((name) => {
      const days = found.get(`days of ${name}`) ?? 0;
      return [found.get(name) ?? 0, days].some((sum) => sum !== (expected.get(name) ?? 0));
    })
    .map((name) => ({ what: `the counter ${name} holds ${found.get(name)} and the records ${expected.get(name)}` }));
}

function exact(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}
