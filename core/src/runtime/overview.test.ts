import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { openSqliteEngine } from "../engine-sqlite/sqlite-engine.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { Circuits } from "../work/circuits.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import { readOverview } from "./overview.ts";

const phases = ["succeeded", "failed", "cancelled"] as const;

/** How many statements an overview runs, and how many rows they return, with so many ended jobs and one that waits. */
async function costWith(ended: number): Promise<{ statements: number; rows: number; succeeded: number }> {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-overview-"));
  const engine = openSqliteEngine({
    ...{ file: join(directory, "jobs.sqlite"), clock: createManualClock(), random: createSeededRandom() },
  });
  const jobs = Array.from({ length: ended }, (_, n) =>
    sampleJob(`job_${n}`, { createdAt: n, state: { phase: phases[n % phases.length]! } as never }),
  );
  const unresolved = sampleJob("job_unclear", { createdAt: 1, state: { phase: "unresolved" } as never });
  await Promise.all([...jobs, unresolved].map((job) => engine.create(job, { wakeAt: null })));
  const spies = (["get", "all"] as const).map((name) => vi.spyOn(StatementSync.prototype, name));
  try {
    const overview = await readOverview({
      engine,
      identity: { held: () => null } as StoreIdentity,
      providers: { all: [] } as unknown as ProviderRegistry,
      circuits: {} as Circuits,
      since: "2026-01-01",
    });
    expect(overview.waiting.map(({ id }) => id)).toEqual(["job_unclear"]);
    const results = spies.flatMap(({ mock }) => mock.results.map(({ value }) => value as unknown));
    const rows = results.flatMap((result) => result ?? []).length;
    return { statements: results.length, rows, succeeded: overview.phases.succeeded };
  } finally {
    for (const spy of spies) {
      spy.mockRestore();
    }
    await engine.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @verifies survives.large-history */
test("an overview costs the same, however many jobs have ended", async () => {
  const few = await costWith(30);
  const many = await costWith(1_500);
  expect(few.succeeded).toBe(10);
  expect(many).toEqual({ ...few, succeeded: 500 });
});
