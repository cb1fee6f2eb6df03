import fc from "fast-check";
import { expect, test } from "vitest";
import { codeSpan, cut, escapeText } from "./markdown.ts";

test.each([
  ["**bold** _it_ ~~no~~ ||hidden||", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\|\\|hidden\\|\\|"],
  ["@everyone <@1> <#2>", "\\@everyone \\<\\@1\\> \\<\\#2\\>"],
  ["# title\n> quote\n- item\n12. item", "\\# title\n\\> quote\n\\- item\n12\\. item"],
  ["-\n1.", "\\-\n1\\."],
  ["see https://evil.example/x", "see https\\://evil.example/x"],
  [":smile: 12:30, note: x", "\\:smile: 12\\:30, note: x"],
  ["plain 中文 text, 1.5 x - y!", "plain 中文 text, 1.5 x - y!"],
  ["\u202eright\u0000 to left\r\nnext", "right to left\nnext"],
])("%j is shown letter by letter", (text, escaped) => {
  expect(escapeText(text)).toBe(escaped);
});

/** @verifies discord.payloads */
test("nothing in any text begins markup, a mention or a link", () => {
  const signs = fc.constantFrom(..."\\*_~`|<>[]()@#:-+.>1 \nab中😀");
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 60 }), (parts) => {
      const escaped = escapeText(parts.join(""));
      expect(escaped.replaceAll(/\\[^\p{L}\p{N}\s]/gu, "x")).not.toMatch(/[\\*_~`|<>[\]()@#]|:\S|^\s*([-+]|\d+\.)\s/m);
    }),
  );
});

test("cut text keeps its length, whole letters and whole escapes", () => {
  const signs = fc.constantFrom(..."\\*`😀a中 ");
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 60 }), fc.integer({ min: 0, max: 80 }), (parts, most) => {
      const escaped = escapeText(parts.join(""));
      const shown = cut(escaped, most);
      expect(shown.length).toBeLessThanOrEqual(most);
      expect(shown.isWellFormed()).toBe(true);
      expect(shown.replaceAll(/\\[^\p{L}\p{N}\s]/gu, "x")).not.toMatch(/[\\*`]/);
      if (escaped.length <= most) {
        expect(shown).toBe(escaped);
      }
    }),
  );
});

test("a value stands in a code span, unless it would end it", () => {
  expect(codeSpan("job_1")).toBe("`job_1`");
  expect(codeSpan("a`b")).toBe("a\\`b");
  expect(codeSpan(" two\nlines ")).toBe("`two lines`");
});
