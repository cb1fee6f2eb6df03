import { UsageError } from "../../errors/errors.ts";
import type { Operation, SpeechRequest } from "../operation.ts";
import { chargeOf, priceOf } from "../rates.ts";
import { type Api, resultTimeoutMs } from "./api.ts";
import { maxSpokenCharacters } from "./limits.ts";
import { type DashscopeSettings, isQwenSpeech } from "./settings.ts";
import { checkManner, mannerOf } from "./speech-manner.ts";
import { checkLength, notOffered, spokenCharactersOf } from "./text.ts";
import { speechAnswer } from "./wire.ts";

/** The ratios CosyVoice allows, both ends included. Its volume is 0 to 100, with 50 as the default. */
const ratios = {
  speed: { min: 0.5, max: 2 },
  pitch: { min: 0.5, max: 2 },
  volume: { min: 0, max: 2 },
} as const;
const usualVolume = 50;

/** Speech in one answer. The model must be the one that the voice was made for, or the vendor refuses. */
export function speechOperation(api: Api, settings: DashscopeSettings): Operation<SpeechRequest> {
  const modelOf = (request: SpeechRequest) => request.model ?? settings.speechModel;
  return {
    maxDurationMs: resultTimeoutMs,
    // An immediate answer is not a task.
    unlisted: true,
    validate: (request) => validate(request, modelOf(request)),
    price: (request) => {
      const model = modelOf(request);
      return priceOf(settings.rates, {
        of: model,
        counted: "characters",
        quantity: spokenCharactersOf(request.text),
        dependsOn: { key: "provider.price.dashscope-speech", values: { model } },
      });
    },
    async start(request, context) {
      const model = modelOf(request);
      const begun = await api.begin({
        method: "POST",
        ...(isQwenSpeech(model) ? qwenCall(model, request) : cosyVoiceCall(model, request)),
        data: speechAnswer,
        timeoutMs: resultTimeoutMs,
        signal: context.signal,
      });
      if (begun.end !== "data") {
        return begun;
      }
      const { data, requestId } = begun;
      return {
        end: "done",
        output: {
          media: [{ url: data.output.audio.url }],
          charge: chargeOf(settings.rates, { of: model, counted: "characters", quantity: data.usage?.characters }),
          requestId,
        },
      };
    },
  };
}

interface SpokenCall {
  path: string;
  body: Record<string, unknown>;
}

function qwenCall(model: string, request: SpeechRequest): SpokenCall {
  const { text, speakerId } = request;
  return {
    path: "services/aigc/multimodal-generation/generation",
    body: { model, input: { text, voice: speakerId, ...mannerOf(model, request) } },
  };
}

function cosyVoiceCall(model: string, request: SpeechRequest): SpokenCall {
  const { text, speakerId, speed, pitch, volume } = request;
  return {
    path: "services/audio/tts/SpeechSynthesizer",
    // JSON drops undefined values, which leaves the voice's own settings.
    body: {
      model,
      input: {
        text,
        voice: speakerId,
        format: "mp3",
        sample_rate: 24_000,
        rate: speed,
        pitch,
        volume: volume === undefined ? undefined : Math.round(volume * usualVolume),
        ...mannerOf(model, request),
      },
    },
  };
}

function validate(request: SpeechRequest, model: string): void {
  if (request.speakerId.trim() === "") {
    throw new UsageError({ key: "provider.voice-missing" }, "voice");
  }
  if (request.text.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "text");
  }
  if (isQwenSpeech(model)) {
    checkLength(request.text, maxSpokenCharacters.qwen, "text");
  } else {
    checkLength(request.text, maxSpokenCharacters.cosyvoice, "text", spokenCharactersOf);
  }
  if (request.crossLanguage) {
    throw notOffered("cross_language");
  }
  checkManner(model, request);
  for (const field of ["speed", "pitch", "volume"] as const) {
    const actual = request[field];
    if (actual === undefined) {
      continue;
    }
    if (isQwenSpeech(model)) {
      throw notOffered(field);
    }
    const { min, max } = ratios[field];
    if (!(actual >= min && actual <= max)) {
      throw new UsageError({ key: "provider.ratio-range", values: { field, min, max, actual } }, field);
    }
  }
}
