import { describe, expect, it } from "vitest";
import type { Clock } from "../ground/clock.ts";
import { type Budget, Budgets } from "./budgets.ts";

function openBudgets(): { budgets: Budgets; at(ms: number): void } {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, setTimer: () => () => {} };
  return {
    budgets: new Budgets(clock),
    at: (ms) => {
      now = ms;
    },
  };
}

// @verifies chat.paced
describe("the window of a request", () => {
  const two: Budget[] = [{ name: "a", perWindow: 2, windowMs: 1_000 }];

  it("begins when it has ended, since the platform may have counted it only then", () => {
    const { budgets, at } = openBudgets();
    const [first, second] = [budgets.take(two), budgets.take(two)];
    at(700);
    first();
    expect(budgets.freeAt(two)).toBe(1_700);
    at(1_600);
    second();
    expect(budgets.freeAt(two)).toBe(1_700);
    at(1_700);
    budgets.take(two);
    expect(budgets.freeAt(two)).toBe(2_600);
  });

  it("is counted as if it began now while the request runs, for ten seconds at most", () => {
    const { budgets, at } = openBudgets();
    const hung = budgets.take(two);
    budgets.take(two)();
    at(800);
    expect(budgets.freeAt(two)).toBe(1_000);
    at(1_000);
    budgets.take(two);
    at(9_000);
    expect(budgets.freeAt(two)).toBe(10_000);
    at(30_000);
    expect(budgets.freeAt(two)).toBe(0);
    hung();
    expect(budgets.freeAt(two)).toBe(0);
  });
});

it("budgets are forgotten when out of use", () => {
  const { budgets, at } = openBudgets();
  for (let index = 0; index < 5_000; index += 1) {
    budgets.take([{ name: `chat ${index}`, perWindow: 1 }])();
    at(index * 4);
  }
  expect(budgets.count).toBeLessThan(2_000);
});
