import { UsageError } from "../../errors/errors.ts";
import { listed } from "../../messages/listed.ts";
import type { SpeechRequest, SpokenLanguage } from "../operation.ts";
import { dashscopeName } from "./name.ts";
import { isQwenSpeech } from "./settings.ts";
import { checkLength, spokenCharactersOf } from "./text.ts";

type Manner = Pick<SpeechRequest, "instructions" | "language" | "speakerId">;

/** How Qwen calls the languages it speaks. */
const qwenLanguages: ReadonlyMap<SpokenLanguage, string> = new Map([
  ["chinese", "Chinese"],
  ["english", "English"],
  ["french", "French"],
  ["german", "German"],
  ["japanese", "Japanese"],
  ["korean", "Korean"],
  ["russian", "Russian"],
  ["portuguese", "Portuguese"],
  ["spanish", "Spanish"],
  ["italian", "Italian"],
]);
/** How CosyVoice calls those that it can be told. */
const cosyLanguages: ReadonlyMap<SpokenLanguage, string> = new Map([
  ["chinese", "zh"],
  ["english", "en"],
  ["french", "fr"],
  ["german", "de"],
  ["japanese", "ja"],
  ["korean", "ko"],
  ["russian", "ru"],
  ["portuguese", "pt"],
  ["thai", "th"],
  ["indonesian", "id"],
  ["vietnamese", "vi"],
]);

/** The vendor's own voices of `cosyvoice-v3-flash` that follow instructions; of cloned ones all do. */
const instructedVoices: ReadonlySet<string> = new Set(["longanyang", "longanhuan", "longhuhu_v3"]);
const maxInstructionCharacters = 100;

/** Instructions and language as the model takes them. */
export function mannerOf(model: string, { instructions, language }: Manner): Record<string, unknown> {
  const named = language && languagesOf(model).get(language);
  return isQwenSpeech(model)
    ? { instructions, language_type: named }
    : { instruction: instructions, language_hints: named === undefined ? undefined : [named] };
}

/** Refuses instructions or a language that the model does not take: it would ignore them, and charge. */
export function checkManner(model: string, request: Manner): void {
  const { instructions, language } = request;
  const common = { provider: dashscopeName.providerTitle, model };
  if (instructions !== undefined) {
    if (!followsInstructions(model, request)) {
      throw new UsageError({ key: "provider.dashscope.no-instructions", values: common }, "instructions");
    }
    if (!isQwenSpeech(model)) {
      checkLength(instructions, maxInstructionCharacters, "instructions", spokenCharactersOf);
    }
  }
  const known = languagesOf(model);
  if (language !== undefined && !known.has(language)) {
    throw new UsageError(
      known.size === 0
        ? { key: "provider.field-not-offered", values: { provider: common.provider, field: "language" } }
        : {
            key: "provider.dashscope.languages",
            values: { ...common, actual: language, languages: listed([...known.keys()]) },
          },
      "language",
    );
  }
}

function followsInstructions(model: string, { speakerId }: Manner): boolean {
  if (isQwenSpeech(model)) {
    return model.startsWith("qwen3-tts-instruct-");
  }
  // A cloned voice has the model in its name.
  const ofFlash = instructedVoices.has(speakerId) || speakerId.startsWith(`${model}-`);
  return model.startsWith("cosyvoice-v3.5-") || (model === "cosyvoice-v3-flash" && ofFlash);
}

function languagesOf(model: string): ReadonlyMap<SpokenLanguage, string> {
  if (isQwenSpeech(model)) {
    return qwenLanguages;
  }
  return model === "cosyvoice-v1" ? new Map() : cosyLanguages;
}
