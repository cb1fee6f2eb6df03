import { UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import { prepare } from "../before-start.ts";
import type { AvatarVideoRequest, Operation } from "../operation.ts";
import type { Api } from "./api.ts";
import { lipSyncAudio, lipSyncVideo } from "./limits.ts";
import { dashscopeName } from "./name.ts";
import type { DashscopeSettings } from "./settings.ts";
import type { TaskWorks } from "./task-looks.ts";
import { beginTask, cancelTask, checkTask, taskMaxDurationMs } from "./tasks.ts";
import { notOffered } from "./text.ts";
import { type AddressMedia, offersUploads } from "./uploads.ts";
import { videoKind, videoPath, videoPrice } from "./video.ts";

/** Fits the lips of a person in a video to a recording. It cannot speak text. */
export function lipSyncOperation(
  api: Api,
  works: TaskWorks,
  settings: DashscopeSettings,
  addressMedia: AddressMedia,
): Operation<AvatarVideoRequest> {
  const model = settings.lipSyncModel;
  const kind = videoKind(settings.rates);
  return {
    maxDurationMs: taskMaxDurationMs,
    fetchesMedia: !offersUploads(settings),
    validate,
    price: videoPrice(settings.rates, model),
    async start({ video, audio }, context) {
      const addresses = addressMedia(context);
      const prepared = await prepare(dashscopeName, async () => {
        const [videoUrl, audioUrl] = await Promise.all([
          video && addresses.of(video, model),
          audio && addresses.of(audio, model),
        ]);
        return { video_url: videoUrl, audio_url: audioUrl };
      });
      const hasUploads = addresses.areUploaded;
      return prepared.end === "ready"
        ? beginTask(api, works, { path: videoPath, model, hasUploads, body: { input: prepared.result } }, context)
        : prepared;
    },
    check: (reference, context) => checkTask(api, works, reference, kind, context),
    cancel: (reference, context) => cancelTask(api, reference, context),
  };
}

function validate({ video, audio, text }: AvatarVideoRequest): void {
  if (text !== undefined) {
    throw notOffered("text");
  }
  if (audio === undefined) {
    throw new UsageError({ key: "provider.avatar.video-needs-words" }, "audio");
  }
  if (video === undefined) {
    throw new UsageError({ key: "provider.avatar.audio-needs-video" }, "video");
  }
  checkMedia(video, lipSyncVideo, "video");
  checkMedia(audio, lipSyncAudio, "audio");
}
