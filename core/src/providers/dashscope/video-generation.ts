import { UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import { listed } from "../../messages/listed.ts";
import { prepare } from "../before-start.ts";
import { dataAddress } from "../data-address.ts";
import type { Operation, OperationContext, VideoRequest } from "../operation.ts";
import { priceOf } from "../rates.ts";
import { type Api, startTimeoutMs, uploadTimeoutMs } from "./api.ts";
import { dashscopeName } from "./name.ts";
import { checkSeed } from "./ranges.ts";
import type { DashscopeSettings } from "./settings.ts";
import type { TaskWorks } from "./task-looks.ts";
import { beginTask, cancelTask, checkTask, taskMaxDurationMs } from "./tasks.ts";
import { checkLength } from "./text.ts";
import { rateName, videoKind } from "./video.ts";
import { shapesOf, type VideoModel, type VideoShape, videoModelOf } from "./video-models.ts";

const path = "services/aigc/video-generation/video-synthesis";
/** The vendor's own default; always sent, because it decides the price. */
const usualSeconds = 5;

/** Makes a video from words, or from a picture that it begins with and words. */
export function videoOperation(api: Api, works: TaskWorks, settings: DashscopeSettings): Operation<VideoRequest> {
  const { rates } = settings;
  const kind = videoKind(rates);
  return {
    maxDurationMs: taskMaxDurationMs,
    suggested: { size: suggestedSizes(settings) },
    validate(request) {
      const { model, known } = modelFor(request, settings);
      validate(request, model, known);
      wantedShape(request, model, known, settings);
    },
    price(request) {
      const { model, known } = modelFor(request, settings);
      const { resolution } = wantedShape(request, model, known, settings);
      return priceOf(rates, {
        of: rateName(rates, { model, resolution }),
        counted: "seconds",
        quantity: request.durationSeconds ?? usualSeconds,
        dependsOn: { key: "provider.price.dashscope-made-video", values: { model, resolution } },
      });
    },
    async start(request, context) {
      const { model, known } = modelFor(request, settings);
      const shape = wantedShape(request, model, known, settings);
      const prepared = await prepare(dashscopeName, () => inputOf(request, known, context));
      return prepared.end === "ready"
        ? beginTask(
            api,
            works,
            {
              path,
              model,
              resolution: shape.resolution,
              body: { input: prepared.result, parameters: parametersOf(request, known, shape) },
              timeoutMs: request.image === undefined ? startTimeoutMs : uploadTimeoutMs,
            },
            context,
          )
        : prepared;
    },
    check: (reference, context) => checkTask(api, works, reference, kind, context),
    cancel: (reference, context) => cancelTask(api, reference, context),
  };
}

/** The vendor has one model for words and another for a picture. */
function modelFor({ image }: VideoRequest, { videoModel, pictureVideoModel }: DashscopeSettings) {
  const model = image === undefined ? videoModel : pictureVideoModel;
  return { model, known: videoModelOf(model) };
}

/** Both models' resolutions, which also hold for a picture, and the shapes of videos from words. */
function suggestedSizes({ videoModel, videoResolution }: DashscopeSettings): string[] {
  const shapes = shapesOf(videoModelOf(videoModel));
  const named = [...new Set(shapes.map(({ resolution }) => resolution))];
  return [
    ...new Set([...named.filter((name) => name === videoResolution), ...named, ...shapes.map(({ size }) => size)]),
  ];
}

function validate({ prompt, image, durationSeconds, seed }: VideoRequest, model: string, known: VideoModel): void {
  if (prompt.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "prompt");
  }
  checkLength(prompt, known.promptCharacters, "prompt");
  checkSeed(seed);
  if (durationSeconds !== undefined) {
    checkSeconds(durationSeconds, model, known);
  }
  if (image !== undefined) {
    checkMedia(image, known.picture, "image");
  }
}

function checkSeconds(actual: number, model: string, { seconds }: VideoModel): void {
  if (seconds === undefined) {
    return;
  }
  const isMade =
    "min" in seconds
      ? Number.isInteger(actual) && actual >= seconds.min && actual <= seconds.max
      : seconds.includes(actual);
  if (!isMade) {
    const lengths = "min" in seconds ? `${seconds.min}–${seconds.max}` : listed(seconds.map(String));
    const values = { provider: dashscopeName.providerTitle, model, lengths, actual };
    throw new UsageError({ key: "provider.dashscope.video-seconds", values }, "duration");
  }
}

async function inputOf({ prompt, image }: VideoRequest, known: VideoModel, context: OperationContext) {
  if (image === undefined) {
    return { prompt };
  }
  const url = await dataAddress(image, context);
  return known.protocol === "ratio" ? { prompt, media: [{ type: "first_frame", url }] } : { prompt, img_url: url };
}

/** Resolution and length are always sent, because they decide the price; a video has the shape of its picture. */
function parametersOf(
  { image, seed, durationSeconds = usualSeconds }: VideoRequest,
  known: VideoModel,
  shape: VideoShape,
) {
  const common = { duration: durationSeconds, seed };
  if (image !== undefined) {
    return { resolution: shape.resolution, ...common };
  }
  return known.protocol === "ratio"
    ? { resolution: shape.resolution, ratio: shape.ratio, ...common }
    : { size: shape.size.replace("x", "*"), ...common };
}

/** The shape that is asked for, or the usual one of the resolution; throws for one that the model does not make. */
function wantedShape(
  { size, image }: VideoRequest,
  model: string,
  known: VideoModel,
  { videoResolution }: DashscopeSettings,
): VideoShape {
  const shapes = shapesOf(known);
  const wanted =
    size ?? (shapes.some(({ resolution }) => resolution === videoResolution) ? videoResolution : undefined);
  const common = { provider: dashscopeName.providerTitle, model };
  const found = shapes.find((one) => wanted === undefined || one.resolution === wanted || one.size === wanted);
  const resolutions = [...new Set(shapes.map(({ resolution }) => resolution))];
  if (found === undefined) {
    const sizes = listed(image === undefined ? [...resolutions, ...shapes.map((one) => one.size)] : resolutions);
    throw new UsageError(
      { key: "provider.dashscope.video-size", values: { ...common, actual: size ?? "", sizes } },
      "size",
    );
  }
  if (image !== undefined && found.size === wanted) {
    throw new UsageError(
      {
        key: "provider.dashscope.video-size-picture",
        values: { ...common, actual: found.size, sizes: listed(resolutions) },
      },
      "size",
    );
  }
  return found;
}
