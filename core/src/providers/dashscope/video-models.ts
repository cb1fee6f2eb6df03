import type { MediaLimits } from "../../media/formats.ts";

export const resolutions = ["480P", "720P", "1080P"] as const;
/** The name of a resolution; it decides the price. */
export type Resolution = (typeof resolutions)[number];

/** How to ask a model for videos, and what it makes as far as its document says. */
export interface VideoModel {
  /**
   * `size` takes a video's width and height, and the first frame in a field of its own; `ratio` takes a resolution with
   * an aspect ratio, and the first frame in a list of media.
   */
  protocol: "size" | "ratio";
  /** The vendor silently truncates a longer prompt, which gives a video that was not asked for. */
  promptCharacters: number;
  /** The lengths in seconds: a range of whole ones, both ends included, or a list. Absent: the vendor decides. */
  seconds?: { min: number; max: number } | readonly number[];
  /** Absent: not documented here, so all that its relatives make. */
  resolutions?: readonly Resolution[];
  /** The picture that a video begins with. */
  picture: MediaLimits;
}

/** Its vendor takes more for some models, but the picture travels inside the request, a third longer than it is. */
const maxPictureBytes = 10 * 1024 * 1024;
const picture = (side: { min: number; max: number }): MediaLimits => ({
  kind: "image",
  formats: ["jpg", "png", "bmp", "webp"],
  maxBytes: maxPictureBytes,
  shortSidePixels: side,
  longSidePixels: side,
});
const earlierPicture = picture({ min: 360, max: 2000 });

/** By the beginning of the name. The sources are in `docs/coverage.md`. */
const families: readonly [RegExp, VideoModel][] = [
  [/^wan2\.5/, { protocol: "size", promptCharacters: 1500, seconds: [5, 10], resolutions, picture: earlierPicture }],
  [
    /^wan2\.6/,
    {
      protocol: "size",
      promptCharacters: 1500,
      seconds: { min: 2, max: 15 },
      resolutions: ["720P", "1080P"],
      picture: earlierPicture,
    },
  ],
  [
    /^wan2\.7/,
    {
      protocol: "ratio",
      promptCharacters: 5000,
      seconds: { min: 2, max: 15 },
      resolutions: ["720P", "1080P"],
      picture: picture({ min: 240, max: 8000 }),
    },
  ],
];

/** What is documented about a model by its name; about an unknown one little, and the vendor decides. */
export function videoModelOf(model: string): VideoModel {
  const family = families.find(([name]) => name.test(model))?.[1];
  const protocol = /^wanx|^wan2\.[0-4]/.test(model) ? "size" : "ratio";
  return (
    family ?? {
      protocol,
      promptCharacters: 1500,
      picture: { kind: "image", formats: ["jpg", "png", "bmp", "webp"], maxBytes: maxPictureBytes },
    }
  );
}

/** A video's width and height, with what the vendor calls them. */
export interface VideoShape {
  /** `<width>x<height>`. */
  size: string;
  resolution: Resolution;
  /** The aspect ratio, e.g. `16:9`. */
  ratio: string;
}

const shape = (resolution: Resolution, ratio: string, size: string): VideoShape => ({ resolution, ratio, size });

/** Every shape that these models make, the usual one of each resolution first. */
const videoShapes: readonly VideoShape[] = [
  shape("480P", "16:9", "832x480"),
  shape("480P", "9:16", "480x832"),
  shape("480P", "1:1", "624x624"),
  shape("720P", "16:9", "1280x720"),
  shape("720P", "9:16", "720x1280"),
  shape("720P", "1:1", "960x960"),
  shape("720P", "4:3", "1088x832"),
  shape("720P", "3:4", "832x1088"),
  shape("1080P", "16:9", "1920x1080"),
  shape("1080P", "9:16", "1080x1920"),
  shape("1080P", "1:1", "1440x1440"),
  shape("1080P", "4:3", "1632x1248"),
  shape("1080P", "3:4", "1248x1632"),
];

/** The shapes of a model. */
export function shapesOf({ resolutions: made = resolutions }: VideoModel): readonly VideoShape[] {
  return videoShapes.filter(({ resolution }) => made.includes(resolution));
}
