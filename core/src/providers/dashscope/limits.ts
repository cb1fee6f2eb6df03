import type { MediaLimits } from "../../media/formats.ts";
import type { EnrollmentModel, PortraitModel } from "./settings.ts";

const mebibyte = 1024 * 1024;

/** A voice's sample, for both kinds of voices. */
export const voiceSample: MediaLimits = {
  kind: "audio",
  maxBytes: 10 * mebibyte,
  durationMs: { min: 1, max: 60_000 },
};

/** The person whose lips are fitted to a recording, and the recording. */
export const lipSyncVideo: MediaLimits = {
  kind: "video",
  formats: ["mp4", "avi", "mov"],
  maxBytes: 300 * mebibyte,
  durationMs: { min: 2000, max: 120_000 },
  shortSidePixels: { min: 640, max: 2048 },
  longSidePixels: { min: 640, max: 2048 },
};
export const lipSyncAudio: MediaLimits = { kind: "audio", maxBytes: 30 * mebibyte };

export const portraitPicture: MediaLimits = { kind: "image", maxBytes: 10 * mebibyte };

/** What makes a picture speak. A length is documented for one model only; the vendor tells the others'. */
export const portraitAudio: Record<PortraitModel, MediaLimits> = {
  "wan2.2-s2v": { kind: "audio", durationMs: { min: 1, max: 20_000 } },
  liveportrait: { kind: "audio" },
  "emo-v1": { kind: "audio" },
};

/** The longest name a voice may be given, in letters and digits; the vendor adds its own part to it. */
export const voiceNameCharacters: Record<EnrollmentModel, number> = {
  "voice-enrollment": 10,
  "qwen-voice-enrollment": 16,
};
