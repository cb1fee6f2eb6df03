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

/** Reads the whole installation for its operators. */
export async function readOverview(options: {
  engine: JobEngine;
  identity: StoreIdentity;
  providers: ProviderRegistry;
  circuits: Circuits;
}): Promise<Overview> {
  const { engine, identity, providers, circuits } = options;
  const counts = await Promise.all(
    (Object.keys(allPhases) as PhaseName[]).map(
      async (phase) => [phase, await engine.count({ phases: [phase] })] as const,
    ),
  );
  return {
    held: identity.held(),
    phases: Object.fromEntries(counts) as Overview["phases"],
    waiting: await engine.list({ phases: ["unresolved", "held"], limit: mostWaiting }),
    spend: newestFirst((await accountsIn(engine, "charged")).map(({ count, ...of }) => ({ ...of, amount: count }))),
    probable: newestFirst(await probableIn(engine)),
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

type Account = Omit<Overview["spend"][number], "amount">;

/** The counters of one kind, by day, provider, unit and person. */
async function accountsIn(engine: JobEngine, kind: string): Promise<(Account & { count: number })[]> {
  return (await engine.counters(`${kind}|`)).map(({ name, count }) => {
    const [, day = "", provider = "", unit = "", ...person] = name.split("|");
    return { day, provider, unit, person: person.join("|"), count };
  });
}

async function probableIn(engine: JobEngine): Promise<Overview["probable"]> {
  const rows = new Map<string, Overview["probable"][number]>();
  for (const kind of ["probable", "unpriced"] as const) {
    for (const { count, ...of } of await accountsIn(engine, kind)) {
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
