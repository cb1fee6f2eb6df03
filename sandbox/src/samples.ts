import { fileURLToPath } from "node:url";

/** Small media of our own for people who have none at hand, as absolute paths. */
export const samples: {
  /** H.264 MP4, 12 s, 1138x640: a drawn face looking around. */
  video: string;
  /** WAV, 8 s, 24 kHz mono: a synthetic voice in English. */
  voice: string;
} = {
  video: fileURLToPath(new URL("../assets/sample-face.mp4", import.meta.url)),
  voice: fileURLToPath(new URL("../assets/sample-voice.wav", import.meta.url)),
};
