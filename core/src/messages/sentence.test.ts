import fc from "fast-check";
import { expect, test } from "vitest";
import { amountSentence, say } from "./sentence.ts";

test("no amount above zero is shown as zero, in either language", () => {
  // @verifies understood.failure
  const shown = (amount: number, locale: "en" | "zh-CN" = "en") => say(amountSentence({ amount, unit: "CNY" }), locale);
  expect(shown(0.0042)).toContain("0.0042");
  expect(shown(0.004)).toContain("0.004");
  expect(shown(0.0999)).toContain("0.1");
  expect(shown(1.239)).toContain("1.24");
  expect(shown(0)).toMatch(/^0 /);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.constantFrom("en" as const, "zh-CN" as const),
      (n, locale) => {
        const amount = n / 1e6;
        const [, digits = ""] = /^([\d.,]+)/.exec(shown(amount, locale)) ?? [];
        expect(Math.abs(Number(digits) - amount)).toBeLessThanOrEqual(amount < 0.1 ? amount * 0.051 : 0.00501);
        expect(Number(digits)).toBeGreaterThan(0);
      },
    ),
  );
});
