import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitMessage } from "./fit-message.ts";
import type { Message, MessageMedia } from "./message.ts";

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
const fit = (shown: Message, limits: { mediaBytes?: number; textCharacters?: number }, reachable = true) =>
  fitMessage(shown, {
    limits: { mediaBytes: 1_000, textCharacters: 1_000, ...limits },
    locale: "en",
    linkTo: async () => (reachable ? link : null),
  });

// @verifies delivered.too-large
describe("media", () => {
  it("that fit stay as they are", async () => {
    const shown = { ...message, media: [medium("image", 1_000), medium("video", 1_000)] };
    expect(await fit(shown, {})).toEqual(shown);
  });

  it("a picture too large becomes a smaller encode, with the original's address", async () => {
    const { media } = await fit({ ...message, media: [medium("image", 1_001)] }, {});
    expect(media).toEqual([{ ...medium("image", 1_001), encode: { longestSidePx: 2_048, maxBytes: 1_000 }, link }]);
  });

  it("a recording too large becomes a link, or a sentence where nothing can be reached", async () => {
    const shown = { ...message, media: [medium("video", 1_001)] };
    expect((await fit(shown, {})).media).toEqual([{ ...medium("video", 1_001), link }]);
    const kept = await fit(shown, {}, false);
    expect(kept.media).toEqual([]);
    expect(kept.lines).toEqual(["a.video (1,001 byte) is too large for this place. It is kept with the job."]);
  });
});

// @verifies delivered.too-large
describe("text", () => {
  it("too long is cut and goes along whole as a file", async () => {
    const lines = ["a".repeat(400), "好".repeat(700)];
    const fitted = await fit({ ...message, lines }, {});
    expect(fitted.overflow).toEqual({ name: "text.txt", text: lines.join("\n\n") });
    expect(fitted.lines?.[0]).toBe(lines[0]);
    expect(fitted.lines?.[1]).toMatch(/^好+…$/);
  });

  it("never exceeds its place, and nothing of it is lost", async () => {
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
