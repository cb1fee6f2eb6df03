import type { MediaLimits } from "../../media/formats.ts";
import type { EnrollmentModel, PortraitModel } from "./settings.ts";

const mebibyte = 1024 * 1024;

const sample: MediaLimits = {
  kind: "audio",
  formats: ["wav", "mp3", "m4a"],
  maxBytes: 10 * mebibyte,
  // The vendor refuses less than three seconds of speech.
  durationMs: { min: 3000, max: 60_000 },
};

/** A voice's sample, by the model that makes the voice. */
export const voiceSample: Record<EnrollmentModel, MediaLimits> = {
  "voice-enrollment": { ...sample, minSampleRateHz: 16_000 },
  "qwen-voice-enrollment": { ...sample, minSampleRateHz: 24_000 },
};

/** The person whose lips are fitted to a recording, and the recording. */
export const lipSyncVideo: MediaLimits = {
  kind: "video",
  // The vendor accepts AVI as well, but we could not check anything about it.
  formats: ["mp4", "mov"],
  codecs: ["avc", "hevc"],
  maxBytes: 300 * mebibyte,
  durationMs: { min: 2000, max: 120_000 },
  shortSidePixels: { min: 640, max: 2048 },
  longSidePixels: { min: 640, max: 2048 },
  framesPerSecond: { min: 15, max: 60 },
};
export const lipSyncAudio: MediaLimits = {
  kind: "audio",
  formats: ["wav", "mp3", "aac"],
  maxBytes: 30 * mebibyte,
  durationMs: { min: 2000, max: 120_000 },
};

const picture = { kind: "image", formats: ["jpg", "png", "bmp", "webp"], maxBytes: 10 * mebibyte } as const;
const largePicture: MediaLimits = {
  ...picture,
  shortSidePixels: { min: 400, max: 7000 },
  longSidePixels: { min: 400, max: 7000 },
};

/** The picture that is made to speak. */
export const portraitPicture: Record<PortraitModel, MediaLimits> = {
  "wan2.2-s2v": largePicture,
  liveportrait: { ...picture, longSidePixels: { min: 1, max: 4096 } },
  "emo-v1": largePicture,
};

const recording = { kind: "audio", formats: ["wav", "mp3"], maxBytes: 15 * mebibyte } as const;

/** The recording that makes a picture speak. */
export const portraitAudio: Record<PortraitModel, MediaLimits> = {
  "wan2.2-s2v": { ...recording, durationMs: { min: 1, max: 20_000 } },
  liveportrait: { ...recording, durationMs: { min: 1000, max: 300_000 } },
  "emo-v1": { ...recording, durationMs: { min: 1, max: 60_000 } },
};

/**
 * The longest text of one call, by model. CosyVoice counts as it charges, according to its document; Qwen's does not
 * say, so we use UTF-16 units, the stricter reading of "characters".
 */
export const maxSpokenCharacters = { cosyvoice: 20_000, qwen: 600 } as const;

/** The longest name of a voice, in letters and digits; the vendor adds to it. */
export const voiceNameCharacters: Record<EnrollmentModel, number> = {
  "voice-enrollment": 10,
  "qwen-voice-enrollment": 16,
};

/** What a question may be about; it travels within the request, which the vendor limits to 10 MB of text. */
export const seenPicture: MediaLimits = {
  kind: "image",
  formats: ["jpg", "png", "bmp", "webp"],
  maxBytes: 7 * mebibyte,
  // The vendor refuses sides of 10 pixels and less.
  shortSidePixels: { min: 11, max: 100_000 },
};
