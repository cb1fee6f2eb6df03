import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteEngine } from "@toolcast/core";
import type { Clock, JobEngine } from "@toolcast/core/engine";
import { leaseMs, type OpenEngine, type OpenedEngine, pollMs } from "./contracts/engine-fixture.ts";

/** One store, which can be opened several times. */
export async function openedWith(
  clock: Clock,
  open: (clock: Clock) => JobEngine,
  remove: () => Promise<void> = async () => {},
): Promise<OpenedEngine> {
  const engines: JobEngine[] = [];
  const another = async (own = clock) => {
    const engine = open(own);
    engines.push(engine);
    return engine;
  };
  return {
    engine: await another(),
    another,
    async close() {
      await Promise.all(engines.map((engine) => engine.close()));
      await remove();
    },
  };
}

/** An empty store in a file of its own. */
export const openSqlite: OpenEngine = async ({ clock, random }) => {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-engine-"));
  const file = join(directory, "jobs.db");
  return openedWith(
    clock,
    (own) => openSqliteEngine({ file, clock: own, random, leaseMs, pollMs }),
    () => rm(directory, { recursive: true }),
  );
};
