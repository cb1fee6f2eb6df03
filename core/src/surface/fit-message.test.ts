import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitMessage } from "./fit-message.ts";
import type { Message, MessageMedia } from "./message.ts";
import type { SurfaceLimits } from "./surface.ts";

const link = { url: "https://bot.example/links/x", expiresAt: 5 };
const message: Message = { tone: "success", title: "Done", private: false };
const medium = (kind: MessageMedia["kind"], bytes: number): MessageMedia => ({
  assetId: "asset_1",
  kind,
  type: "x/y",
  bytes,
  name: `a.${kind}`,
  alternative: "",
});
const leastEncodeBytes = 500;
const encodeOf = ({ assetId, name, bytes, ...medium }: MessageMedia, maxBytes: number): MessageMedia => ({
  ...{ ...medium, assetId: "asset_2", name: "a.mp3", bytes: maxBytes },
  encodedFrom: { assetId, name, bytes },
});
const fit = (shown: Message, limits: Partial<SurfaceLimits>, reachable = true) =>
  fitMessage(shown, {
    limits: { mediaBytes: 1_000, textCharacters: 1_000, ...limits },
    locale: "en",
    linkTo: async () => (reachable ? link : null),
    smaller: async (shown, maxBytes) => (maxBytes < leastEncodeBytes ? null : encodeOf(shown, maxBytes)),
  });

// @verifies delivered.too-large
describe("media", () => {
  it("that fit stay as they are", async () => {
    const shown = { ...message, media: [medium("image", 1_000), medium("video", 1_000)] };
    expect(await fit(shown, {})).toEqual(shown);
  });

  it("a picture that is too large becomes a smaller encode, with the original's address", async () => {
    const { media } = await fit({ ...message, media: [medium("image", 1_001)] }, {});
    expect(media).toEqual([{ ...medium("image", 1_001), encode: { longestSidePx: 2_048, maxBytes: 1_000 }, link }]);
  });

  it("a video that is too large becomes a link, or a sentence if there is no reachable address", async () => {
    const shown = { ...message, media: [medium("video", 1_001)] };
    expect((await fit(shown, {})).media).toEqual([{ ...medium("video", 1_001), link }]);
    const kept = await fit(shown, {}, false);
    expect(kept.media).toEqual([]);
    expect(kept.lines).toEqual([expect.stringMatching(/^a.video \(1,001 byte\) is larger than the 1,000 byte that/)]);
    const here = { ...link, url: "http://127.0.0.1:4000/links/x" };
    const local = {
      limits: { mediaBytes: 1_000, textCharacters: 1_000 },
      locale: "en",
      linkTo: async () => here,
    } as const;
    expect((await fitMessage(shown, { ...local, smaller: async () => null })).media).toEqual([]);
  });

  it("a recording that is too large becomes a smaller encode, and says so", async () => {
    const shown = { ...message, media: [medium("audio", 1_001)] };
    const linked = await fit(shown, {});
    expect(linked.media).toEqual([{ ...encodeOf(medium("audio", 1_001), 1_000), link }]);
    expect(linked.lines).toEqual([expect.stringMatching(/^a.audio \(1,001 byte\) is larger .* MP3/)]);
    expect((await fit(shown, {}, false)).media).toEqual([encodeOf(medium("audio", 1_001), 1_000)]);
    const tiny = await fit(shown, { mediaBytesByKind: { audio: 499 } }, false);
    expect([tiny.media, tiny.lines]).toEqual([[], [expect.stringContaining("It is kept")]]);
  });
});

// @verifies delivered.too-large
describe("a platform's own limits", () => {
  it("for each kind of medium decide what is sent", async () => {
    const media = [medium("image", 600), medium("video", 600), medium("audio", 1_001)];
    const fitted = await fit({ ...message, media }, { mediaBytesByKind: { image: 500, video: 2_000 } });
    expect(fitted.media).toEqual([
      { ...medium("image", 600), encode: { longestSidePx: 2_048, maxBytes: 500 }, link },
      medium("video", 600),
      { ...encodeOf(medium("audio", 1_001), 1_000), link },
    ]);
  });

  it("for captions apply only if a medium is sent", async () => {
    const lines = ["a".repeat(400)];
    const limits = { textCharacters: 1_000, captionCharacters: 500 };
    const shown = async (media: MessageMedia[]) => (await fit({ ...message, lines, media }, limits)).lines?.[0]?.length;
    expect(await shown([])).toBe(400);
    expect(await shown([medium("video", 1_001)])).toBe(400);
    expect(await shown([medium("image", 1_000)])).toBeLessThan(300);
  });

  it("for buttons keep the most important ones", async () => {
    const actions = ["a", "b", "c"].map((label) => ({ action: label, subject: "", label, style: "plain" as const }));
    expect((await fit({ ...message, actions }, { buttonsPerMessage: 2 })).actions).toEqual(actions.slice(0, 2));
    expect((await fit({ ...message, actions }, {})).actions).toEqual(actions);
  });

  it.each([
    ["characters", (text: string) => [...text].length],
    ["utf16", (text: string) => text.length],
    ["bytes", (text: string) => Buffer.byteLength(text)],
  ] as const)("of text are counted in %s, and no letter is cut", async (textUnit, count) => {
    const letters = fc.constantFrom("a", "好", "😀", "👩‍👩‍👧‍👦", "e\u0301", "🇨🇳");
    await fc.assert(
      fc.asyncProperty(
        fc.array(letters, { maxLength: 300 }),
        fc.integer({ min: 210, max: 900 }),
        async (parts, most) => {
          const { lines = [], title } = await fit(
            { ...message, lines: [parts.join("")] },
            { textCharacters: most, textUnit },
          );
          expect(count(`${title}${lines.join("\n")}`)).toBeLessThanOrEqual(most);
          const whole = [...new Intl.Segmenter().segment(parts.join(""))].map(({ segment }) => segment);
          const shown = [...new Intl.Segmenter().segment((lines[0] ?? "").replace(/…$/, ""))].map(
            ({ segment }) => segment,
          );
          expect(shown).toEqual(whole.slice(0, shown.length));
        },
      ),
    );
  });
});

// @verifies delivered.too-large
describe("text", () => {
  it("that is too long is cut and sent whole as a file", async () => {
    const lines = ["a".repeat(400), "好".repeat(700)];
    const fitted = await fit({ ...message, lines }, {});
    expect(fitted.overflow).toEqual({ name: "text.txt", text: lines.join("\n\n") });
    expect(fitted.lines?.[0]).toBe(lines[0]);
    expect(fitted.lines?.[1]).toMatch(/^好+…$/);
  });

  it("never exceeds its place, and nothing is lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme", maxLength: 300 }), { maxLength: 8 }),
        fc.integer({ min: 300, max: 1_500 }),
        async (lines, textCharacters) => {
          const fitted = await fit({ ...message, lines }, { textCharacters });
          const shown = (fitted.lines ?? []).join("\n");
          expect([...shown].length + [...fitted.title].length).toBeLessThanOrEqual(textCharacters);
          expect(fitted.overflow?.text ?? (fitted.lines ?? []).join("\n\n")).toBe(lines.join("\n\n"));
        },
      ),
    );
  });
});

// @verifies job.recipe
describe("what was asked for", () => {
  const fields = [
    { kind: "asked" as const, label: "Prompt", value: "a".repeat(500) },
    { kind: "asked" as const, label: "Size", value: "512x512" },
    { kind: "cost" as const, label: "Cost", value: "c".repeat(100) },
  ];

  it("is shown whole if it fits", async () => {
    expect(await fit({ ...message, fields }, {})).toEqual({ ...message, fields });
  });

  it("gives way before anything else, the longest of it first", async () => {
    const shown = await fit({ ...message, fields, lines: ["b".repeat(300)] }, { textCharacters: 900 });
    const [prompt, size, cost] = shown.fields ?? [];
    expect([size, cost, shown.lines, shown.overflow]).toEqual([fields[1], fields[2], ["b".repeat(300)], undefined]);
    expect(prompt?.value).toMatch(/^a{100,}…$/);
    expect(JSON.stringify(shown).length).toBeLessThan(900);
  });

  it("keeps a beginning however little room there is", async () => {
    const { fields: shown = [] } = await fit({ ...message, fields, lines: ["b".repeat(3_000)] }, {});
    expect(shown[0]?.value).toMatch(/^a{30,39}…$/);
  });
});

// @verifies delivered.measured
describe("a text that still grows", () => {
  const growing = (text: string) => ({ ...message, growing: true, lines: ["Asked first", text] });

  it("is shown by its end where it does not fit, below what comes before it, and nothing is attached", async () => {
    const fitted = await fit(growing(`${"a".repeat(2_000)}the end`), {});
    expect(fitted.lines?.[0]).toBe("Asked first");
    expect(fitted.lines?.at(-1)).toMatch(/^…a{100,}the end$/);
    expect(fitted.overflow).toBeUndefined();
    expect(await fit(growing("short"), {})).toEqual(growing("short"));
  });

  it("fits exactly in every unit, and no letter is cut", async () => {
    const lengths = {
      characters: (text: string) => [...text].length,
      utf16: (text: string) => text.length,
      bytes: (text: string) => Buffer.byteLength(text),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 400 }),
        fc.integer({ min: 215, max: 500 }),
        fc.constantFrom("characters", "utf16", "bytes"),
        async (text, textCharacters, textUnit) => {
          const shown = { ...message, growing: true, lines: [text] };
          const { lines = [] } = await fit(shown, { textCharacters, textUnit });
          const [line = ""] = lines;
          expect(lengths[textUnit](line) + 1).toBeLessThanOrEqual(Math.max(1, textCharacters - 200 - 4));
          expect(text.endsWith(line.replace(/^…/, ""))).toBe(true);
          expect(line).toBe(line.toWellFormed());
        },
      ),
    );
  });
});
