import type { Asset } from "../../media/media.ts";
import type { Price } from "../operation.ts";
import { chargeOf, priceOf, type Rates } from "../rates.ts";
import type { TaskKind } from "./tasks.ts";

/** The path for every video of a speaking person. */
export const videoPath = "services/aigc/image2video/video-synthesis";

/** The price by the seconds of the recording. */
export function videoPrice(rates: Rates, model: string): (request: { audio?: Asset }) => Price {
  return ({ audio }) =>
    priceOf(rates, {
      of: model,
      counted: "seconds",
      quantity: audio?.durationMs === undefined ? undefined : audio.durationMs / 1000,
      dependsOn: { key: "provider.price.dashscope-video", values: { model } },
    });
}

/**
 * The name of a video's rate: an operator may state one for each resolution of a model, as in `wan2.7-t2v 720P`, or one
 * for all.
 */
export function rateName(rates: Rates, { model, resolution }: { model: string; resolution?: string }): string {
  const exact = `${model} ${resolution}`;
  return Object.hasOwn(rates, exact) ? exact : model;
}

/** A video, wherever its address is in the answer, and the seconds that the vendor counts. */
export function videoKind(rates: Rates): TaskKind {
  return {
    chargedOnFailure: "unknown",
    output({ output, usage }, task) {
      const { results } = output;
      const url = output.video_url ?? (Array.isArray(results) ? results[0]?.url : results?.video_url);
      const quantity = usage?.video_duration ?? usage?.duration;
      return url === undefined
        ? undefined
        : { media: [{ url }], charge: chargeOf(rates, { of: rateName(rates, task), counted: "seconds", quantity }) };
    },
  };
}
