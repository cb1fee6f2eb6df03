import type { MediaLimits } from "../../media/formats.ts";
import type { VoiceTier } from "../operation.ts";

const mebibyte = 1024 * 1024;

/** What drives a person in a video (document 003, 1.1). */
export const drivingAudio: MediaLimits = {
  kind: "audio",
  formats: ["mp3", "m4a", "wav"],
  maxBytes: 100 * mebibyte,
  durationMs: { min: 5000, max: 30 * 60_000 },
};

/** The person to animate (document 003, 1.1): H.264 from 360p to 4K, including the wider cinema format. */
export const personVideo: MediaLimits = {
  kind: "video",
  formats: ["mp4", "mov"],
  codecs: ["avc"],
  maxBytes: 500 * mebibyte,
  durationMs: { min: 10_000, max: 300_000 },
  shortSidePixels: { min: 360, max: 2160 },
  longSidePixels: { min: 360, max: 4096 },
};

/** A voice's sample. No length is documented for it; formats and size are those for all audio at this vendor. */
export const voiceSample: MediaLimits = {
  kind: "audio",
  formats: drivingAudio.formats,
  maxBytes: drivingAudio.maxBytes,
};

/** Both counted in UTF-16 units, as Java counts: the stricter reading of "characters". */
export const maxTextCharacters = 10_000;
export const maxTitleCharacters = 20;

/** The ratios a LITE voice allows, both ends included (document 003, 3.4). None are stated for PRO. */
export const liteRatios = {
  speed: { min: 0.1, max: 1.9 },
  pitch: { min: 0.1, max: 10 },
  volume: { min: 0.1, max: 10 },
} as const;

/** The default kind of voice, because it can speak other languages. */
export const defaultTier: VoiceTier = "lite";
