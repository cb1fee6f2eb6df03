import { expect, test } from "vitest";
import { fitText, widthOf, wrapText } from "./text-layout.ts";

test("breaks Chinese anywhere but not before its punctuation, Latin between words", () => {
  expect(wrapText("日照金山，雪峰", 4, 9)).toEqual(["日照金山，", "雪峰"]);
  expect(wrapText("golden sunrise over snow", 8, 9)).toEqual(["golden sunrise", "over snow"]);
  expect(wrapText("一\n二", 9, 9)).toEqual(["一", "二"]);
});

test("a text that fits no size ends in an ellipsis inside its box", () => {
  const box = { width: 100, height: 60, smallest: 10, largest: 30, lineHeight: 1.2 };
  expect(fitText("短", box)).toEqual({ size: 30, lines: ["短"] });
  const { size, lines } = fitText("很长".repeat(200), box);
  expect(size).toBe(10);
  expect(lines).toHaveLength(5);
  expect(lines.at(-1)).toMatch(/…$/);
  for (const line of lines) expect(widthOf(line) * size).toBeLessThanOrEqual(100);
});
