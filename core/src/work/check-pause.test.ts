import { expect, test } from "vitest";
import { pauseUntilCheck } from "./check-pause.ts";
import { usualDurationOf } from "./estimates.ts";

// @verifies survives.adaptive-checks

/** When an operation is looked at until it ends, as ages in milliseconds. */
function looksUntil(endMs: number, past: readonly number[]): number[] {
  const usual = usualDurationOf(past)!;
  const looks: number[] = [];
  for (let ageMs = 0; ageMs < endMs; ) {
    ageMs += pauseUntilCheck(ageMs, usual);
    looks.push(ageMs);
  }
  return looks;
}

const minuteMs = 60_000;

test.each([
  ["a minute", minuteMs, 2_000, 12],
  ["ten minutes", 10 * minuteMs, 10_000, 45],
  ["five seconds", 5_000, 2_000, 4],
])("work that usually takes %s is looked at soon after its end, and seldom before", (_name, usualMs, lagMs, most) => {
  const past = Array.from({ length: 20 }, (_, n) => usualMs * (0.95 + n / 200));
  for (const endMs of past) {
    const looks = looksUntil(endMs, past);
    expect(looks.at(-1)! - endMs).toBeLessThanOrEqual(lagMs);
    expect(looks.length).toBeLessThanOrEqual(most);
  }
});

test("work that ends much earlier or later than usual is noticed as well, within half a minute and 15 seconds", () => {
  const past = [minuteMs, minuteMs, minuteMs];
  expect(looksUntil(5_000, past)).toEqual([30_000]);
  const late = looksUntil(60 * minuteMs, past);
  expect(late.at(-1)! - late.at(-2)!).toBe(15_000);
});

test("a duration that varies widely is not looked at more often than one that does not", () => {
  const past = [20_000, 40_000, 60_000, 200_000, 400_000];
  expect(looksUntil(400_000, past).length).toBeLessThan(45);
});

test("nothing is expected from fewer than three durations", () => {
  expect(usualDurationOf([minuteMs, minuteMs])).toBeNull();
});
