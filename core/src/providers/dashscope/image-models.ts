/** How a model is asked for pictures. */
export interface ImageModel {
  /** A task that is asked about, or a result in the answer itself. */
  protocol: "task" | "message";
  /** The most pictures of one call. */
  imagesPerCall: number;
  /** The least and most pixels of a picture, and the longest side as a multiple of the shorter, where documented. */
  area?: { min: number; max: number; maxRatio: number };
  /** The length of each side in pixels, both ends included, where documented. */
  sides?: { min: number; max: number };
}

/** What is documented of a model by its name; a name we do not know is asked like the newest models. */
export function imageModelOf(model: string): ImageModel {
  if (/^wanx|^wan2\.[0-5]/.test(model)) {
    return { protocol: "task", imagesPerCall: 4, sides: { min: 512, max: 1440 } };
  }
  if (/^wan\d/.test(model)) {
    return {
      protocol: "message",
      imagesPerCall: 4,
      area: { min: 1280 * 1280, max: 1440 * 1440, maxRatio: 4 },
    };
  }
  return { protocol: "message", imagesPerCall: /^qwen-image-2\./.test(model) ? 6 : 1 };
}
