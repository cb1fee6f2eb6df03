import type { SizeRule } from "./image-sizes.ts";

export interface ImageModel {
  /** The most pictures of one call, and the default number. */
  pictures: { most: number; usual: number };
  /** Longer prompts are cut off silently. */
  promptCharacters: number;
  size: SizeRule;
  usualSize: string;
  /** It has no parameter for what not to show. */
  hasNoNegatives?: true;
  /** It makes pictures from words alone only among text, one order at a time, up to `max_images` of them. */
  needsInterleave?: true;
  /** It only changes given pictures. */
  onlyEdits?: true;
  /** How it changes given pictures; absent: it takes none. */
  editing?: Editing;
}

export interface Editing {
  /** The most pictures that it may be given. */
  mostPictures: number;
  /** Each side of a given picture in pixels, inclusive; absent: any. */
  sides?: { least: number; most: number };
  megabytes: number;
  /** The most results of one call. */
  most: number;
  /** Absent: the result's size cannot be asked for. Without a size, it has the shape of the last picture. */
  size?: SizeRule;
}

/** The five sizes of the first Qwen models; an earlier edition of the document had the last two instead. */
const qwenSizes: SizeRule = {
  kind: "listed",
  sizes: ["1664*928", "1472*1104", "1328*1328", "1104*1472", "928*1664", "1472*1140", "1140*1472"],
};
const fourPictures = { pictures: { most: 4, usual: 4 }, promptCharacters: 800 };
const squares = { "1K": 1024, "2K": 2048, "4K": 4096 } as const;

const wan: ImageModel = {
  ...fourPictures,
  size: { kind: "sides", least: 512, most: 1440 },
  usualSize: "1024*1024",
};
const wan25: ImageModel = {
  ...fourPictures,
  promptCharacters: 2000,
  size: { kind: "area", least: 768 * 768, most: 1440 * 1440, ratio: 4 },
  usualSize: "1280*1280",
};
const wan26: ImageModel = {
  ...fourPictures,
  promptCharacters: 2100,
  size: {
    kind: "area",
    least: 1280 * 1280,
    most: 1440 * 1440,
    ratio: 4,
    // Recommended, although they have slightly fewer pixels.
    also: ["1104*1472", "1472*1104", "960*1696", "1696*960"],
  },
  usualSize: "1280*1280",
};
const wan26Image: ImageModel = {
  pictures: { most: 1, usual: 1 },
  promptCharacters: 2000,
  size: { kind: "area", least: 768 * 768, most: 1280 * 1280, ratio: 4 },
  usualSize: "1280*1280",
  needsInterleave: true,
  editing: {
    mostPictures: 4,
    sides: { least: 384, most: 5000 },
    megabytes: 10,
    most: 4,
    size: { kind: "area", least: 768 * 768, most: 1280 * 1280, ratio: 4 },
  },
};
const wan27: ImageModel = {
  ...fourPictures,
  promptCharacters: 5000,
  size: {
    kind: "area",
    least: 768 * 768,
    most: 2048 * 2048,
    ratio: 8,
    named: { "1K": squares["1K"], "2K": squares["2K"] },
  },
  usualSize: "2K",
  hasNoNegatives: true,
  editing: {
    mostPictures: 9,
    sides: { least: 240, most: 8000 },
    megabytes: 20,
    most: 4,
    // The largest pictures are made from words alone.
    size: {
      kind: "area",
      least: 768 * 768,
      most: 2048 * 2048,
      ratio: 8,
      named: { "1K": squares["1K"], "2K": squares["2K"] },
    },
  },
};
const wan27Pro: ImageModel = {
  ...wan27,
  size: { kind: "area", least: 768 * 768, most: 4096 * 4096, ratio: 8, named: squares },
};
const qwen: ImageModel = {
  pictures: { most: 1, usual: 1 },
  promptCharacters: 800,
  size: qwenSizes,
  usualSize: "1328*1328",
};
const qwen2: ImageModel = {
  pictures: { most: 6, usual: 1 },
  promptCharacters: 800,
  size: { kind: "area", least: 512 * 512, most: 2048 * 2048, ratio: Number.POSITIVE_INFINITY },
  usualSize: "2048*2048",
  editing: {
    mostPictures: 3,
    megabytes: 10,
    most: 6,
    size: { kind: "area", least: 512 * 512, most: 2048 * 2048, ratio: Number.POSITIVE_INFINITY },
  },
};
const qwenEdit: ImageModel = {
  pictures: { most: 1, usual: 1 },
  promptCharacters: 800,
  size: { kind: "sides", least: 512, most: 2048 },
  usualSize: "1024*1024",
  onlyEdits: true,
  editing: { mostPictures: 3, megabytes: 10, most: 1 },
};
const qwenEditPlus: ImageModel = {
  ...qwenEdit,
  editing: { mostPictures: 3, megabytes: 10, most: 6, size: { kind: "sides", least: 512, most: 2048 } },
};

/** Models of `text2image/image-synthesis`. */
export const taskImageModels: ReadonlyMap<string, ImageModel> = new Map([
  ["wanx2.0-t2i-turbo", wan],
  ["wanx2.1-t2i-turbo", wan],
  ["wanx2.1-t2i-plus", wan],
  ["wan2.2-t2i-flash", wan],
  ["wan2.2-t2i-plus", wan],
  ["wan2.5-t2i-preview", wan25],
  ["qwen-image", qwen],
  ["qwen-image-plus", qwen],
]);

/** Models of `image-generation/generation`: requested by message, as a task. */
export const messageTaskImageModels: ReadonlyMap<string, ImageModel> = new Map([
  ["wan2.6-t2i", wan26],
  ["wan2.6-image", wan26Image],
  ["wan2.7-image", wan27],
  ["wan2.7-image-pro", wan27Pro],
]);

/** Models of `multimodal-generation/generation` that make pictures. */
export const messageImageModels: ReadonlyMap<string, ImageModel> = new Map([
  ["qwen-image", qwen],
  ["qwen-image-plus", qwen],
  ["qwen-image-max", qwen],
  ["qwen-image-2.0", qwen2],
  ["qwen-image-2.0-pro", qwen2],
  ["qwen-image-edit", qwenEdit],
  ["qwen-image-edit-plus", qwenEditPlus],
  ["qwen-image-edit-max", qwenEditPlus],
  ["wan2.6-t2i", wan26],
  ["wan2.7-image", wan27],
  ["wan2.7-image-pro", wan27Pro],
]);
