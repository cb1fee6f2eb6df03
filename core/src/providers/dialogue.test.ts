import fc from "fast-check";
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

  test("is within both limits, the end of what was said, and as much of it as they allow", () => {
    const words = fc.nat(30).map((count) => "字".repeat(count));
    const history = fc.array(fc.record({ question: words, answer: words }), { maxLength: 12 });
    const limits = fc.record({ turns: fc.nat(12), tokens: fc.nat(200) });
    const tokensIn = (turns: readonly { question: string; answer: string }[]) =>
      turns.reduce((sum, { question, answer }) => sum + tokensOf(question) + tokensOf(answer), 0);
    fc.assert(
      fc.property(history, limits, (said, { turns, tokens }) => {
        const kept = remembered(said, { turns, tokens });
        expect(kept).toEqual(said.slice(said.length - kept.length));
        expect(kept.length).toBeLessThanOrEqual(turns);
        expect(tokensIn(kept)).toBeLessThanOrEqual(tokens);
        const more = said.slice(said.length - kept.length - 1);
        expect(kept.length === said.length || more.length > turns || tokensIn(more) > tokens).toBe(true);
      }),
    );
  });
});
