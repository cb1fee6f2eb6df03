import type { SizeRule } from "./image-sizes.ts";

export interface ImageModel {
  /** The most pictures of one call, and the default number. */
  pictures: { most: number; usual: number };
  size: SizeRule;
  usualSize: string;
}

const qwenSizes: SizeRule = {
  kind: "listed",
  sizes: ["1664*928", "1472*1140", "1328*1328", "1140*1472", "928*1664"],
};
const wan: ImageModel = {
  pictures: { most: 4, usual: 4 },
  size: { kind: "sides", least: 512, most: 1440 },
  usualSize: "1024*1024",
};
const qwen: ImageModel = { pictures: { most: 1, usual: 1 }, size: qwenSizes, usualSize: "1328*1328" };
const qwen2: ImageModel = {
  pictures: { most: 6, usual: 1 },
  size: { kind: "area", least: 512 * 512, most: 2048 * 2048, ratio: 8 },
  usualSize: "1328*1328",
};
const wan26: ImageModel = {
  pictures: { most: 4, usual: 4 },
  size: { kind: "area", least: 1280 * 1280, most: 1440 * 1440, ratio: 4 },
  usualSize: "1280*1280",
};

/** Models of `text2image/image-synthesis`. */
export const taskImageModels: ReadonlyMap<string, ImageModel> = new Map([
  ["wanx2.0-t2i-turbo", wan],
  ["wanx2.1-t2i-turbo", wan],
  ["wanx2.1-t2i-plus", wan],
  ["wan2.2-t2i-flash", wan],
  ["wan2.2-t2i-plus", wan],
  ["wan2.5-t2i-preview", wan],
  ["qwen-image", qwen],
  ["qwen-image-plus", qwen],
]);

/** Models of `image-generation/generation`: requested by message, as a task. */
export const messageTaskImageModels: ReadonlyMap<string, ImageModel> = new Map([["wan2.6-t2i", wan26]]);

/** Models of `multimodal-generation/generation` that make pictures. */
export const messageImageModels: ReadonlyMap<string, ImageModel> = new Map([
  ["qwen-image", qwen],
  ["qwen-image-plus", qwen],
  ["qwen-image-max", qwen],
  ["qwen-image-2.0", qwen2],
  ["qwen-image-2.0-pro", qwen2],
  ["wan2.6-t2i", wan26],
]);
