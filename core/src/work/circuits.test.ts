import Keyv from "keyv";
import { beforeEach, expect, test } from "vitest";
import { Circuits } from "./circuits.ts";

// @verifies provider.circuit

let now: number;
let circuits: Circuits;
const clock = { now: () => now, monotonic: () => now, setTimer: () => () => {} };

beforeEach(() => {
  now = 1_000_000;
  circuits = new Circuits(new Keyv(), clock);
});

async function fail(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await circuits.failed("vendor");
}

test("four failures in a row change nothing; after the fifth the vendor is not asked for half a minute", async () => {
  await fail(4);
  expect(await circuits.waitUntil("vendor")).toBeNull();
  await fail(1);
  expect(await circuits.waitUntil("vendor")).toBe(now + 30_000);
  expect(await circuits.waitUntil("another")).toBeNull();
});

test("starts that were under way when the circuit opened do not prolong the pause", async () => {
  await fail(5 + 8);
  expect(await circuits.openUntil("vendor")).toBe(now + 30_000);
});

test("after the pause one start goes first and the others wait for it; an answer lets all of them start", async () => {
  await fail(5);
  now += 30_000;
  expect(await circuits.openUntil("vendor")).toBeNull();
  expect(await circuits.waitUntil("vendor")).toBeNull();
  expect(await circuits.waitUntil("vendor")).toBe(now + 15_000);
  await circuits.answered("vendor");
  expect(await circuits.waitUntil("vendor")).toBeNull();
  expect(await circuits.waitUntil("vendor")).toBeNull();
});

test("a trial that fails doubles the pause, up to ten minutes", async () => {
  await fail(5);
  for (const restMs of [60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
    now = (await circuits.openUntil("vendor")) ?? 0;
    expect(await circuits.waitUntil("vendor")).toBeNull();
    await circuits.failed("vendor");
    expect(await circuits.waitUntil("vendor")).toBe(now + restMs);
  }
});

test("a trial that was never made, because its process died, is made by another start", async () => {
  await fail(5);
  now += 30_000;
  expect(await circuits.waitUntil("vendor")).toBeNull();
  now += 15_000;
  expect(await circuits.waitUntil("vendor")).toBeNull();
});

// @verifies survives.clock
test.each([60 * 60_000, 24 * 60 * 60_000])("a clock set back by %i ms prolongs no pause", async (byMs) => {
  await fail(5);
  now -= byMs;
  expect(await circuits.openUntil("vendor")).toBeNull();
  expect(await circuits.waitUntil("vendor")).toBeNull();
});
