// @verifies spending.preset-voices
import { expect, test } from "vitest";
import { presetVoices } from "./preset-voices.ts";
import { dashscopeSchema } from "./settings.ts";

const voicesOf = (variables: Record<string, string>) =>
  presetVoices(dashscopeSchema.parse({ DASHSCOPE_API_KEY: "sk-marker", ...variables }));

test.each([
  ["cosyvoice-v3-flash", "longanyang", "cosyvoice-v3-flash"],
  ["cosyvoice-v3-plus", "longanyang", "cosyvoice-v3-plus"],
  ["cosyvoice-v3.5-flash", "longanyang", "cosyvoice-v3-flash"],
  ["qwen3-tts-flash", "Cherry", "qwen3-tts-flash"],
  ["qwen3-tts-flash-2025-11-27", "Cherry", "qwen3-tts-flash-2025-11-27"],
  ["qwen3-tts-instruct-flash", "Cherry", "qwen3-tts-instruct-flash"],
  ["qwen3-tts-vc-2026-01-22", "Cherry", "qwen3-tts-flash"],
])("%s: the default is %s of %s, and both families are offered", (speechModel, speakerId, model) => {
  const voices = voicesOf({ DASHSCOPE_SPEECH_MODEL: speechModel });
  expect(voices[0]).toMatchObject({ speakerId, model });
  expect(new Set(voices.map((voice) => voice.model?.split("-")[0]))).toEqual(new Set(["cosyvoice", "qwen3"]));
});

test("names and ids are unique, and each has a character and languages in both languages", () => {
  const voices = voicesOf({});
  expect(voices.length).toBeGreaterThan(40);
  const names = voices.flatMap(({ name, alias }) => [name.toLowerCase(), alias]);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, character, languages } of voices) {
    for (const words of [...Object.values(character), ...Object.values(languages)]) {
      expect(words, name).not.toBe("");
    }
  }
});

test.each([
  ["https://dashscope.aliyuncs.com/api/v1", true],
  ["https://dashscope-intl.aliyuncs.com/api/v1", true],
  ["http://127.0.0.1:4000/dashscope/api/v1", true],
  ["https://dashscope-us.aliyuncs.com/api/v1", false],
  ["https://ws-1.eu-central-1.maas.aliyuncs.com/api/v1", false],
])("at %s they are offered: %s", (baseUrl, offered) => {
  expect(voicesOf({ DASHSCOPE_BASE_URL: baseUrl }).length > 0).toBe(offered);
});
