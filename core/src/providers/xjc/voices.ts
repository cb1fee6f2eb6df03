import { z } from "zod";
import type { Failure } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import { prepare } from "../before-start.ts";
import type { Operation, VoiceCloningRequest, VoiceTier } from "../operation.ts";
import type { WorkAges } from "../work-ages.ts";
import { readBalance } from "./account.ts";
import { type Api, callbackOf, readTimeoutMs, startTimeoutMs } from "./api.ts";
import { defaultTier, voiceSample } from "./limits.ts";
import { xjcName } from "./name.ts";
import { checkEnd, checkEndOfTrouble, foreignReference, nextCheckMs } from "./progress.ts";
import { createVoicePrice, quotaOf } from "./quota.ts";
import { type BalanceData, speakerData, trainingData } from "./wire.ts";

/** All that is needed to ask about a training later. `startedAt` is our time, epoch milliseconds. */
const trainingReference = z.object({
  kind: z.literal("training"),
  tier: z.enum(["lite", "pro"]),
  speakerId: z.string(),
  startedAt: z.number(),
  /** Whether the voice existed before: its detail may then still show how an earlier training ended. */
  again: z.boolean(),
  /** Whether this training was seen queued or processing: from then on the detail is about it. */
  seenBusy: z.boolean(),
});

/** After this time an end is accepted although the training was never seen busy: it may have been that quick. */
const earlierEndMs = 30_000;

/** Trains a voice from a sample, new or again. The vendor names a training by its voice alone. */
export function voiceCloningOperation(api: Api, ages: WorkAges): Operation<VoiceCloningRequest> {
  const voicePrice = createVoicePrice(api, ages.clock);
  return {
    maxDurationMs: 60 * 60_000,
    fetchesMedia: true,
    // Bills cover videos only.
    unlisted: true,
    validate: ({ audio }) => checkMedia(audio, voiceSample, "audio"),
    price: ({ tier = defaultTier, speakerId }) =>
      // Training a voice again uses up no quota.
      speakerId ? { known: false, dependsOn: { key: "provider.price.xjc-voice" } } : voicePrice(tier),

    async start({ audio, tier = defaultTier, speakerId }, context) {
      const again = Boolean(speakerId);
      const prepared = await prepare(xjcName, async () => ({
        audioUrl: await context.addressOf(audio),
        // Training a voice again uses up no quota.
        balance: again ? undefined : await readBalance(api, context.signal),
      }));
      if (prepared.end !== "ready") {
        return prepared;
      }
      const { audioUrl, balance } = prepared.result;
      const usedUp = balance && quotaFailure(balance, tier);
      if (usedUp) {
        return { end: "refused", failure: usedUp };
      }
      const startedAt = ages.clock.now();
      const begun = await api.begin({
        method: "POST",
        path: `voice/${tier}/train`,
        body: { speakerId: speakerId ?? "", audioUrl, ...callbackOf(context) },
        data: speakerData,
        timeoutMs: startTimeoutMs,
        signal: context.signal,
      });
      if (begun.end !== "data") {
        return begun;
      }
      ages.begun(begun.data.speakerId, startedAt);
      const reference: z.output<typeof trainingReference> = {
        kind: "training",
        tier,
        speakerId: begun.data.speakerId,
        startedAt,
        again,
        seenBusy: false,
      };
      return { end: "operation", reference, requestId: begun.data.speakerId };
    },

    async check(reference, context) {
      const parsed = trainingReference.safeParse(reference);
      if (!parsed.success) {
        return foreignReference();
      }
      const training = parsed.data;
      const { speakerId, tier, startedAt } = training;
      const ageMs = () => ages.of(speakerId, startedAt);
      try {
        const detail = await api.read({
          method: "POST",
          path: `voice/${tier}/train/detail`,
          body: { speakerId },
          data: trainingData,
          timeoutMs: readTimeoutMs,
          signal: context.signal,
        });
        const ended = detail.status === 3 || detail.status === 4;
        if (ended && training.again && !training.seenBusy && ageMs() < earlierEndMs) {
          return { state: "pending", checkAfterMs: nextCheckMs(ageMs()) };
        }
        const end = checkEnd(detail, speakerId, ageMs(), () => ({
          media: [],
          facts: { speakerId, tier },
          requestId: speakerId,
        }));
        return end.state === "pending" && !training.seenBusy
          ? { ...end, reference: { ...training, seenBusy: true } }
          : end;
      } catch (error) {
        return checkEndOfTrouble(error, speakerId, ageMs());
      }
    },
  };
}

/** Undefined while voices are left, or if the vendor did not say. */
function quotaFailure(balance: BalanceData, tier: VoiceTier): Failure | undefined {
  const quota = quotaOf(balance, tier);
  if (quota === undefined || quota.used < quota.total) {
    return undefined;
  }
  return {
    kind: "refused",
    provider: xjcName.provider,
    category: "quota",
    sentence: {
      key: "provider.voice-quota-used-up",
      values: { provider: xjcName.providerTitle, tier: tier.toUpperCase(), ...quota },
    },
    charged: "no",
    retry: { kind: "after-change" },
    field: "tier",
  };
}
