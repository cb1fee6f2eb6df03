/** How a model is asked for pictures. */
export interface ImageModel {
  /**
   * `prompt-task` and `message-task` are begun as a task, whose reference survives whatever happens to us; `message` has
   * its result in the answer itself, and no task (qwen-image-max, qwen-image-2.0).
   */
  protocol: "prompt-task" | "message-task" | "message";
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
    return { protocol: "prompt-task", imagesPerCall: 4, sides: { min: 512, max: 1440 } };
  }
  if (/^wan\d/.test(model)) {
    return {
      protocol: "message-task",
      imagesPerCall: 4,
      area: { min: 1280 * 1280, max: 1440 * 1440, maxRatio: 4 },
    };
  }
  if (model === "qwen-image" || model === "qwen-image-plus") {
    return { protocol: "prompt-task", imagesPerCall: 1 };
  }
  return { protocol: "message", imagesPerCall: /^qwen-image-2\./.test(model) ? 6 : 1 };
}
