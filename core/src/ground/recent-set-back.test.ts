import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { RecentSetBack } from "./recent-set-back.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function opened() {
  const clock = createManualClock();
  const setBack = new RecentSetBack(clock);
  /** How far ahead an instant is after it was corrected. */
  const aheadMs = (at: number) => setBack.corrected(at) - clock.now();
  return { clock, setBack, aheadMs };
}

test("an instant from before the clock was set back, perhaps in several steps, moves back with it", () => {
  // @verifies survives.clock
  const { clock, setBack, aheadMs } = opened();
  const at = clock.now() + 20 * minuteMs;
  clock.step(-hourMs);
  setBack.look();
  clock.step(-hourMs);
  expect(aheadMs(at)).toBe(20 * minuteMs);
});

test("one from between two steps moves back by the second alone", () => {
  const { clock, setBack, aheadMs } = opened();
  clock.step(-24 * hourMs);
  setBack.look();
  const at = clock.now() + minuteMs;
  clock.step(-2 * hourMs);
  expect(aheadMs(at)).toBe(minuteMs);
});

test("so does one from a time at which the clock was ahead", () => {
  const { clock, setBack, aheadMs } = opened();
  clock.step(24 * hourMs);
  setBack.look();
  const at = clock.now() + minuteMs;
  clock.step(-24 * hourMs);
  expect(aheadMs(at)).toBe(minuteMs);
});

test("instants from after it stay, as do all once a minute has passed, and after a step that is no longer than that", async () => {
  const { clock, setBack, aheadMs } = opened();
  clock.step(-minuteMs);
  expect(aheadMs(clock.now() + 90_000)).toBe(90_000);
  clock.step(-hourMs);
  setBack.look();
  expect(aheadMs(clock.now())).toBe(0);
  expect(aheadMs(clock.now() + hourMs / 2)).toBe(hourMs / 2);
  await clock.advance(minuteMs);
  expect(aheadMs(clock.now() + hourMs)).toBe(hourMs);
});

test("a job that asks again and again for a wait as long as the step is no busy loop", () => {
  const { clock, aheadMs } = opened();
  clock.step(-hourMs);
  expect(aheadMs(clock.now() + hourMs)).toBe(5_000);
});
