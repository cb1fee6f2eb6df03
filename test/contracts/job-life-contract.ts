import fc from "fast-check";
import { expect, test } from "vitest";
import { lifeCommands } from "../job-life/life-commands.ts";
import { openLifeWorld } from "../job-life/life-world.ts";
import { verifies } from "../verifies.ts";
import type { OpenEngine } from "./engine-fixture.ts";

/** Whole lives of jobs on an engine, at the pace of two processes, beside a model of what people and the vendor know. */
export function jobLifeContract(
  name: string,
  open: OpenEngine,
  { runs, leasesFollowClock }: { runs: number; leasesFollowClock: boolean },
): void {
  test(`${name}: whatever happens in a job's life, its record is what its people and its vendor know`, {
    timeout: 300_000,
  }, async () => {
    verifies(
      "paid-once.one-start-a-step",
      "paid-once.unknown-not-repeated",
      "paid-once.late-answer",
      "paid-once.same-key",
      "survives.kill-anywhere",
      "survives.clock",
      "survives.lease",
      "delivered.once",
    );
    const limits = fc.record({
      concurrent: fc.integer({ min: 1, max: 3 }),
      startsPerSecond: fc.integer({ min: 1, max: 3 }),
    });
    let starts = 0;
    await fc.assert(
      fc.asyncProperty(limits, lifeCommands(40), async (vendor, commands) => {
        const world = await openLifeWorld(open, vendor, leasesFollowClock);
        try {
          await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
          await world.conclude();
          starts += world.starts.length;
        } finally {
          await world.close();
        }
      }),
      { numRuns: runs, seed: 20260202 },
    );
    expect(starts).toBeGreaterThan(runs);
  });
}
