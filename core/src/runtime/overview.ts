import { toMillionths } from "../ground/millionths.ts";
import type { JobEngine } from "../job/engine.ts";
import type { PhaseName } from "../job/job.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { ProbableSum } from "../tools/tool.ts";
import type { Circuits } from "../work/circuits.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import type { Overview } from "./runtime.ts";

/** A record instead of a list: if a phase were missing, it would not compile. */
const allPhases: Record<PhaseName, true> = {
  held: true,
  queued: true,
  starting: true,
  running: true,
  succeeded: true,
  failed: true,
  cancelled: true,
  unresolved: true,
};
const mostWaiting = 100;

/** How many days of the ledger are shown one by one. */
export const ledgerDays = 90;

/** Reads the whole installation for its operators. */
export async function readOverview(options: {
  engine: JobEngine;
  identity: StoreIdentity;
  providers: ProviderRegistry;
  circuits: Circuits;
  /** The first day of the ledger that is shown by itself. */
  since: string;
}): Promise<Overview> {
  const { engine, identity, providers, circuits, since } = options;
  const counts = await Promise.all(
    (Object.keys(allPhases) as PhaseName[]).map(
      async (phase) => [phase, await engine.count({ phases: [phase] })] as const,
    ),
  );
  return {
    held: identity.held(),
    phases: Object.fromEntries(counts) as Overview["phases"],
    waiting: await engine.list({ phases: ["unresolved", "held"], limit: mostWaiting }),
    spend: newestFirst(
      (await accountsIn(engine, "charged", since)).map(({ count, ...of }) => ({ ...of, amount: count })),
    ),
    probable: newestFirst(await probableIn(engine, since)),
    providers: await Promise.all(
      providers.all.map(async ({ id, title, limits }) => ({
        id,
        title,
        running: await engine.count({ provider: id, phases: ["starting", "running"] }),
        concurrent: limits.concurrent,
        restsUntil: await circuits.openUntil(id),
      })),
    ),
  };
}

type Account = Omit<Overview["probable"][number], "amount" | "unpriced">;

/**
 * The counters of one kind, by day, provider, unit and person, from the day `since` on. What came before is one row of
 * each provider and unit, with neither a day nor a person, so that the overview does not grow with the ledger.
 */
async function accountsIn(engine: JobEngine, kind: string, since: string): Promise<(Account & { count: number })[]> {
  const rows = (await engine.counters(`${kind}|`, `${kind}|${since}`)).map(({ name, count }) => {
    const [, day = "", provider = "", unit = "", ...person] = name.split("|");
    return { day, provider, unit, person: person.join("|"), count };
  });
  const earlier = new Map((await engine.counters(`${kind}-sum|`)).map(({ name, count }) => [name, count]));
  for (const { provider, unit, count } of rows) {
    const name = `${kind}-sum|${provider}|${unit}`;
    earlier.set(name, toMillionths((earlier.get(name) ?? 0) - count));
  }
  for (const [name, count] of earlier) {
    const [, provider = "", unit = ""] = name.split("|");
    if (count > 0) {
      rows.push({ day: "", provider, unit, person: "", count });
    }
  }
  return rows;
}

async function probableIn(engine: JobEngine, since: string): Promise<Overview["probable"]> {
  const rows = new Map<string, Overview["probable"][number]>();
  for (const kind of ["probable", "unpriced"] as const) {
    for (const { count, ...of } of await accountsIn(engine, kind, since)) {
      const key = [of.day, of.provider, of.unit, of.person].join("|");
      const row = rows.get(key) ?? { ...of, amount: 0, unpriced: 0 };
      rows.set(key, { ...row, [kind === "probable" ? "amount" : "unpriced"]: count });
    }
  }
  return [...rows.values()];
}

function newestFirst<Row extends { day: string; amount: number }>(rows: Row[]): Row[] {
  return rows.sort((one, other) => other.day.localeCompare(one.day) || other.amount - one.amount);
}

/** The probable charges at each provider, by unit, over all days. These sums are stored, so no history is read. */
export async function readProbableSums(engine: JobEngine): Promise<ProbableSum[]> {
  const sums = new Map<string, ProbableSum>();
  for (const kind of ["probable", "unpriced"] as const) {
    for (const { name, count } of await engine.counters(`${kind}-sum|`)) {
      const [, provider = "", unit = ""] = name.split("|");
      const sum = sums.get(`${provider}|${unit}`) ?? { provider, unit, amount: 0, unpriced: 0 };
      sums.set(`${provider}|${unit}`, { ...sum, [kind === "probable" ? "amount" : "unpriced"]: count });
    }
  }
  return [...sums.values()];
}
