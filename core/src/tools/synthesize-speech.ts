import { decimal, flag, text, voice } from "./field.ts";
import { defineTool, step } from "./tool.ts";

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
        en: "0.1 to 1.9, best 0.5 to 1.5; 1 is the voice's own.",
        "zh-CN": "0.1 到 1.9，建议 0.5 到 1.5；1 为原速。",
      },
      minimum: 0.1,
      maximum: 1.9,
      optional: true,
    }),
    pitch: decimal({
      title: { en: "Pitch", "zh-CN": "语调" },
      summary: {
        en: "0.1 to 10, best 0.5 to 5; 1 is the voice's own.",
        "zh-CN": "0.1 到 10，建议 0.5 到 5；1 为原调。",
      },
      minimum: 0.1,
      maximum: 10,
      optional: true,
    }),
    volume: decimal({
      title: { en: "Volume", "zh-CN": "音量" },
      summary: {
        en: "0.1 to 10, best 0.5 to 5; 1 is the voice's own.",
        "zh-CN": "0.1 到 10，建议 0.5 到 5；1 为原音量。",
      },
      minimum: 0.1,
      maximum: 10,
      optional: true,
    }),
    cross_language: flag({
      title: { en: "Another language", "zh-CN": "跨语言" },
      summary: {
        en: "The text is in another language than the recording (LITE voices only).",
        "zh-CN": "文本语言与声音样本不同（仅 LITE 音色支持）。",
      },
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
        ...(input.speed === undefined ? {} : { speed: input.speed }),
        ...(input.pitch === undefined ? {} : { pitch: input.pitch }),
        ...(input.volume === undefined ? {} : { volume: input.volume }),
        ...(input.cross_language === undefined ? {} : { crossLanguage: input.cross_language }),
      }),
    }),
  ],
  describe: (_job, input) => ({ title: `“${input.text}”` }),
});
