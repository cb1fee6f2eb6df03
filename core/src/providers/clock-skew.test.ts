import fc from "fast-check";
import { expect, test } from "vitest";
import { createClockSkew } from "./clock-skew.ts";

function skewAt(start: number) {
  let now = start;
  const skew = createClockSkew({ now: () => now, monotonic: () => now, setTimer: () => () => {} });
  return { skew, pass: (durationMs: number) => (now += durationMs), now: () => now };
}

// @verifies provider.signing
test("a vendor ten minutes ahead is known from one answer", () => {
  const { skew, pass, now } = skewAt(1_700_000_000_000);
  const sentAt = now();
  pass(200);
  skew.observe(new Date(now() + 600_000).toUTCString(), sentAt);
  expect(skew.skewMs()).toBeGreaterThan(598_000);
  expect(Math.abs(skew.vendorNow() - (now() + 600_000))).toBeLessThanOrEqual(1200);
});

test("absent and unreadable dates change nothing", () => {
  const { skew } = skewAt(1_700_000_000_000);
  skew.observe(undefined, 1_700_000_000_000);
  expect(skew.skewMs()).toBe(0);
  skew.observe("yesterday", 1_700_000_000_000);
  expect(skew.skewMs()).toBe(0);
});

test("a slow answer does not spoil what a quick one showed", () => {
  const { skew, pass, now } = skewAt(1_700_000_000_000);
  skew.observe(new Date(now() + 600_000).toUTCString(), now());
  const known = skew.skewMs();
  const sentAt = now();
  pass(50_000);
  skew.observe(new Date(sentAt + 600_000 + 25_000).toUTCString(), sentAt);
  expect(skew.skewMs()).toBe(known);
});

test("the error is never more than the answer's own duration and a second", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(10 ** 10), max: 10 ** 10 }),
      fc.array(fc.tuple(fc.nat(60_000), fc.nat(60_000)), { minLength: 1, maxLength: 10 }),
      (trueSkewMs, answers) => {
        const { skew, pass, now } = skewAt(1_700_000_000_000);
        for (const [beforeMs, afterMs] of answers) {
          const sentAt = now();
          pass(beforeMs);
          const header = new Date(now() + trueSkewMs).toUTCString();
          pass(afterMs);
          skew.observe(header, sentAt);
          expect(Math.abs(skew.skewMs() - trueSkewMs)).toBeLessThanOrEqual(beforeMs + afterMs + 1000);
        }
      },
    ),
  );
});

// @verifies survives.clock
test.each([24 * 3_600_000, -24 * 3_600_000])("a time signed before our clock was set by %i ms was off", (byMs) => {
  let setBy = -byMs;
  let monotonic = 0;
  const wall = () => 1_700_000_000_000 + monotonic + setBy;
  const skew = createClockSkew({ now: wall, monotonic: () => monotonic, setTimer: () => () => {} });
  const vendorHeader = () => new Date(1_700_000_000_000 + monotonic).toUTCString();
  const signed = skew.sign();
  expect(signed.wasOff()).toBe(false);
  setBy = 0;
  monotonic += 500;
  skew.observe(vendorHeader(), 0);
  expect(signed.wasOff()).toBe(true);
  const next = skew.sign();
  monotonic += 500;
  skew.observe(vendorHeader(), 500);
  expect(next.wasOff()).toBe(false);
});

test("a signed time is not off because its answer took minutes", () => {
  const { skew, pass, now } = skewAt(1_700_000_000_000);
  const sentAt = now();
  const signed = skew.sign();
  pass(170_000);
  skew.observe(new Date(now()).toUTCString(), sentAt);
  expect(signed.wasOff()).toBe(false);
});

test("a clock that stays wrong makes the first signed time wrong, and no other", () => {
  const { skew, pass, now } = skewAt(1_700_000_000_000);
  const offs = [0, 1, 2].map(() => {
    const sentAt = now();
    const signed = skew.sign();
    pass(300);
    skew.observe(new Date(now() - 600_000).toUTCString(), sentAt);
    return signed.wasOff();
  });
  expect(offs).toEqual([true, false, false]);
});
