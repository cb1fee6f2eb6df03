import type { LocalizedText } from "../ground/locale.ts";
import { type SpokenLanguage, spokenLanguages } from "../providers/operation.ts";
import { choice, decimal, flag, text, voice } from "./field.ts";
import { defineTool, step } from "./tool.ts";

const languageTitles: Record<SpokenLanguage, LocalizedText> = {
  chinese: { en: "Chinese", "zh-CN": "中文" },
  english: { en: "English", "zh-CN": "英文" },
  french: { en: "French", "zh-CN": "法语" },
  german: { en: "German", "zh-CN": "德语" },
  japanese: { en: "Japanese", "zh-CN": "日语" },
  korean: { en: "Korean", "zh-CN": "韩语" },
  russian: { en: "Russian", "zh-CN": "俄语" },
  portuguese: { en: "Portuguese", "zh-CN": "葡萄牙语" },
  spanish: { en: "Spanish", "zh-CN": "西班牙语" },
  italian: { en: "Italian", "zh-CN": "意大利语" },
  thai: { en: "Thai", "zh-CN": "泰语" },
  indonesian: { en: "Indonesian", "zh-CN": "印尼语" },
  vietnamese: { en: "Vietnamese", "zh-CN": "越南语" },
};

/** Speaks text with a vendor's voice or a cloned one. */
export const synthesizeSpeech = defineTool({
  name: "synthesize_speech",
  command: "speak",
  effect: "spends",
  title: { en: "Speak", "zh-CN": "语音合成" },
  summary: {
    en: "Speaks text with a ready-made voice or one that you cloned.",
    "zh-CN": "用现成音色或您克隆的音色朗读文本。",
  },
  primary: "text",
  input: {
    text: text({
      title: { en: "Text", "zh-CN": "文本" },
      summary: { en: "What is spoken; up to 10,000 characters.", "zh-CN": "要朗读的文字，最多 10000 字。" },
      maxLength: 10_000,
      multiline: true,
    }),
    voice: voice({
      title: { en: "Voice", "zh-CN": "音色" },
      summary: { en: "The name of one of your voices.", "zh-CN": "您的音色名称。" },
      presetByDefault: true,
    }),
    speed: decimal({
      title: { en: "Speed", "zh-CN": "语速" },
      summary: {
        en: "1 is the voice's own; best 0.5 to 1.5.",
        "zh-CN": "1 为原速，建议 0.5 到 1.5。",
      },
      minimum: 0.1,
      maximum: 1.9,
      optional: true,
    }),
    pitch: decimal({
      title: { en: "Pitch", "zh-CN": "语调" },
      summary: {
        en: "1 is the voice's own; best 0.5 to 5.",
        "zh-CN": "1 为原调，建议 0.5 到 5。",
      },
      minimum: 0.1,
      maximum: 10,
      optional: true,
    }),
    volume: decimal({
      title: { en: "Volume", "zh-CN": "音量" },
      summary: {
        en: "1 is the voice's own; best 0.5 to 5.",
        "zh-CN": "1 为原音量，建议 0.5 到 5。",
      },
      minimum: 0.1,
      maximum: 10,
      optional: true,
    }),
    cross_language: flag({
      title: { en: "Another language", "zh-CN": "跨语言" },
      summary: {
        en: "The text is not in the recording's language (LITE voices only).",
        "zh-CN": "文本语言与声音样本不同（仅 LITE 音色支持）。",
      },
      optional: true,
    }),
    instructions: text({
      title: { en: "Instructions", "zh-CN": "朗读指令" },
      summary: {
        en: "How to say it, in plain words, if the voice follows instructions. Up to 500 characters.",
        "zh-CN": "描述朗读方式（须音色支持），最多 500 字。",
      },
      maxLength: 500,
      optional: true,
    }),
    language: choice({
      title: { en: "Language", "zh-CN": "语言" },
      summary: {
        en: "The language of the text, if numbers or symbols are read wrongly. Default: detected.",
        "zh-CN": "文本的语言，数字、符号读错时填写。默认自动识别。",
      },
      choices: spokenLanguages.map((value) => ({ value, title: languageTitles[value] })),
      optional: true,
    }),
  },
  steps: (input) => [
    step({
      name: "speech",
      title: { en: "Speech", "zh-CN": "合成语音" },
      capability: "speech",
      request: (context) => ({
        text: input.text,
        ...context.voice(input.voice),
        speed: input.speed,
        pitch: input.pitch,
        volume: input.volume,
        crossLanguage: input.cross_language,
        instructions: input.instructions,
        language: input.language,
      }),
    }),
  ],
  describe: (_job, input) => ({ title: `“${input.text}”` }),
});
