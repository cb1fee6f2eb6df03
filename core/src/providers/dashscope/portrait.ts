import { type Failure, UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import type { Asset } from "../../media/media.ts";
import { providerMessages } from "../../messages/provider.ts";
import { prepare } from "../before-start.ts";
import type { Operation, OperationContext, PortraitVideoRequest } from "../operation.ts";
import { type Answered, type Api, startTimeoutMs } from "./api.ts";
import { vendorRefusal } from "./exchange.ts";
import { portraitAudio, portraitPicture } from "./limits.ts";
import { dashscopeName } from "./name.ts";
import type { DashscopeSettings, PortraitModel } from "./settings.ts";
import type { TaskWorks } from "./task-looks.ts";
import { beginTask, cancelTask, checkTask, taskMaxDurationMs } from "./tasks.ts";
import { type AddressMedia, type MediaAddresses, offersUploads } from "./uploads.ts";
import { videoKind, videoPath, videoPrice } from "./video.ts";
import { type Detection, detection } from "./wire.ts";

/** The model that checks a picture for each video model, and its parameters. */
const detectors: Record<PortraitModel, { model: string; parameters?: Record<string, unknown> }> = {
  "wan2.2-s2v": { model: "wan2.2-s2v-detect" },
  liveportrait: { model: "liveportrait-detect" },
  "emo-v1": { model: "emo-detect-v1", parameters: { ratio: "1:1" } },
};

/**
 * Makes one picture speak a recording. The vendor checks the picture first, so nothing is spent on an unsuitable one.
 */
export function portraitOperation(
  api: Api,
  works: TaskWorks,
  settings: DashscopeSettings,
  addressMedia: AddressMedia,
): Operation<PortraitVideoRequest> {
  const model = settings.portraitModel;
  const kind = videoKind(settings.rates);
  return {
    maxDurationMs: taskMaxDurationMs,
    fetchesMedia: !offersUploads(settings),
    validate({ image, audio }) {
      if (audio === undefined) {
        throw new UsageError({ key: "avatar.image-needs-sound" }, "audio");
      }
      checkMedia(image, portraitPicture[model], "image");
      checkMedia(audio, portraitAudio[model], "audio");
    },
    price: videoPrice(settings.rates, model),
    async start({ image, audio }, context) {
      const addresses = addressMedia(context);
      const looked = await prepare(dashscopeName, async () => detect(api, model, image, addresses, context));
      if (looked.end !== "ready") {
        return looked;
      }
      const unfit = unfitness(model, looked.result);
      if (unfit !== undefined) {
        return { end: "refused", failure: unfit };
      }
      const prepared = await prepare(dashscopeName, () =>
        Promise.all([addresses.of(image, model), audio && addresses.of(audio, model)]),
      );
      if (prepared.end !== "ready") {
        return prepared;
      }
      const [imageUrl, audioUrl] = prepared.result;
      const { face_bbox, ext_bbox } = looked.result.data.output;
      const boxes = model === "emo-v1" ? { face_bbox, ext_bbox } : {};
      return beginTask(
        api,
        works,
        {
          path: videoPath,
          model,
          hasUploads: addresses.areUploaded,
          body: { input: { image_url: imageUrl, audio_url: audioUrl, ...boxes }, ...parametersOf(settings) },
        },
        context,
      );
    },
    check: (reference, context) => checkTask(api, works, reference, kind, context),
    cancel: (reference, context) => cancelTask(api, reference, context),
  };
}

/** Sent only to the model for which it decides the price. */
function parametersOf({ portraitModel, portraitResolution }: DashscopeSettings): { parameters?: object } {
  return portraitModel === "wan2.2-s2v" ? { parameters: { resolution: portraitResolution } } : {};
}

/** The model that looks at the picture is another one, so an uploaded picture is uploaded for it, too. */
async function detect(
  api: Api,
  model: PortraitModel,
  image: Asset,
  addresses: MediaAddresses,
  context: OperationContext,
): Promise<Answered<Detection>> {
  const detector = detectors[model];
  const imageUrl = await addresses.of(image, detector.model);
  return api.read({
    method: "POST",
    path: "services/aigc/image2video/face-detect",
    hasUploads: addresses.areUploaded,
    body: { ...detector, input: { image_url: imageUrl } },
    data: detection,
    timeoutMs: startTimeoutMs,
    signal: context.signal,
  });
}

/** Why the vendor cannot make this picture speak, in its own words; undefined if it can. */
function unfitness(model: PortraitModel, { data, requestId }: Answered<Detection>): Failure | undefined {
  const found = data.output;
  const passed = found.check_pass ?? found.pass ?? (model === "emo-v1" && found.ext_bbox != null);
  if (passed && found.humanoid !== false && (model !== "emo-v1" || found.face_bbox != null)) {
    return undefined;
  }
  const { code, message } = found;
  const refused = code === undefined ? undefined : vendorRefusal({ code, message });
  return {
    ...(refused ?? { kind: "refused", provider: dashscopeName.provider, vendorMessage: message || undefined }),
    ...(requestId === undefined ? {} : { requestId }),
    sentence: {
      key: "provider.dashscope.picture-unfit",
      values: {
        provider: dashscopeName.providerTitle,
        message: message ?? providerMessages["provider.no-reason-given"],
      },
    },
    charged: "no",
    retry: { kind: "after-change" },
    field: "image",
  };
}
