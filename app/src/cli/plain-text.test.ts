import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf, fitColumns, plainText } from "./plain-text.ts";

// @verifies safe.inert-text

test("escape sequences, control characters and reordering marks do not reach the terminal", () => {
  expect(plainText("a\u001b[31mred\u0007\u202egnp.exe\r\nb\tc\u009b2J")).toBe("a[31mredgnp.exe\nb\tc2J");
});

test("no text has anything left that a terminal obeys", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(plainText(text).replaceAll(/[\n\t]/g, "")).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u);
    }),
  );
});

test("Chinese takes two columns", () => {
  expect(columnsOf("日照 ab")).toBe(7);
});

test("a text is cut to its columns and never over", () => {
  expect(fitColumns("short", 10)).toBe("short");
  expect(fitColumns("日照金山日照金山", 7)).toBe("日照金…");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      expect(columnsOf(fitColumns(text, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});
