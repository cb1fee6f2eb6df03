import { z } from "zod";
import { UsageError } from "../../errors/errors.ts";
import type { Operation, SpeechRequest, VoiceTier } from "../operation.ts";
import { chargeOf, priceOf, type Rates } from "../rates.ts";
import type { WorkAges } from "../work-ages.ts";
import { type Api, callbackOf, readTimeoutMs, startTimeoutMs } from "./api.ts";
import { defaultTier, liteRatios } from "./limits.ts";
import { xjcName } from "./name.ts";
import { checkEnd, checkEndOfTrouble, foreignReference } from "./progress.ts";
import { notOffered } from "./text.ts";
import { jobData, speechData } from "./wire.ts";

/** All that is needed to ask about a speech later. `startedAt` is our time, epoch milliseconds. */
const speechReference = z.object({
  kind: z.literal("speech"),
  tier: z.enum(["lite", "pro"]),
  jobId: z.string(),
  startedAt: z.number(),
  /** The number of characters charged at the operator's rate. */
  characters: z.number().optional(),
});

/** Speech in a trained voice. */
export function speechOperation(api: Api, ages: WorkAges, rates: Rates): Operation<SpeechRequest> {
  return {
    maxDurationMs: 15 * 60_000,
    // Bills cover videos only.
    unlisted: true,
    validate,
    price: ({ tier = defaultTier, text }) =>
      priceOf(rates, {
        of: rateOf(tier),
        counted: "characters",
        quantity: charactersOf(text),
        dependsOn: { key: "provider.price.xjc-speech" },
      }),

    async start(request, context) {
      const { tier = defaultTier } = request;
      const startedAt = ages.clock.now();
      const begun = await api.begin({
        method: "POST",
        path: `voice/${tier}/create`,
        body: { ...speechBody(request), ...callbackOf(context) },
        data: jobData,
        timeoutMs: startTimeoutMs,
        signal: context.signal,
      });
      if (begun.end !== "data") {
        return begun;
      }
      const { jobId } = begun.data;
      ages.begun(jobId, startedAt);
      return {
        end: "operation",
        reference: {
          kind: "speech",
          tier,
          jobId,
          startedAt,
          ...(rates[rateOf(tier)] === undefined ? {} : { characters: charactersOf(request.text) }),
        },
        requestId: jobId,
      };
    },

    async check(reference, context) {
      const parsed = speechReference.safeParse(reference);
      if (!parsed.success) {
        return foreignReference();
      }
      const { jobId, tier, startedAt, characters: quantity } = parsed.data;
      const ageMs = () => ages.of(jobId, startedAt);
      try {
        const detail = await api.read({
          method: "POST",
          path: `voice/${tier}/create/detail`,
          body: { jobId },
          data: speechData,
          timeoutMs: readTimeoutMs,
          signal: context.signal,
        });
        const { url } = detail;
        const charge =
          quantity === undefined
            ? {}
            : { charge: chargeOf(rates, { of: rateOf(tier), counted: "characters", quantity }) };
        return checkEnd(detail, jobId, ageMs(), () =>
          url === undefined ? undefined : { media: [{ url }], ...charge, requestId: jobId },
        );
      } catch (error) {
        return checkEndOfTrouble(error, jobId, ageMs());
      }
    },
  };
}

/** The name of a tier's rate in the operator's settings. */
function rateOf(tier: VoiceTier): string {
  return `${tier}-speech`;
}

/** How the vendor counts is not documented; we count each character once. */
function charactersOf(text: string): number {
  return [...text].length;
}

function speechBody({ tier = defaultTier, speakerId, text, speed, pitch, volume, crossLanguage }: SpeechRequest) {
  // JSON drops undefined values, which leaves the voice's own settings.
  return {
    speakerId,
    content: text,
    kyyRole: tier === "lite" && crossLanguage !== undefined ? (crossLanguage ? "yes" : "no") : undefined,
    speedRatio: ratioText(speed),
    pitchRatio: ratioText(pitch),
    volumeRatio: ratioText(volume),
  };
}

/** Ratios are sent as text, in the vendor's notation: `1.0`, never `1` or `1e-3`. */
export function ratioText(ratio: number | undefined): string | undefined {
  return ratio?.toLocaleString("en-US", { useGrouping: false, minimumFractionDigits: 1, maximumFractionDigits: 20 });
}

function validate(request: SpeechRequest): void {
  if (request.speakerId.trim() === "") {
    throw new UsageError({ key: "provider.voice-missing" }, "voice");
  }
  if (request.text.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "text");
  }
  for (const field of ["speed", "pitch", "volume"] as const) {
    const ratio = request[field];
    if (ratio !== undefined) {
      checkRatio(ratio, (request.tier ?? defaultTier) === "lite" ? liteRatios[field] : undefined, field);
    }
  }
  for (const field of ["instructions", "language"] as const) {
    if (request[field] !== undefined) {
      throw notOffered(field);
    }
  }
  if (request.crossLanguage && request.tier === "pro") {
    throw new UsageError(
      { key: "provider.cross-language-lite-only", values: { provider: xjcName.providerTitle } },
      "cross_language",
    );
  }
}

function checkRatio(ratio: number, range: { min: number; max: number } | undefined, field: string): void {
  if (range === undefined) {
    if (!(ratio > 0 && Number.isFinite(ratio))) {
      throw new UsageError({ key: "provider.ratio-positive", values: { field } }, field);
    }
  } else if (!(ratio >= range.min && ratio <= range.max)) {
    throw new UsageError({ key: "provider.ratio-range", values: { field, actual: ratio, ...range } }, field);
  }
}
