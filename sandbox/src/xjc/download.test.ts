import { expect, test } from "vitest";
import { probe } from "../media/probe.ts";
import { samples } from "../samples.ts";
import { XjcRefusal } from "./codes.ts";
import { requireUsableAudio, requireUsableVideo } from "./download.ts";

function codeOf(act: () => void): number {
  try {
    act();
  } catch (cause) {
    if (cause instanceof XjcRefusal) return cause.code;
    throw cause;
  }
  return 0;
}

test.each([
  [5000, 0],
  [4999, 20014],
  [1_800_000, 0],
  [1_800_001, 20014],
])("a sound of %i ms: %i", (durationMs, code) => {
  expect(codeOf(() => requireUsableAudio({ kind: "audio", format: "wav", sampleRateHz: 16_000, durationMs }))).toBe(
    code,
  );
});

test("AAC is not one of the documented formats", () => {
  const sound = { kind: "audio", format: "aac", sampleRateHz: 16_000, durationMs: 8000 } as const;
  expect(codeOf(() => requireUsableAudio(sound))).toBe(20010);
});

const video = {
  kind: "video",
  format: "mp4",
  codec: "avc",
  width: 640,
  height: 360,
  durationMs: 12_000,
  framesPerSecond: 15,
} as const;

test.each([
  [{}, 0],
  [{ codec: "hevc" }, 20026],
  [{ height: 359 }, 20022],
  [{ width: 360, height: 640 }, 0],
  [{ width: 4096, height: 2160 }, 0],
  [{ width: 4097, height: 2160 }, 20022],
  [{ width: 2161, height: 2161 }, 20022],
  [{ durationMs: 10_000 }, 0],
  [{ durationMs: 9999 }, 20014],
  [{ durationMs: 300_000 }, 0],
  [{ durationMs: 300_001 }, 20014],
])("a video with %j: %i", (changes, code) => {
  expect(codeOf(() => requireUsableVideo({ ...video, ...changes }))).toBe(code);
});

test("the shipped samples pass", async () => {
  const [face, voice] = [await probe(samples.video), await probe(samples.voice)];
  expect(face).toEqual({ ...video, width: 1138, height: 640 });
  requireUsableVideo(face);
  requireUsableAudio(voice);
});
