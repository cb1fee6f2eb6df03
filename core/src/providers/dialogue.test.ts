import { describe, expect, test } from "vitest";
import { remembered, tokensOf } from "./dialogue.ts";

test.each([
  ["", 0],
  ["字", 1],
  ["一二三", 2],
  ["a b c d", 5],
  ["hello 世界", 3],
])("%j is about %i tokens", (text, tokens) => {
  expect(tokensOf(text)).toBe(tokens);
});

describe("what is remembered", () => {
  const turn = (words: number) => ({ question: "字".repeat(words), answer: "" });

  test("is the end of the dialogue without a gap: everything before a turn that is too long is left out, too", () => {
    const [short, long] = [turn(3), turn(300)];
    expect(remembered([short, long, short], { turns: 9, tokens: 10 })).toEqual([short]);
    expect(remembered([short, short], { turns: 9, tokens: 4 })).toEqual([short, short]);
    expect(remembered([short, short], { turns: 9, tokens: 3 })).toEqual([short]);
  });

  test("of an empty dialogue is empty", () => {
    expect(remembered([], { turns: 5, tokens: 100 })).toEqual([]);
  });
});
