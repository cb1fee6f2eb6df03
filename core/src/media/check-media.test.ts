import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ToolcastError } from "../errors/errors.ts";
import { say } from "../messages/sentence.ts";
import { checkMedia } from "./check-media.ts";
import type { MediaLimits } from "./formats.ts";
import type { MediaFacts } from "./media.ts";

const video: MediaFacts = {
  kind: "video",
  type: "video/mp4",
  extension: "mp4",
  bytes: 1000,
  durationMs: 20_000,
  width: 640,
  height: 480,
  codec: "avc",
  framesPerSecond: 29.97,
};

/** The key of the refusal, or null if the medium passes. */
function said(asset: MediaFacts, limits: Omit<MediaLimits, "kind">): string | null {
  try {
    checkMedia(asset, { kind: "video", ...limits }, "video");
    return null;
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    const { sentence, field, kind } = error.failure;
    expect([kind, field]).toEqual(["usage", "video"]);
    for (const locale of ["en", "zh-CN"] as const) {
      expect(say(sentence, locale)).not.toMatch(/[{}]/);
    }
    return "key" in sentence ? sentence.key : "";
  }
}

const bounds = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 1_000_000 }))
  .map(([min, more]) => ({ min, max: min + more }));

describe("checkMedia", () => {
  it("without limits accepts everything of the right kind and nothing of another", () => {
    expect(said({ kind: "video", type: "x/y", extension: "x", bytes: 1e12 }, {})).toBeNull();
    expect(said({ ...video, kind: "audio" }, {})).toBe("media.kind");
  });

  it("names format and codec", () => {
    expect(said(video, { formats: ["mp4", "mov"], codecs: ["avc"] })).toBeNull();
    expect(said({ ...video, extension: "webm" }, { formats: ["mp4", "mov"] })).toBe("media.format");
    expect(said({ ...video, codec: "hevc" }, { codecs: ["avc"] })).toBe("media.codec");
    expect(said({ ...video, codec: undefined }, { codecs: ["avc"] })).toBe("media.codec");
  });

  it("treats a limit as exceeded when the fact to check it is missing", () => {
    const range = { min: 1, max: 2 };
    expect(said({ ...video, durationMs: undefined }, { durationMs: range })).toBe("media.unknown-duration");
    expect(said({ ...video, width: undefined }, { shortSidePixels: range })).toBe("media.unknown-size");
    expect(said({ ...video, height: undefined }, { longSidePixels: range })).toBe("media.unknown-size");
    const rate = said({ ...video, framesPerSecond: undefined }, { framesPerSecond: range });
    expect(rate).toBe("media.unknown-frame-rate");
    expect(said(video, { minSampleRateHz: 1 })).toBe("media.unknown-sample-rate");
  });

  // @verifies spending.limits-first
  it("size: the limit itself passes, one byte more does not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (maxBytes) => {
        expect(said({ ...video, bytes: maxBytes }, { maxBytes })).toBeNull();
        expect(said({ ...video, bytes: maxBytes + 1 }, { maxBytes })).toBe("media.too-large");
      }),
    );
  });

  it("length: both limits pass, a millisecond beyond either does not", () => {
    fc.assert(
      fc.property(bounds, (durationMs) => {
        const at = (value: number) => said({ ...video, durationMs: value }, { durationMs });
        expect([at(durationMs.min), at(durationMs.max)]).toEqual([null, null]);
        expect([at(durationMs.min - 1), at(durationMs.max + 1)]).toEqual(["media.too-short", "media.too-long"]);
      }),
    );
  });

  // @verifies spending.limits-first
  it("frames per second: what a camera calls 60 passes, one more does not", () => {
    const at = (framesPerSecond: number) =>
      said({ ...video, framesPerSecond }, { framesPerSecond: { min: 15, max: 60 } });
    expect([14.98, 15, 23.976, 59.94, 60.04].map(at)).toEqual([null, null, null, null, null]);
    expect([14, 14.4, 61, 120].map(at)).toEqual(Array(4).fill("media.frame-rate"));
  });

  // @verifies spending.limits-first
  it("sample rate: the limit itself passes, one hertz less does not", () => {
    const at = (sampleRateHz: number) => said({ ...video, sampleRateHz }, { minSampleRateHz: 16_000 });
    expect([at(16_000), at(48_000), at(15_999)]).toEqual([null, null, "media.sample-rate"]);
  });

  it("sides: both limits pass, a pixel beyond either does not, in portrait and landscape", () => {
    fc.assert(
      fc.property(bounds, fc.boolean(), (range, stands) => {
        const at = (short: number, long: number, limits: Omit<MediaLimits, "kind">) =>
          said({ ...video, ...(stands ? { width: short, height: long } : { width: long, height: short }) }, limits);
        const far = range.max + 1;
        for (const side of [range.min, range.max]) {
          expect(at(side, far, { shortSidePixels: range })).toBeNull();
          expect(at(0, side, { longSidePixels: range })).toBeNull();
        }
        for (const side of [range.min - 1, range.max + 1]) {
          expect(at(side, far, { shortSidePixels: range })).toBe("media.short-side");
          expect(at(0, side, { longSidePixels: range })).toBe("media.long-side");
        }
      }),
    );
  });
});
