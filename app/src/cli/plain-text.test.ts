import fc from "fast-check";
import { expect, test } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import { plainText } from "./plain-text.ts";

// @verifies safe.inert-text

test("escape sequences, control characters and reordering marks do not reach the terminal", () => {
  expect(plainText("a\u001b[31mred\u0007\u202egnp.exe\r\nb\tc\u009b2J")).toBe("a[31mredgnp.exe\nb\tc2J");
});

test("no text keeps anything that a terminal would obey", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(plainText(text).replaceAll(/[\n\t]/g, "")).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u);
    }),
  );
});
