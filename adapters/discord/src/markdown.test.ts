import { type Block, type BlockKind, fitBlocks, type Span } from "@toolcast/core/chat";
import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeText, markdownPort } from "./markdown.ts";

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

const characters = fc
  .array(fc.constantFrom(..."\\*_~`|<>[]()@#:-+.>1 \nab中😀", "e\u0301"), { maxLength: 40 })
  .map((parts) => parts.join(""));
const unescaped = (markdown: string) => markdown.replaceAll(/\\[^\p{L}\p{N}\s]/gu, "x");

/** @verifies discord.payloads */
test("no text begins markup, a mention or a link", () => {
  fc.assert(
    fc.property(characters, (text) => {
      expect(unescaped(escapeText(text))).not.toMatch(/[\\*_~`|<>[\]()@#]|:\S|^\s*([-+]|\d+\.)\s/m);
    }),
  );
});

const kinds: BlockKind[] = ["title", "paragraph", "fact", "note", "unsent", "progress"];
const blocks: fc.Arbitrary<Block[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    spans: fc.array(fc.record({ text: characters, bold: fc.boolean() }, { requiredKeys: ["text"] }), { maxLength: 3 }),
  }),
  { maxLength: 6 },
);

/** @verifies delivered.measured discord.payloads */
test("text that is cut keeps within its length, with whole characters and whole escapes, also at the joins between pieces", () => {
  fc.assert(
    fc.property(blocks, fc.integer({ min: 1, max: 200 }), (said, most) => {
      const { native } = fitBlocks(said, markdownPort, most);
      expect(native.length).toBeLessThanOrEqual(most);
      expect(native.isWellFormed()).toBe(true);
      const ours = native.replaceAll(/^(### |-# )/gm, "").replaceAll("**", "");
      expect(unescaped(ours)).not.toMatch(/[\\*_~`|<>[\]()@#]|:\S/);
    }),
  );
});

test("a value worth copying is in a code span, unless it would end it", () => {
  const shown = (span: Span) => markdownPort.render([{ kind: "fact", spans: [span] }]);
  expect(shown({ text: "job_1", code: true })).toBe("`job_1`");
  expect(shown({ text: "a`b", code: true })).toBe("a\\`b");
  expect(shown({ text: "Job", bold: true })).toBe("**Job**");
  expect(shown({ text: "a)b", link: "https://toolcast.example/a b>c" })).toBe(
    "[a\\)b](<https://toolcast.example/a%20b%3Ec>)",
  );
});

test("quotations have a bar on every line", () => {
  expect(markdownPort.render([{ kind: "quote", spans: [{ text: "> a\nb" }] }])).toBe("> \\> a\n> b");
});

/** @verifies chat.moments */
test("a moment is Discord's own time stamp, whole or not at all, and text that looks like one is none", () => {
  const at = 1_767_225_600_500;
  const shown = (spans: Span[]) => markdownPort.render([{ kind: "fact", spans }]);
  const moment = (detail: "ago" | "minute" | "second") => ({ text: "1/1/26", moment: { at, detail } });
  expect(
    shown([
      { text: "a · ", bold: true },
      { ...moment("ago"), bold: true },
    ]),
  ).toBe("**a · **<t:1767225600:R>");
  expect(shown([moment("minute")])).toBe("<t:1767225600:f>");
  expect(shown([moment("second")])).toBe("<t:1767225600:d> <t:1767225600:T>");
  expect(shown([{ text: "<t:1767225600:R>" }])).toBe("\\<t\\:1767225600\\:R\\>");
  for (let most = 1; most < 40; most += 1) {
    const { native } = fitBlocks(
      [{ kind: "fact", spans: [{ text: "ab " }, moment("ago"), { text: " cd" }] }],
      markdownPort,
      most,
    );
    expect(native.replace("<t:1767225600:R>", "")).not.toMatch(/[<>:]/);
  }
});
