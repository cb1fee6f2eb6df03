/** A model of `video-generation/video-synthesis`. */
export interface VideoModel {
  /** Whether it makes videos from words, or from a picture that they begin with. */
  from: "words" | "picture";
  /** How its size and its first frame are asked for, and how it counts in its answer. */
  edition: "2.5" | "2.6" | "2.7";
  /** Longer prompts are cut off silently. */
  promptCharacters: number;
  /** In seconds: a range, both ends included, or a list. */
  durations: { least: number; most: number } | readonly number[];
  resolutions: readonly Resolution[];
  /** Each side of the first frame in pixels, inclusive, and its size. */
  picture: { least: number; most: number; megabytes: number };
}

export type Resolution = "480P" | "720P" | "1080P";

export interface Shape {
  resolution: Resolution;
  ratio: string;
  width: number;
  height: number;
}

const shape = (resolution: Resolution, ratio: string, width: number, height: number): Shape => ({
  resolution,
  ratio,
  width,
  height,
});

/** Every size there is, by resolution and aspect ratio. */
export const videoShapes: readonly Shape[] = [
  shape("480P", "16:9", 832, 480),
  shape("480P", "9:16", 480, 832),
  shape("480P", "1:1", 624, 624),
  shape("720P", "16:9", 1280, 720),
  shape("720P", "9:16", 720, 1280),
  shape("720P", "1:1", 960, 960),
  shape("720P", "4:3", 1088, 832),
  shape("720P", "3:4", 832, 1088),
  shape("1080P", "16:9", 1920, 1080),
  shape("1080P", "9:16", 1080, 1920),
  shape("1080P", "1:1", 1440, 1440),
  shape("1080P", "4:3", 1632, 1248),
  shape("1080P", "3:4", 1248, 1632),
];

const wan25 = {
  edition: "2.5",
  promptCharacters: 1500,
  durations: [5, 10],
  resolutions: ["480P", "720P", "1080P"],
  picture: { least: 360, most: 2000, megabytes: 10 },
} as const;
const wan26 = {
  ...wan25,
  edition: "2.6",
  durations: { least: 2, most: 15 },
  resolutions: ["720P", "1080P"],
} as const;
const wan27 = {
  ...wan26,
  edition: "2.7",
  promptCharacters: 5000,
  picture: { least: 240, most: 8000, megabytes: 20 },
} as const;

export const videoModels: ReadonlyMap<string, VideoModel> = new Map([
  ["wan2.5-t2v-preview", { from: "words", ...wan25 }],
  ["wan2.5-i2v-preview", { from: "picture", ...wan25 }],
  ["wan2.6-t2v", { from: "words", ...wan26 }],
  ["wan2.6-i2v", { from: "picture", ...wan26 }],
  ["wan2.6-i2v-flash", { from: "picture", ...wan26 }],
  ["wan2.7-t2v", { from: "words", ...wan27 }],
  ["wan2.7-i2v", { from: "picture", ...wan27 }],
]);
