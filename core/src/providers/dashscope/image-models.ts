import type { MediaLimits } from "../../media/formats.ts";

/** The sizes that a model makes, as far as its document says. */
export interface ImageSizes {
  /** The length of each side in pixels, both ends included. */
  sides?: { min: number; max: number };
  /** The number of pixels of a picture, both ends included, and the longest side as a multiple of the shorter. */
  area?: { min: number; max: number; maxRatio?: number };
  /** Sizes that it recommends although they are outside of its own range, or the only ones it makes. */
  listed?: readonly string[];
  /** Sizes that it knows by name; their shape is square. */
  named?: readonly string[];
}

/** How a model changes a picture, where that differs from making one. */
export interface PictureEditing {
  /** The picture to change. */
  picture: MediaLimits;
  /** The most pictures in one call. */
  imagesPerCall: number;
  sizes: ImageSizes;
  /** Whether the result has a size that cannot be asked for. */
  choosesSize?: boolean;
  suggested?: readonly string[];
  /** What every such call must say besides. */
  parameters?: Readonly<Record<string, unknown>>;
}

/** How to ask a model for pictures. */
export interface ImageModel {
  /**
   * `prompt-task` and `message-task` start a task, whose reference survives whatever happens to us; `message` has no
   * task and returns its result in the answer (qwen-image-max, qwen-image-2.0).
   */
  protocol: "prompt-task" | "message-task" | "message";
  /** The most pictures in one call. */
  imagesPerCall: number;
  /** The vendor silently truncates a longer prompt, which gives a picture that was not asked for. */
  promptCharacters: number;
  /** Whether it can be told what not to show. */
  negativePrompt: boolean;
  sizes: ImageSizes;
  /** Sizes to suggest, best first. */
  suggested?: readonly string[];
  /** What every call for pictures from words must say besides. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Absent if it cannot change a picture. */
  editing?: PictureEditing;
}

/** The five shapes that the vendor recommends, each in the two sizes it gives for its families. */
const recommended = ["1280x1280", "1696x960", "960x1696", "1472x1104", "1104x1472"];
const recommendedLarge = ["2048x2048", "2688x1536", "1536x2688", "2368x1728", "1728x2368"];
/** The only sizes of the first Qwen models; an earlier edition of the document had the last two instead. */
const qwenSizes = ["1664x928", "1472x1104", "1328x1328", "1104x1472", "928x1664"];
const earlierQwenSizes = ["1472x1140", "1140x1472"];

const area = (minSide: number, maxSide: number, maxRatio?: number) => ({
  min: minSide * minSide,
  max: maxSide * maxSide,
  maxRatio,
});

/** Its vendor takes more for some models, but the picture travels inside the request, a third longer than it is. */
const picture = {
  kind: "image",
  formats: ["jpg", "png", "bmp", "webp"],
  maxBytes: 10 * 1024 * 1024,
} as const satisfies MediaLimits;
const sides = (min: number, max: number) => ({ shortSidePixels: { min, max }, longSidePixels: { min, max } });
const wan27Editing: PictureEditing = {
  picture: { ...picture, ...sides(240, 8000) },
  imagesPerCall: 4,
  sizes: { area: area(768, 2048, 8), named: ["1K", "2K"] },
  suggested: ["1K", "2K", "1280x720", "720x1280", ...recommendedLarge],
};
const unknownEditing: PictureEditing = { picture, imagesPerCall: 1, sizes: {} };
const qwenEditing: PictureEditing = {
  picture,
  imagesPerCall: 6,
  sizes: { sides: { min: 512, max: 2048 } },
  suggested: ["1024x1024", "1536x1024", "1024x1536", "1280x720", "720x1280"],
};

const usual = { imagesPerCall: 4, promptCharacters: 800, negativePrompt: true } as const;

/** By the beginning of the name, the more special one first. The sources are in `docs/coverage.md`. */
const families: readonly [RegExp, ImageModel][] = [
  [
    /^wan2\.5/,
    {
      ...usual,
      protocol: "prompt-task",
      promptCharacters: 2000,
      sizes: { area: area(768, 1440, 4) },
      suggested: [...recommended, "1024x1024", "1280x720", "720x1280", "768x2700"],
    },
  ],
  [
    /^wanx|^wan2\.[0-4]/,
    {
      ...usual,
      protocol: "prompt-task",
      sizes: { sides: { min: 512, max: 1440 } },
      suggested: ["1024x1024", "1280x720", "720x1280", "1440x1080", "1080x1440", "768x768", "512x512"],
    },
  ],
  [
    // Without a picture to edit, it makes pictures only among words: one in each call, so that each is charged once.
    /^wan2\.6-image/,
    {
      ...usual,
      protocol: "message-task",
      imagesPerCall: 1,
      promptCharacters: 2000,
      sizes: { area: area(768, 1280, 4) },
      suggested: ["1280x1280", "1280x720", "720x1280", "1280x960", "960x1280", "1200x800", "800x1200"],
      parameters: { enable_interleave: true, max_images: 1 },
      editing: {
        picture: { ...picture, ...sides(384, 5000) },
        imagesPerCall: 4,
        sizes: { area: area(768, 1280, 4) },
        suggested: ["1280x1280", "1280x720", "720x1280", "1280x960", "960x1280", "1200x800", "800x1200"],
        parameters: { enable_interleave: false },
      },
    },
  ],
  [
    /^wan2\.6/,
    {
      ...usual,
      protocol: "message-task",
      promptCharacters: 2100,
      sizes: { area: area(1280, 1440, 4), listed: recommended },
      suggested: recommended,
    },
  ],
  [
    /^wan2\.7-image-pro/,
    {
      ...usual,
      protocol: "message-task",
      promptCharacters: 5000,
      negativePrompt: false,
      sizes: { area: area(768, 4096, 8), named: ["1K", "2K", "4K"] },
      suggested: ["1K", "2K", "4K", "1280x720", "720x1280", ...recommendedLarge, "3840x2160", "2160x3840"],
      editing: wan27Editing,
    },
  ],
  [
    /^wan2\.7-image/,
    {
      ...usual,
      protocol: "message-task",
      promptCharacters: 5000,
      negativePrompt: false,
      sizes: { area: area(768, 2048, 8), named: ["1K", "2K"] },
      suggested: ["1K", "2K", "1280x720", "720x1280", ...recommendedLarge],
      editing: wan27Editing,
    },
  ],
  [/^wan\d/, { ...usual, protocol: "message-task", sizes: {}, editing: unknownEditing }],
  [
    /^qwen-image(?:-plus)?$/,
    {
      ...usual,
      protocol: "prompt-task",
      imagesPerCall: 1,
      sizes: { listed: [...qwenSizes, ...earlierQwenSizes] },
      suggested: qwenSizes,
    },
  ],
  [
    // It makes one picture, of a size it chooses itself.
    /^qwen-image-edit$/,
    {
      ...usual,
      protocol: "message",
      imagesPerCall: 1,
      sizes: {},
      editing: { picture, imagesPerCall: 1, sizes: {}, choosesSize: true, suggested: [] },
    },
  ],
  [/^qwen-image-edit/, { ...usual, protocol: "message", imagesPerCall: 1, sizes: {}, editing: qwenEditing }],
  [
    /^qwen-image-(?:plus|max)/,
    {
      ...usual,
      protocol: "message",
      imagesPerCall: 1,
      sizes: { listed: [...qwenSizes, ...earlierQwenSizes] },
      suggested: qwenSizes,
    },
  ],
  [
    /^qwen-image-2\./,
    {
      ...usual,
      protocol: "message",
      imagesPerCall: 6,
      sizes: { area: area(512, 2048) },
      suggested: [...recommendedLarge, "1024x1024", "1280x720", "720x1280"],
      editing: {
        ...qwenEditing,
        sizes: { area: area(512, 2048) },
        suggested: [...recommendedLarge, "1024x1024", "1280x720", "720x1280"],
      },
    },
  ],
];

/** What is documented about a model by its name; about an unknown one nothing, and the vendor decides. */
export function imageModelOf(model: string): ImageModel {
  const family = families.find(([name]) => name.test(model))?.[1];
  return family ?? { ...usual, protocol: "message", imagesPerCall: 1, sizes: {}, editing: unknownEditing };
}
