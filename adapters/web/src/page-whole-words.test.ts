import { expect, test } from "vitest";
import { wholeWords } from "../page/whole-words.ts";

const pieces = (text: string) => wholeWords(text).filter(({ isWhole }) => isWhole);
const whole = (text: string) => pieces(text).map(({ piece }) => piece);

test.each([
  ["描述图片，可继续追问。", ["描述", "图片", "继续", "追问"]],
  ["用录音克隆可用于合成的音色。", ["录音", "克隆", "用于", "合成", "音色"]],
  ["There is no input “--seconds”. Available: --prompt, --image.", ["--seconds", "--prompt", "--image"]],
  ["Did you mean /delete_voice?", ["/delete_voice"]],
  ["See https://example.com/a/very-long-path for a well-known one.", []],
])("lines of %j end within none of %j", (text, expected) => {
  expect(whole(text)).toEqual(expected);
  expect(
    wholeWords(text)
      .map(({ piece }) => piece)
      .join(""),
  ).toBe(text);
});
