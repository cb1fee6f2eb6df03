import fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { fitColumns } from "./fit-columns.ts";

test("a text is cut to at most its columns, and never within a character", () => {
  expect(fitColumns("short", 10)).toBe("short");
  expect(fitColumns("日照金山日照金山", 7)).toBe("日照金…");
  expect(fitColumns("👩‍👩‍👧‍👦 family", 4)).toBe("👩‍👩‍👧‍👦 …");
  expect(fitColumns("🇨🇳🇨🇳🇨🇳", 3)).toBe("🇨🇳…");
  expect(fitColumns("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  const cluster = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("👩‍👩‍👧‍👦", "🇨🇳", "e\u0301", "ｱﾞ", "日"));
  fc.assert(
    fc.property(fc.array(cluster), fc.integer({ min: 0, max: 40 }), (clusters, columns) => {
      expect(stringWidth(fitColumns(clusters.join(""), columns))).toBeLessThanOrEqual(columns);
    }),
  );
});
