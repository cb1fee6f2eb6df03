import type { Message } from "@toolcast/core";
import {
  type Block,
  type BlockKind,
  blockText,
  describeMessage,
  fitBlocks,
  plainText,
  type Span,
  type TextPort,
} from "@toolcast/core/chat";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type EntityText,
  entityPort,
  joiner,
  mrkdwnPort,
  type RichTextBlock,
  readable,
  readableBlocks,
  richTextPort,
} from "../doubles/text-ports.ts";
import { withAutomaticEntities } from "../fakes/telegram/automatic-entities.ts";
import type { FormattedText } from "../fakes/telegram/world.ts";
import { verifies } from "../verifies.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const graphemes = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

const kinds: BlockKind[] = ["title", "paragraph", "quote", "progress", "unsent", "fact", "note"];
/** Text that platforms would take for markup, mentions and links, and letters of several code units. */
const foreign = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."*_~`|<>[]()@#:-+.>&/$1 \n\r\u202e\u0000ab中😀", "👩‍👩‍👧‍👦", "e\u0301", "🇨🇳", "\ud800"),
      fc.constantFrom(
        "<!channel>",
        "<@U1>",
        "@everyone",
        "https://evil.example/x",
        "/cancel",
        "&amp;",
        "t.me/x",
        "`code`",
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));
const span: fc.Arbitrary<Span> = fc.record(
  { text: foreign, bold: fc.boolean(), code: fc.boolean(), link: fc.constant("https://toolcast.example/x") },
  { requiredKeys: ["text"] },
);
const blocks: fc.Arbitrary<Block[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), spans: fc.array(span, { maxLength: 4 }) }),
  { maxLength: 8 },
);

/** What a person reads of a native text, and the parts with a style of their own. */
interface Reading<Native> {
  port: TextPort<Native>;
  /** How much a platform has room for. */
  rooms: fc.Arbitrary<number>;
  read(native: Native): string;
}

const entities: Reading<EntityText> = {
  port: entityPort,
  rooms: fc.integer({ min: 1, max: 400 }),
  read: ({ text }) => readable(text),
};
const richText: Reading<RichTextBlock> = {
  port: richTextPort,
  rooms: fc.integer({ min: 1, max: 400 }),
  read: ({ elements }) => elements.flatMap((section) => section.elements.map(({ text }) => text)).join(""),
};

describe.each([
  ["a text with entities", entities as Reading<unknown>],
  ["rich text blocks", richText as Reading<unknown>],
])("%s", (_, { port, rooms, read }) => {
  test("uses the available room, splits no character, and says when something is missing", () => {
    verifies("delivered.measured");
    fc.assert(
      fc.property(blocks, rooms, (said, most) => {
        const { native, isWhole } = fitBlocks(said, port, most);
        expect(port.measure(native)).toBeLessThanOrEqual(most);
        const shown = read(native);
        expect(shown.isWellFormed()).toBe(true);
        const full = said.filter((block) => readableBlocks([block]).trim() !== "");
        if (isWhole) {
          expect(shown).toBe(readableBlocks(full) || "–");
          return;
        }
        const whole = new Set(graphemes(readableBlocks(full)));
        for (const letter of graphemes(shown.replaceAll(/…|–/g, "\n"))) {
          expect(letter === "\n" || whole.has(letter), JSON.stringify(letter)).toBe(true);
        }
      }),
    );
  });
});

test.each(["", " \n", "\u0000", "\u202e \u0007"])(
  "a message of nothing that can be seen still has a text: %j",
  (text) => {
    verifies("delivered.measured");
    const said: Block[] = kinds.map((kind) => ({ kind, spans: [{ text }] }));
    expect(fitBlocks(said, entityPort, 400)).toEqual({ native: { text: "–", entities: [] }, isWhole: true });
    expect(richText.read(fitBlocks(said, richTextPort, 400).native)).toBe("–");
  },
);

test("entities cover whole characters of the text, and foreign text creates none", () => {
  verifies("delivered.measured", "safe.inert-text");
  fc.assert(
    fc.property(blocks, fc.integer({ min: 1, max: 400 }), (said, most) => {
      const { text, entities: marked } = fitBlocks(said, entityPort, most).native;
      for (const { type, offset, length, url } of marked) {
        const inside = text.slice(offset, offset + length);
        expect([inside.length, inside.isWellFormed()]).toEqual([length, true]);
        expect(text.slice(0, offset).isWellFormed()).toBe(true);
        expect(url === undefined || said.some(({ spans }) => spans.some(({ link }) => link === url))).toBe(true);
        expect(type === "text_link").toBe(url !== undefined);
      }
      const formatted = { text, entities: marked as FormattedText["entities"] };
      expect(withAutomaticEntities(formatted).entities).toHaveLength(marked.length);
    }),
  );
});

test("rich text contains only text and our own links", () => {
  verifies("safe.inert-text");
  fc.assert(
    fc.property(blocks, (said) => {
      const { native } = fitBlocks(said, richTextPort, 3_000);
      for (const element of native.elements.flatMap((section) => section.elements)) {
        expect(["text", "link"]).toContain(element.type);
        expect(element.text.isWellFormed() && !/\u202e|\p{Cc}/u.test(element.text.replaceAll("\n", ""))).toBe(true);
        expect("url" in element ? element.url : "https://toolcast.example/x").toBe("https://toolcast.example/x");
      }
    }),
  );
});

test("a port with several limits measures the fuller one, and escapes are never cut", () => {
  verifies("delivered.measured", "safe.inert-text");
  const long = fc.array(
    fc.record({ kind: fc.constantFrom(...kinds), spans: fc.array(span, { minLength: 1, maxLength: 3 }) }),
    {
      minLength: 1,
      maxLength: 70,
    },
  );
  fc.assert(
    fc.property(long, fc.integer({ min: 1, max: 60 }), (said, times) => {
      const repeated = said.map(({ kind, spans }) => ({
        kind,
        spans: spans.map((one) => ({ ...one, text: one.text.repeat(one.code ? 1 : times) })),
      }));
      const { native } = fitBlocks(repeated, mrkdwnPort, 1);
      expect(native.length).toBeLessThanOrEqual(50);
      for (const { text } of native) {
        expect([...text.text].length).toBeLessThanOrEqual(3_000);
        expect(text.text.replaceAll(/&(amp|lt|gt);/g, "")).not.toMatch(/[<>&]/);
      }
    }),
    { numRuns: 40 },
  );
});

const message: Message = { tone: "success", title: "Done: Speak", private: false };

test("facts, notes and work in progress keep their room; paragraphs are cut, the last first", () => {
  verifies("delivered.measured");
  const said = describeMessage(
    {
      ...message,
      lines: ["First. ".repeat(20), "Second. ".repeat(20)],
      fields: [
        { label: "Voice", value: "Xiaolin" },
        { label: "Job", value: "job_1", copyable: true },
      ],
    },
    { locale: "en", note: "Press the button." },
  );
  const { native, isWhole } = fitBlocks(said, entityPort, 160);
  expect(isWhole).toBe(false);
  const [title, first, facts, note, ...more] = readable(native.text).split("\n\n");
  expect([title, facts, note, more]).toEqual(["Done: Speak", "Voice: Xiaolin\nJob: job_1", "Press the button.", []]);
  expect(first).toMatch(/^(First\. )+.*…$/);
});

test("anything worth copying is shown whole or not at all", () => {
  verifies("delivered.measured");
  const id = `job_${"x".repeat(22)}`;
  const said = describeMessage({ ...message, fields: [{ label: "Job", value: id, copyable: true }] }, { locale: "en" });
  for (let most = 1; most < 60; most += 1) {
    const { text, entities: marked } = fitBlocks(said, entityPort, most).native;
    const copied = marked
      .filter(({ type }) => type === "code")
      .map(({ offset, length }) => text.slice(offset, offset + length));
    expect(copied).toEqual(text.includes("x") ? [id] : []);
  }
});

test("a message that fits is rendered once, and one that does not at most log2 of its length times", () => {
  verifies("delivered.measured");
  const renders = { count: 0 };
  const counted: TextPort<string> = {
    render(said) {
      renders.count += 1;
      return said.map(blockText).join("\n");
    },
    measure: (text) => text.length,
  };
  fitBlocks(describeMessage(message, { locale: "en" }), counted, 4_000);
  expect(renders.count).toBe(1);
  for (const length of [5_000, 50_000]) {
    renders.count = 0;
    const lines = ["a".repeat(length)];
    expect(fitBlocks(describeMessage({ ...message, lines }, { locale: "en" }), counted, 4_000).native).toHaveLength(
      4_000,
    );
    expect(renders.count).toBeLessThanOrEqual(3 + Math.ceil(Math.log2(length + message.title.length)));
  }
});

test("media that are not sent are named, with their address until it expires", () => {
  verifies("delivered.too-large");
  const film = {
    assetId: "a",
    kind: "video" as const,
    type: "video/mp4",
    bytes: 90_000_000,
    name: "film.mp4",
    alternative: "",
  };
  const link = { url: "https://toolcast.example/film", expiresAt: Date.UTC(2026, 0, 8) };
  const unsent = [film, { ...film, name: "sea.mp4", link }];
  const texts = (locale: "en" | "zh-CN") => describeMessage(message, { locale, unsent }).map(blockText).slice(1);
  expect(texts("en")).toEqual([
    "film.mp4 (90 MB) could not be sent here. It is kept: an operator can open it in the web console, or set PUBLIC_URL, and the job then shows a link to it.",
    "The link to sea.mp4 works until Jan 8, 2026, 12:00 AM UTC.",
  ]);
  expect(texts("zh-CN")[1]).toBe("sea.mp4 的链接有效期至 2026年1月8日 00:00 UTC。");
  const linked = describeMessage(message, { locale: "en", unsent, linkedNames: true }).at(-1);
  expect(linked?.spans[1]).toEqual({ text: "sea.mp4", link: link.url });
});

test("the whole message as a file has every paragraph and fact, and no markup", () => {
  verifies("delivered.too-large");
  const whole = {
    ...message,
    lines: ["cut…"],
    overflow: { name: "text.txt", text: "*all*\n\nof it" },
    fields: [
      { label: "A", value: "1", copyable: true },
      { label: "B", value: "2" },
    ],
  };
  expect(plainText(whole, "en")).toBe("Done: Speak\n\n*all*\n\nof it\n\nA: 1\nB: 2");
  expect(joiner).toHaveLength(1);
});
