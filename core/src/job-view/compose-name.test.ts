import { expect, test } from "vitest";
import { composeName } from "./compose-name.ts";

test.each([
  ["a title that a person gave", "A text", "Speak “A text”", "朗读“A text”"],
  ["a text that is quoted already", "“A text”", "Speak “A text”", "朗读“A text”"],
  ["no title", undefined, "Speak", "朗读"],
  ["an empty title", "", "Speak", "朗读"],
  ["a quotation at one end only", "“A” text", "Speak ““A” text”", "朗读““A” text”"],
])("the text of a request is quoted in its name: %s", (_, title, inEnglish, inChinese) => {
  expect(composeName("Speak", title, "en")).toBe(inEnglish);
  expect(composeName("朗读", title, "zh-CN")).toBe(inChinese);
});

test("a long text is cut inside its quotation marks, at a whole character", () => {
  const text = "金".repeat(59) + "🏔".repeat(3);
  expect(composeName("图片", text, "zh-CN")).toBe(`图片“${"金".repeat(59)}🏔…”`);
  expect(composeName("图片", `“${text}”`, "zh-CN")).toBe(`图片“${"金".repeat(59)}🏔…”`);
});
