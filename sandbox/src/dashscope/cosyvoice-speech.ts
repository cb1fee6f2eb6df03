import { type Answer, type Call, inputOf, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import type { Fields } from "./fields.ts";
import { billedCharacters, speechAnswer } from "./speech-answer.ts";

const mostCharacters = 20_000;
const formats = ["wav", "mp3", "pcm"] as const;
const ratesHz = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];
const usualVolume = 50;

/** Voices every account has, by the family of their names; each edition of the model spells them differently. */
const presetNames: readonly string[] = [
  "longxiaochun",
  "longxiaoxia",
  "longxiaocheng",
  "longwan",
  "longcheng",
  "longhua",
  "longshu",
  "longjing",
  "longmiao",
  "longyue",
  "longyuan",
  "longfei",
];
const presetSuffixes: ReadonlyMap<string, string> = new Map([
  ["cosyvoice-v1", ""],
  ["cosyvoice-v2", "_v2"],
  ["cosyvoice-v3-flash", "_v3"],
  ["cosyvoice-v3-plus", "_v3"],
]);
/** Of both models of the third edition; the faster one has more. */
const laterPresets: readonly string[] = ["longanyang", "longanhuan"];
const flashPresets: readonly string[] = [
  "longanwen_v3",
  "longanya_v3",
  "longanqin_v3",
  "longfeifei_v3",
  "longshuo_v3",
  "longze_v3",
  "longanzhi_v3",
  "longanlang_v3",
  "longsanshu_v3",
  "longhuhu_v3",
];

/** Every model of the family; the last two have only cloned voices. */
export const cosyVoiceModels: readonly string[] = [
  ...presetSuffixes.keys(),
  "cosyvoice-v3.5-flash",
  "cosyvoice-v3.5-plus",
];

/** `audio/tts/SpeechSynthesizer`. */
export async function speakCosyVoice(vendor: Vendor, call: Call): Promise<Answer> {
  const speech = readSpeech(vendor, call);
  return speechAnswer(vendor, call, speech, speech);
}

/** Reads one request for speech, however it was sent. */
export function readSpeech(vendor: Vendor, call: Call) {
  if (!cosyVoiceModels.includes(call.model)) throw new DashscopeRefusal("ModelNotFound");
  const input = inputOf(call);
  const [text, voice] = [input.text("text"), input.text("voice")];
  input.optionalText("text", mostCharacters);
  const format = input.oneOf("format", formats, "wav");
  const rateHz = input.number("sample_rate", { least: 8000, most: 48_000, usual: 24_000, whole: true });
  if (!ratesHz.includes(rateHz)) input.refuse("sample_rate", `must be one of ${ratesHz.join(", ")}`);
  const speed = input.number("rate", { least: 0.5, most: 2, usual: 1 });
  const pitch = input.number("pitch", { least: 0.5, most: 2, usual: 1 });
  const volume = input.number("volume", { least: 0, most: 100, usual: usualVolume, whole: true });
  requireVoice(vendor, call.model, voice);
  requireManner(call, input, voice);
  return { text, voice, speed, pitch, volume: volume / usualVolume, format, rateHz };
}

const hintedLanguages = ["zh", "en", "fr", "de", "ja", "ko", "ru", "pt", "th", "id", "vi"];
/** Of the third edition's faster model; cloned voices all follow instructions. */
const instructedPresets = ["longanyang", "longanhuan", "longhuhu_v3"];
const mostInstructionCharacters = 100;

/** The engine has its own code for an instruction that the voice does not follow. */
function requireManner(call: Call, input: Fields, voice: string): void {
  const instruction = input.optionalText("instruction");
  if (instruction !== undefined) {
    const isCloned = voice.startsWith(`${call.model}-`);
    const follows =
      call.model.startsWith("cosyvoice-v3.5-") ||
      (call.model === "cosyvoice-v3-flash" && (isCloned || instructedPresets.includes(voice)));
    if (!follows || billedCharacters(instruction) > mostInstructionCharacters) {
      throw new DashscopeRefusal("InvalidParameter", { message: "[tts:]Engine return error code: 428" });
    }
  }
  const hints = input.raw("language_hints");
  if (hints !== undefined && !(Array.isArray(hints) && hints.length === 1 && hintedLanguages.includes(hints[0]))) {
    input.refuse("language_hints", `must hold one of ${hintedLanguages.join(", ")}`);
  }
}

/** The engine does not distinguish between a voice of another model, an unknown one and one that is not ready. */
function requireVoice({ context }: Vendor, model: string, voice: string): void {
  const suffix = presetSuffixes.get(model);
  const isPreset =
    (suffix !== undefined && presetNames.some((name) => `${name}${suffix}` === voice)) ||
    (suffix === "_v3" && laterPresets.includes(voice)) ||
    (model === "cosyvoice-v3-flash" && flashPresets.includes(voice));
  const cloned = context.state.dashscopeVoices.get(voice);
  const isCloned = cloned?.targetModel === model && !cloned.rejected && cloned.readyAt <= context.clock.now();
  if (!isPreset && !isCloned) {
    throw new DashscopeRefusal("InvalidParameter", { message: "[tts:]Engine return error code: 418" });
  }
}
