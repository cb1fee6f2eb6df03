import type { MediaLimits } from "../../media/formats.ts";
import type { EnrollmentModel, PortraitModel } from "./settings.ts";

const mebibyte = 1024 * 1024;

const sample: MediaLimits = {
  kind: "audio",
  formats: ["wav", "mp3", "m4a"],
  maxBytes: 10 * mebibyte,
  // Less than three seconds of speech are refused.
  durationMs: { min: 3000, max: 60_000 },
};

/** A voice's sample, by what makes the voice. */
export const voiceSample: Record<EnrollmentModel, MediaLimits> = {
  "voice-enrollment": { ...sample, minSampleRateHz: 16_000 },
  "qwen-voice-enrollment": { ...sample, minSampleRateHz: 24_000 },
};

/** The person whose lips are fitted to a recording, and the recording. */
export const lipSyncVideo: MediaLimits = {
  kind: "video",
  // The vendor takes AVI as well; nothing about one could be checked here.
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

/** What makes a picture speak. */
export const portraitAudio: Record<PortraitModel, MediaLimits> = {
  "wan2.2-s2v": { ...recording, durationMs: { min: 1, max: 20_000 } },
  liveportrait: { ...recording, durationMs: { min: 1000, max: 300_000 } },
  "emo-v1": { ...recording, durationMs: { min: 1, max: 60_000 } },
};

/**
 * The longest text of one call, by what speaks it. CosyVoice is documented to count as it charges; for Qwen, which says
 * nothing of that, UTF-16 units are the stricter reading of "characters".
 */
export const maxSpokenCharacters = { cosyvoice: 20_000, qwen: 600 } as const;

/** The longest name a voice may be given, in letters and digits; the vendor adds its own part to it. */
export const voiceNameCharacters: Record<EnrollmentModel, number> = {
  "voice-enrollment": 10,
  "qwen-voice-enrollment": 16,
};
