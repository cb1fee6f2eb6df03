import { createHash } from "node:crypto";
import { z } from "zod";
import { ToolcastError, UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import { type NotBegun, prepare } from "../before-start.ts";
import { dataAddress } from "../data-address.ts";
import type { CheckEnd, Operation, OperationContext, Output, StartEnd, VoiceCloningRequest } from "../operation.ts";
import { chargeOf, priceOf } from "../rates.ts";
import type { WorkAges } from "../work-ages.ts";
import { type Api, readTimeoutMs, startTimeoutMs, uploadTimeoutMs } from "./api.ts";
import { cloningRefusal, modelRefusal } from "./cloning-regions.ts";
import { voiceNameCharacters, voiceSample } from "./limits.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import { type DashscopeSettings, type EnrollmentModel, isQwenSpeech } from "./settings.ts";
import { foreignFailure, nextCheckMs, settlingMs } from "./tasks.ts";
import { notOffered } from "./text.ts";
import { anyAnswer, cosyVoiceMade, qwenVoiceMade, voiceState } from "./wire.ts";

export const voicesPath = "services/audio/tts/customization";

/** The vendor's codes for a voice that does not exist, by edition. */
export const missingVoice: ReadonlySet<string> = new Set(["BadRequest.ResourceNotExist", "BadRequest.VoiceNotFound"]);

/** All that is needed to ask about a voice later. `startedAt` is our time, epoch milliseconds. */
const voiceReference = z.object({
  kind: z.literal("voice"),
  voiceId: z.string(),
  /** The speech model the voice belongs to. */
  model: z.string(),
  startedAt: z.number(),
  requestId: z.string().optional(),
});
type VoiceReference = z.output<typeof voiceReference>;

/**
 * Makes a voice from a sample. A voice works only with the speech model it was made for, so the model is stored with
 * it. CosyVoice takes a while to deploy a voice and accepts a new sample for it later; a Qwen voice is ready
 * immediately and final.
 */
export function voiceCloningOperation(
  api: Api,
  ages: WorkAges,
  settings: DashscopeSettings,
): Operation<VoiceCloningRequest> {
  const { enrollmentModel, rates } = settings;
  const charge = () => chargeOf(rates, { of: enrollmentModel, counted: "voices", quantity: 1 });

  return {
    maxDurationMs: 30 * 60_000,
    // Voices are not tasks.
    unlisted: true,
    validate(request) {
      const model = request.model ?? settings.speechModel;
      const refusal = cloningRefusal(model, settings) ?? modelRefusal(model);
      if (refusal !== undefined) {
        throw new UsageError(refusal, "provider");
      }
      if (request.tier !== undefined) {
        throw notOffered("tier");
      }
      if (request.speakerId && isQwenSpeech(model)) {
        throw new UsageError(
          { key: "provider.dashscope.voice-final", values: { provider: dashscopeName.providerTitle } },
          "voice",
        );
      }
      checkMedia(request.audio, voiceSample[enrollmentModel], "audio");
    },
    price: () =>
      priceOf(rates, {
        of: enrollmentModel,
        counted: "voices",
        quantity: 1,
        dependsOn: { key: "provider.price.dashscope-voice", values: { model: enrollmentModel } },
      }),

    async start(request, context) {
      const prepared = await prepare(dashscopeName, () => sampleAddress(request, enrollmentModel, context));
      if (prepared.end !== "ready") {
        return prepared;
      }
      const url = prepared.result;
      const model = request.model ?? settings.speechModel;
      if (request.speakerId) {
        return updateVoice(api, ages, { voiceId: request.speakerId, model, url }, context);
      }
      const name = voiceName(enrollmentModel, context.callerId, request.audio.hash);
      return enrollmentModel === "qwen-voice-enrollment"
        ? createQwenVoice(api, { model, name, url, charge: charge() }, context)
        : createCosyVoice(api, ages, { model, name, url }, context);
    },

    async check(reference, context) {
      const parsed = voiceReference.safeParse(reference);
      return parsed.success
        ? checkVoice(api, ages, parsed.data, context, charge())
        : { state: "lost", failure: foreignFailure() };
    },
  };
}

/**
 * A sample of Qwen travels inside the request. One of CosyVoice does so where the vendor cannot reach us: that is a later
 * addition to its document.
 */
function sampleAddress(
  { audio }: VoiceCloningRequest,
  enrollmentModel: EnrollmentModel,
  context: OperationContext,
): Promise<string> {
  return enrollmentModel === "qwen-voice-enrollment" || context.canBeReached === false
    ? dataAddress(audio, context)
    : context.addressOf(audio);
}

/** How long a request may take that may have the sample inside. */
function sampleTimeoutMs(url: string): number {
  return url.startsWith("data:") ? uploadTimeoutMs : startTimeoutMs;
}

/** Letters and digits that distinguish the voices of one account and reveal nothing about anybody. */
function voiceName(model: EnrollmentModel, callerId: string, sampleHash: string): string {
  const digest = createHash("sha256").update(`${callerId}\n${sampleHash}`).digest("hex");
  return `tc${digest}`.slice(0, voiceNameCharacters[model]);
}

async function createQwenVoice(
  api: Api,
  { model, name, url, charge }: { model: string; name: string; url: string; charge: Output["charge"] },
  context: OperationContext,
): Promise<StartEnd> {
  const begun = await api.begin({
    method: "POST",
    path: voicesPath,
    body: {
      model: "qwen-voice-enrollment",
      input: { action: "create", target_model: model, preferred_name: name, audio: { data: url } },
    },
    data: qwenVoiceMade,
    timeoutMs: sampleTimeoutMs(url),
    signal: context.signal,
  });
  if (begun.end !== "data") {
    return begun;
  }
  const { data, requestId } = begun;
  return {
    end: "done",
    output: {
      media: [],
      facts: { speakerId: data.output.voice, model },
      charge,
      requestId,
    },
  };
}

async function createCosyVoice(
  api: Api,
  ages: WorkAges,
  { model, name, url }: { model: string; name: string; url: string },
  context: OperationContext,
): Promise<StartEnd> {
  const startedAt = ages.clock.now();
  const begun = await api.begin({
    method: "POST",
    path: voicesPath,
    body: { model: "voice-enrollment", input: { action: "create_voice", target_model: model, prefix: name, url } },
    data: cosyVoiceMade,
    timeoutMs: sampleTimeoutMs(url),
    signal: context.signal,
  });
  return voiceBegun(ages, begun, (voiceId) => ({ kind: "voice", voiceId, model, startedAt }));
}

async function updateVoice(
  api: Api,
  ages: WorkAges,
  { voiceId, model, url }: { voiceId: string; model: string; url: string },
  context: OperationContext,
): Promise<StartEnd> {
  const startedAt = ages.clock.now();
  const begun = await api.begin({
    method: "POST",
    path: voicesPath,
    body: { model: "voice-enrollment", input: { action: "update_voice", voice_id: voiceId, url } },
    data: anyAnswer.transform(() => ({ output: { voice_id: voiceId } })),
    timeoutMs: sampleTimeoutMs(url),
    signal: context.signal,
  });
  return voiceBegun(ages, begun, () => ({ kind: "voice", voiceId, model, startedAt }));
}

function voiceBegun(
  ages: WorkAges,
  begun: { end: "data"; data: { output: { voice_id: string } }; requestId?: string } | NotBegun,
  referenceOf: (voiceId: string) => VoiceReference,
): StartEnd {
  if (begun.end !== "data") {
    return begun;
  }
  const { data, requestId } = begun;
  const reference = referenceOf(data.output.voice_id);
  ages.begun(reference.voiceId, reference.startedAt);
  return requestId === undefined
    ? { end: "operation", reference }
    : { end: "operation", reference: { ...reference, requestId }, requestId };
}

async function checkVoice(
  api: Api,
  ages: WorkAges,
  { voiceId, model, startedAt, requestId }: VoiceReference,
  context: OperationContext,
  charge: Output["charge"],
): Promise<CheckEnd> {
  const ageMs = () => ages.of(voiceId, startedAt);
  let status: string;
  try {
    const { data } = await api.read({
      method: "POST",
      path: voicesPath,
      body: { model: "voice-enrollment", input: { action: "query_voice", voice_id: voiceId } },
      data: voiceState,
      timeoutMs: readTimeoutMs,
      signal: context.signal,
    });
    ({ status } = data.output);
  } catch (error) {
    return checkEndOfMissing(error, ageMs(), requestId);
  }
  switch (status) {
    case "DEPLOYING":
      return { state: "pending", checkAfterMs: nextCheckMs(ageMs()) };
    case "OK":
      return {
        state: "done",
        output: {
          media: [],
          facts: { speakerId: voiceId, model },
          charge,
          requestId,
        },
      };
    case "UNDEPLOYED":
      return {
        state: "failed",
        failure: {
          kind: "refused",
          provider: dashscopeName.provider,
          sentence: { key: "provider.dashscope.voice-undeployed", values: { provider: dashscopeName.providerTitle } },
          charged: "unknown",
          retry: { kind: "after-change" },
          requestId,
        },
      };
    default:
      throw dashscopeFailures.notReadable("unreadable", requestId);
  }
}

/** Handles a missing voice: too new to be known everywhere, or deleted. Rethrows everything else. */
function checkEndOfMissing(error: unknown, ageMs: number, requestId: string | undefined): CheckEnd {
  if (!ToolcastError.isInstance(error) || !missingVoice.has(error.failure.vendorCode ?? "")) {
    throw error;
  }
  // It was started, so the catalogue's "not charged" for a question about an unknown voice does not apply.
  const failure = {
    ...error.failure,
    requestId: requestId ?? error.failure.requestId,
    ...({ charged: "unknown", retry: { kind: "never" } } as const),
  };
  return ageMs < settlingMs ? { state: "pending", checkAfterMs: nextCheckMs(ageMs) } : { state: "lost", failure };
}
