import { describe, expect, test } from "vitest";
import { shorten, truncate } from "./shorten.ts";

const family = "👩‍👩‍👧‍👧";

describe("a text that is cut", () => {
  test.each([shorten, truncate])("ends between characters as people count them (%o)", (cut) => {
    const text = `a${family.repeat(20)}`;
    for (const most of Array.from({ length: 40 }, (_, index) => index + 2)) {
      const shown = cut(text, most);
      expect(shown.length).toBeLessThanOrEqual(most);
      expect(shown).toBe(`a${family.repeat(Math.floor((most - 2) / family.length))}…`);
    }
    expect(cut(text, text.length)).toBe(text);
  });

  test("keeps its lines, unless it is for one line", () => {
    expect(truncate("one\n\ntwo three", 9)).toBe("one\n\ntwo…");
    expect(shorten("one\n\ntwo three", 9)).toBe("one two…");
  });
});
