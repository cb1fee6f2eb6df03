/** How to ask a model for pictures. */
export interface ImageModel {
  /**
   * `prompt-task` and `message-task` start a task, whose reference survives whatever happens to us; `message` has no
   * task and returns its result in the answer (qwen-image-max, qwen-image-2.0).
   */
  protocol: "prompt-task" | "message-task" | "message";
  /** The most pictures in one call. */
  imagesPerCall: number;
  /**
   * The minimum and maximum number of pixels of a picture, and the longest side as a multiple of the shorter, if
   * documented.
   */
  area?: { min: number; max: number; maxRatio: number };
  /** The length of each side in pixels, both ends included, if documented. */
  sides?: { min: number; max: number };
}

/** What is documented about a model by its name; an unknown model is treated like the newest ones. */
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
