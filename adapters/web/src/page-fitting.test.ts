import type { ToolDescription } from "@toolcast/core/surface";
import { expect, it } from "vitest";
import { couldFit, placesFor } from "../page/fitting.ts";

const video = {
  kind: "video" as const,
  bytes: 100,
  extension: "mp4",
  codec: "avc",
  durationMs: 5_000,
  width: 720,
  height: 1280,
};

it.each([
  [{}, true],
  [{ formats: ["mov", "mp4"] }, true],
  [{ formats: ["mov"] }, false],
  [{ codecs: ["hevc"] }, false],
  [{ maxBytes: 100 }, true],
  [{ maxBytes: 99 }, false],
  [{ durationMs: { min: 5_000, max: 5_000 } }, true],
  [{ durationMs: { min: 5_001, max: 9_000 } }, false],
  [{ durationMs: { min: 0, max: 4_999 } }, false],
  [{ shortSidePixels: { min: 720, max: 720 }, longSidePixels: { min: 1280, max: 1280 } }, true],
  [{ shortSidePixels: { min: 721, max: 2_000 } }, false],
  [{ longSidePixels: { min: 0, max: 1_279 } }, false],
])("a video within %j: %s", (limits, fits) => {
  expect(couldFit({ kind: "video", ...limits }, video)).toBe(fits);
});

it("leaves unknown facts to core, and accepts no other kind", () => {
  const limits = { kind: "audio" as const, formats: ["wav"], durationMs: { min: 1, max: 2 } };
  expect(couldFit(limits, { kind: "audio", bytes: 1 })).toBe(true);
  expect(couldFit(limits, { kind: "image", bytes: 1 })).toBe(false);
  expect(couldFit(undefined, video)).toBe(false);
});

it("finds every input of any tool that takes a medium", () => {
  const field = (name: string, kind: "image" | "video") => ({ name, kind: "media", limits: { kind } });
  const tools = [
    { name: "one", fields: [field("face", "image"), field("clip", "video"), { name: "text", kind: "text" }] },
    { name: "two", fields: [field("film", "video")] },
  ] as unknown as ToolDescription[];
  expect(placesFor(video, tools).map((place) => `${place.tool.name}.${place.field.name}`)).toEqual([
    "one.clip",
    "two.film",
  ]);
});
