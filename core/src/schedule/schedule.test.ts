import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { type LeaseStore, runSchedule } from "./schedule.ts";

// @verifies survives.outage
test("lines that could not be checked while the store was away are checked soon after it is back", async () => {
  const clock = createManualClock();
  const checks: { first: boolean; at: number }[] = [];
  let isAway = false;
  const store: LeaseStore = {
    untilDue: async () => null,
    claim: async () => [],
    renew: async () => [],
    giveUp: async () => {},
    async checkLines({ first }) {
      checks.push({ first, at: clock.monotonic() });
      if (isAway) {
        throw new Error("away");
      }
    },
    generation: () => 0,
  };
  isAway = true;
  const schedule = runSchedule({
    ...{ store, clock, random: createSeededRandom(), surfaces: () => [], advance: async () => {} },
    ...{ concurrency: 1, leaseMs: 10_000, pollMs: 1_000 },
  });
  await clock.advance(5_000);
  expect(checks.length).toBeGreaterThan(1);
  isAway = false;
  await clock.advance(3_000);
  // They start again until they have succeeded once.
  expect(checks.every(({ first }) => first)).toBe(true);
  const before = checks.length;
  await clock.advance(55_000);
  expect(checks.length).toBe(before);
  isAway = true;
  await clock.advance(10_000);
  expect(checks.length).toBeGreaterThan(before);
  isAway = false;
  const backAt = clock.monotonic();
  await clock.advance(3_000);
  expect(checks.at(-1)).toMatchObject({ first: false });
  expect(checks.at(-1)!.at - backAt).toBeLessThanOrEqual(3_000);
  await schedule.stop(0);
});
