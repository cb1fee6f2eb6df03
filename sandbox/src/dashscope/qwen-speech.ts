import { type Answer, type Call, inputOf, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { speechAnswer } from "./speech-answer.ts";

const mostCharacters = 600;
const rateHz = 24_000;
const presetVoices: readonly string[] = [
  "Cherry",
  "Serena",
  "Ethan",
  "Chelsie",
  "Nofish",
  "Jennifer",
  "Ryan",
  "Katerina",
  "Elias",
  "Jada",
  "Dylan",
  "Sunny",
  "Li",
  "Marcus",
  "Roy",
  "Peter",
  "Rocky",
  "Kiki",
  "Eric",
  "Momo",
  "Vivian",
  "Moon",
  "Maia",
  "Kai",
  "Bella",
  "Eldric Sage",
  "Mia",
  "Mochi",
  "Bellona",
  "Vincent",
  "Bunny",
  "Neil",
  "Arthur",
  "Nini",
  "Seren",
  "Pip",
  "Stella",
];
const languages = [
  "Auto",
  "Chinese",
  "English",
  "German",
  "Italian",
  "Portuguese",
  "Spanish",
  "Japanese",
  "Korean",
  "French",
  "Russian",
] as const;

/** Models that speak with the vendor's own voices, and those that speak with cloned ones. */
const presetModel = /^qwen3-tts-(?:instruct-)?flash(-\d{4}-\d\d-\d\d)?$/;
const clonedModel = /^qwen3-tts-vc-\d{4}-\d\d-\d\d$/;
const realtimeModel = /^qwen3-tts-(flash|vc)-realtime(-\d{4}-\d\d-\d\d)?$/;

export function isQwenSpeechModel(model: string): boolean {
  return [presetModel, clonedModel, realtimeModel].some((name) => name.test(model));
}

/** True for a model a voice can be made for. */
export function takesClonedVoice(model: string): boolean {
  return clonedModel.test(model) || /^qwen3-tts-vc-realtime(-\d{4}-\d\d-\d\d)?$/.test(model);
}

/** `multimodal-generation/generation` with a speech model. */
export async function speakQwen(vendor: Vendor, call: Call): Promise<Answer> {
  if (realtimeModel.test(call.model)) {
    throw new DashscopeRefusal("InvalidParameter", { message: `Model ${call.model} does not support http call.` });
  }
  const input = inputOf(call);
  const [text, voice] = [input.text("text"), input.text("voice")];
  input.optionalText("text", mostCharacters);
  input.oneOf("language_type", languages, "Auto");
  if (input.has("instructions") && !/^qwen3-tts-instruct-/.test(call.model)) {
    input.refuse("instructions", `is not a parameter of ${call.model}`);
  }
  input.optionalText("instructions");
  const isKnown = clonedModel.test(call.model)
    ? vendor.context.state.dashscopeVoices.get(voice)?.targetModel === call.model
    : presetVoices.includes(voice);
  if (!isKnown) throw new DashscopeRefusal("BadRequest.VoiceNotFound", { message: `Voice '${voice}' not found.` });
  const speech = { text, voice, speed: 1, pitch: 1, volume: 1, format: "wav", rateHz } as const;
  // In events the sound has no header: it is what is played while more of it arrives.
  return speechAnswer(vendor, call, speech, { ...speech, format: "pcm" });
}
