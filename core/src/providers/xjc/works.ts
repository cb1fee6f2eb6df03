import { z } from "zod";
import { UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import { prepare } from "../before-start.ts";
import type { AvatarVideoRequest, Operation } from "../operation.ts";
import { chargeOf, priceOf, type Rates } from "../rates.ts";
import type { WorkAges } from "../work-ages.ts";
import { type Api, callbackOf, readTimeoutMs, startTimeoutMs } from "./api.ts";
import { drivingAudio, maxTextCharacters, maxTitleCharacters, personVideo } from "./limits.ts";
import { xjcName } from "./name.ts";
import { checkEnd, checkEndOfTrouble, foreignReference } from "./progress.ts";
import { checkLength } from "./text.ts";
import { jobData, workData } from "./wire.ts";

/** All that is needed to ask about a work later. `startedAt` is our time, epoch milliseconds. */
const workReference = z.object({
  kind: z.literal("work"),
  jobId: z.string(),
  startedAt: z.number(),
  /** Whether it is charged by the second of video, at the operator's rate. */
  bySecond: z.boolean().optional(),
});

/** Videos of a person speaking, or speech alone. The vendor recognizes the mode by the fields that are present. */
export function avatarVideoOperation(api: Api, ages: WorkAges, rates: Rates): Operation<AvatarVideoRequest> {
  const isRated = ({ video }: AvatarVideoRequest) => video !== undefined && rates.video !== undefined;
  return {
    maxDurationMs: 60 * 60_000,
    fetchesMedia: true,
    validate,
    price: (request) =>
      isRated(request)
        ? priceOf(rates, {
            of: "video",
            counted: "seconds",
            // The vendor reports whole seconds; the price stated beforehand rounds up.
            quantity: request.audio?.durationMs === undefined ? undefined : Math.ceil(request.audio.durationMs / 1000),
            dependsOn: { key: "provider.price.xjc-video" },
          })
        : { known: false, dependsOn: { key: "provider.price.xjc-video" }, unit: "points" },

    async start(request, context) {
      // The document requires both, but its example leaves unused ones empty.
      const prepared = await prepare(xjcName, async () => ({
        videoUrl: request.video ? await context.addressOf(request.video) : "",
        audioUrl: request.audio ? await context.addressOf(request.audio) : "",
      }));
      if (prepared.end !== "ready") {
        return prepared;
      }
      const startedAt = ages.clock.now();
      const begun = await api.begin({
        method: "POST",
        path: "works/create",
        body: {
          ...prepared.result,
          text: request.text || undefined,
          title: request.title || undefined,
          ...callbackOf(context),
        },
        data: jobData,
        timeoutMs: startTimeoutMs,
        signal: context.signal,
      });
      if (begun.end !== "data") {
        return begun;
      }
      const { jobId } = begun.data;
      ages.begun(jobId, startedAt);
      const reference = { kind: "work", jobId, startedAt, ...(isRated(request) ? { bySecond: true } : {}) };
      return { end: "operation", reference, requestId: jobId };
    },

    async check(reference, context) {
      const parsed = workReference.safeParse(reference);
      if (!parsed.success) {
        return foreignReference();
      }
      const { jobId, startedAt, bySecond } = parsed.data;
      const ageMs = () => ages.of(jobId, startedAt);
      try {
        const detail = await api.read({
          method: "POST",
          path: "works/inspect",
          body: { jobId },
          data: workData,
          timeoutMs: readTimeoutMs,
          signal: context.signal,
        });
        const { videoUrl, duration: quantity } = detail;
        const charge = bySecond && { charge: chargeOf(rates, { of: "video", counted: "seconds", quantity }) };
        return checkEnd(detail, jobId, ageMs(), () =>
          videoUrl === undefined ? undefined : { media: [{ url: videoUrl }], ...charge, requestId: jobId },
        );
      } catch (error) {
        return checkEndOfTrouble(error, jobId, ageMs());
      }
    },
  };
}

function validate({ video, audio, text, title }: AvatarVideoRequest): void {
  const hasText = text !== undefined && text.trim() !== "";
  if (audio && hasText) {
    throw new UsageError({ key: "provider.avatar.audio-and-text" }, "text");
  }
  if (audio && !video) {
    throw new UsageError({ key: "provider.avatar.audio-needs-video" }, "video");
  }
  if (!audio && !hasText) {
    throw new UsageError(
      { key: video ? "provider.avatar.video-needs-words" : "provider.avatar.nothing-to-say" },
      "text",
    );
  }
  checkLength(text, maxTextCharacters, "text");
  checkLength(title, maxTitleCharacters, "title");
  if (video) {
    checkMedia(video, personVideo, "video");
  }
  if (audio) {
    checkMedia(audio, drivingAudio, "audio");
  }
}
