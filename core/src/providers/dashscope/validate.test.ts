import { describe, expect, test } from "vitest";
import { ToolcastError } from "../../errors/errors.ts";
import type { Http } from "../../http/http.ts";
import type { Asset, MediaFacts } from "../../media/media.ts";
import type { ImageRequest } from "../operation.ts";
import { dashscope } from "./index.ts";

const key = { DASHSCOPE_API_KEY: "sk-marker" };

function operations(variables: Record<string, string> = {}) {
  const settings = dashscope.schema.parse({ ...key, ...variables });
  return dashscope.create(settings, {
    http: {} as Http,
    clock: { now: () => 0, monotonic: () => 0, setTimer: () => () => {} },
  } as never).operations;
}

/** The input at fault; undefined if there is none. */
function fault(work: () => void): string | undefined {
  try {
    work();
  } catch (error) {
    if (ToolcastError.isInstance(error)) {
      return error.failure.field;
    }
    throw error;
  }
  return undefined;
}

const mebibyte = 1024 * 1024;
const asset = (facts: Partial<MediaFacts> & Pick<MediaFacts, "kind">): Asset => ({
  id: "asset_1",
  hash: "h",
  owner: "o",
  name: "n",
  createdAt: 0,
  type: "",
  extension: { audio: "wav", video: "mp4", image: "png" }[facts.kind],
  bytes: 1000,
  durationMs: 8000,
  ...(facts.kind === "video" ? { codec: "avc", framesPerSecond: 25 } : { sampleRateHz: 24_000 }),
  width: 1280,
  height: 720,
  ...facts,
});

describe("pictures", () => {
  const image = (request: Partial<ImageRequest>, model = "wanx2.1-t2i-turbo") =>
    fault(() => operations({ DASHSCOPE_IMAGE_MODEL: model }).image!.validate!({ prompt: "x", ...request }));

  test.each([
    [{}, undefined],
    [{ prompt: " " }, "prompt"],
    [{ prompt: "字".repeat(800) }, undefined],
    [{ prompt: "字".repeat(801) }, "prompt"],
    [{ negativePrompt: "字".repeat(500) }, undefined],
    [{ negativePrompt: "字".repeat(501) }, "negative_prompt"],
    [{ seed: 2_147_483_647 }, undefined],
    [{ seed: 2_147_483_648 }, "seed"],
    [{ seed: -1 }, "seed"],
    [{ seed: 0.5 }, "seed"],
    [{ count: 4 }, undefined],
    [{ count: 5 }, "count"],
    [{ count: 0 }, "count"],
    [{ size: "512x1440" }, undefined],
    [{ size: "511x1440" }, "size"],
    [{ size: "512x1441" }, "size"],
    [{ size: "big" }, "size"],
  ] satisfies [Partial<ImageRequest>, string | undefined][])("%j", (request, field) => {
    expect(image(request)).toBe(field);
  });

  test.each([
    ["wan2.6-t2i", "1280x1280", undefined],
    ["wan2.6-t2i", "1280x1279", "size"],
    ["wan2.6-t2i", "1440x1440", undefined],
    ["wan2.6-t2i", "1441x1440", "size"],
    ["wan2.6-t2i", "2560x640", undefined],
    ["wan2.6-t2i", "2640x650", "size"],
    // Recommended, although slightly smaller than the model's own range.
    ["wan2.6-t2i", "960x1696", undefined],
    ["wan2.6-t2i", "1104x1472", undefined],
    ["wan2.6-t2i", "2K", "size"],
    ["wan2.5-t2i-preview", "768x2700", undefined],
    ["wan2.5-t2i-preview", "768x2701", "size"],
    ["wan2.5-t2i-preview", "768x768", undefined],
    ["wan2.5-t2i-preview", "768x767", "size"],
    ["wan2.5-t2i-preview", "1440x1440", undefined],
    ["wan2.5-t2i-preview", "1440x1441", "size"],
    ["wan2.5-t2i-preview", "1600x400", undefined],
    ["wan2.5-t2i-preview", "1604x400", "size"],
    ["wan2.2-t2i-plus", "768x2700", "size"],
    ["wan2.6-image", "768x768", undefined],
    ["wan2.6-image", "768x767", "size"],
    ["wan2.6-image", "1280x1280", undefined],
    ["wan2.6-image", "1281x1280", "size"],
    ["wan2.6-image", "1604x400", "size"],
    ["wan2.7-image", "2K", undefined],
    ["wan2.7-image", "4K", "size"],
    ["wan2.7-image", "768x768", undefined],
    ["wan2.7-image", "768x767", "size"],
    ["wan2.7-image", "2048x2048", undefined],
    ["wan2.7-image", "2049x2048", "size"],
    ["wan2.7-image", "4096x512", undefined],
    ["wan2.7-image", "4104x512", "size"],
    ["wan2.7-image-pro", "1K", undefined],
    ["wan2.7-image-pro", "4K", undefined],
    ["wan2.7-image-pro", "8K", "size"],
    ["wan2.7-image-pro", "4096x4096", undefined],
    ["wan2.7-image-pro", "4097x4096", "size"],
    ["wan2.7-image-pro", "4104x512", "size"],
    ["qwen-image-2.0", "512x512", undefined],
    ["qwen-image-2.0", "512x511", "size"],
    ["qwen-image-2.0-pro", "2688x1536", undefined],
    ["qwen-image-2.0-pro", "2048x2049", "size"],
    ["qwen-image-2.0-pro", "2K", "size"],
    ["qwen-image", "1664x928", undefined],
    ["qwen-image", "0x928", "size"],
    ["qwen-image-plus", "1024x1024", "size"],
    ["qwen-image-max", "1104x1472", undefined],
    ["qwen-image-max", "1140x1472", undefined],
    // Nothing is documented about it: the vendor decides.
    ["wan9-t2i", "9000x10", undefined],
  ])("%s at %s", (model, size, field) => {
    expect(image({ size }, model)).toBe(field);
  });

  test.each([
    ["wanx2.1-t2i-plus", 4, true],
    ["wan2.2-t2i-flash", 4, true],
    ["wan2.5-t2i-preview", 4, true],
    ["wan2.6-t2i", 4, true],
    ["qwen-image", 1, true],
    ["qwen-image-plus", 1, true],
    ["qwen-image-max", 1, false],
    ["qwen-image-2.0-pro", 6, false],
    ["wan2.6-image", 1, true],
    ["wan2.7-image", 4, true],
    ["wan2.7-image-pro", 4, true],
  ])("%s makes %i a call; as a task: %s", (model, imagesPerCall, isTask) => {
    const operation = operations({ DASHSCOPE_IMAGE_MODEL: model }).image!;
    expect(operation.perCall).toBe(imagesPerCall);
    expect(operation.check !== undefined).toBe(isTask);
    expect(image({ count: imagesPerCall + 1 }, model)).toBe("count");
  });

  test.each([
    ["wan2.2-t2i-flash", 800],
    ["wan2.5-t2i-preview", 2000],
    ["wan2.6-t2i", 2100],
    ["wan2.6-image", 2000],
    ["wan2.7-image", 5000],
    ["qwen-image-2.0", 800],
  ])("%s reads a prompt of %i characters", (model, characters) => {
    expect(image({ prompt: "字".repeat(characters) }, model)).toBeUndefined();
    expect(image({ prompt: "字".repeat(characters + 1) }, model)).toBe("prompt");
  });

  test("a model without negative prompts refuses one", () => {
    expect(image({ negativePrompt: "狗" }, "wan2.7-image")).toBe("negative_prompt");
    expect(image({ negativePrompt: "" }, "wan2.7-image")).toBeUndefined();
  });

  test.each([
    "wanx2.1-t2i-turbo",
    "wan2.5-t2i-preview",
    "wan2.6-t2i",
    "wan2.6-image",
    "wan2.7-image",
    "wan2.7-image-pro",
    "qwen-image",
    "qwen-image-max",
    "qwen-image-2.0",
  ])("%s makes every size that is suggested for it", (model) => {
    const suggested = operations({ DASHSCOPE_IMAGE_MODEL: model }).image!.suggested!.size!;
    expect(suggested.length).toBeGreaterThan(4);
    expect(suggested.filter((size) => image({ size }, model) !== undefined)).toEqual([]);
  });
});

describe("speech", () => {
  const speech = (request: object, model?: string) =>
    fault(() => operations().speech!.validate!({ text: "x", speakerId: "v", ...(model ? { model } : {}), ...request }));

  test.each([
    [{}, undefined],
    [{ text: " " }, "text"],
    [{ speakerId: " " }, "voice"],
    [{ speed: 0.5 }, undefined],
    [{ speed: 0.49 }, "speed"],
    [{ speed: 2.01 }, "speed"],
    [{ pitch: 2 }, undefined],
    [{ pitch: 2.01 }, "pitch"],
    [{ volume: 0 }, undefined],
    [{ volume: 2.01 }, "volume"],
    [{ crossLanguage: true }, "cross_language"],
    [{ crossLanguage: false }, undefined],
  ])("%j", (request, field) => {
    expect(speech(request)).toBe(field);
  });

  test("a text as long as each model family accepts", () => {
    expect(speech({ text: "x".repeat(20_000) })).toBeUndefined();
    expect(speech({ text: "x".repeat(20_001) })).toBe("text");
    expect(speech({ text: "字".repeat(10_000) })).toBeUndefined();
    expect(speech({ text: "字".repeat(10_001) })).toBe("text");
    expect(speech({ text: "x".repeat(600) }, "qwen3-tts-flash")).toBeUndefined();
    expect(speech({ text: "x".repeat(601) }, "qwen3-tts-flash")).toBe("text");
  });

  test("Qwen has no ratios", () => {
    expect(speech({ speed: 1 }, "qwen3-tts-vc")).toBe("speed");
  });
});

describe("media", () => {
  const clone = (facts: Partial<MediaFacts>, request: object = {}, variables: Record<string, string> = {}) =>
    fault(() =>
      operations(variables).voiceCloning!.validate!({ audio: asset({ kind: "audio", ...facts }), ...request } as never),
    );
  const lips = (video: Partial<MediaFacts>, audio: Partial<MediaFacts> = {}, request: object = {}) =>
    fault(() =>
      operations().avatarVideo!.validate!({
        video: asset({ kind: "video", ...video }),
        audio: asset({ kind: "audio", ...audio }),
        ...request,
      }),
    );

  test("a voice's sample", () => {
    expect(clone({ durationMs: 60_000, bytes: 10 * mebibyte })).toBeUndefined();
    expect(clone({ durationMs: 60_001 })).toBe("audio");
    expect(clone({ durationMs: 3000, extension: "m4a" })).toBeUndefined();
    expect(clone({ durationMs: 2999 })).toBe("audio");
    expect(clone({ extension: "ogg" })).toBe("audio");
    expect(clone({ bytes: 10 * mebibyte + 1 })).toBe("audio");
    expect(clone({}, { tier: "lite" })).toBe("tier");
    const qwen = { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-vc-2026-01-22" };
    expect([clone({ sampleRateHz: 16_000 }), clone({ sampleRateHz: 15_999 })]).toEqual([undefined, "audio"]);
    expect(clone({ sampleRateHz: 24_000 }, {}, qwen)).toBeUndefined();
    expect(clone({ sampleRateHz: 23_999 }, {}, qwen)).toBe("audio");
  });

  test("a video whose lips are fitted", () => {
    expect(lips({ durationMs: 2000, bytes: 300 * mebibyte, width: 2048, height: 640 })).toBeUndefined();
    expect(lips({ durationMs: 1999 })).toBe("video");
    expect(lips({ durationMs: 120_001 })).toBe("video");
    expect(lips({ bytes: 300 * mebibyte + 1 })).toBe("video");
    expect(lips({ height: 639 })).toBe("video");
    expect(lips({ width: 2049 })).toBe("video");
    expect(lips({ extension: "webm" })).toBe("video");
    expect(lips({ extension: "avi" })).toBe("video");
    expect([15, 60].map((framesPerSecond) => lips({ framesPerSecond }))).toEqual([undefined, undefined]);
    expect(lips({ framesPerSecond: 14 })).toBe("video");
    expect(lips({ framesPerSecond: 61 })).toBe("video");
    expect(lips({ codec: "hevc" })).toBeUndefined();
    expect(lips({ codec: "vp9" })).toBe("video");
    expect(lips({}, { bytes: 30 * mebibyte + 1 })).toBe("audio");
    expect(lips({}, { extension: "aac", durationMs: 120_000 })).toBeUndefined();
    expect(lips({}, { extension: "ogg" })).toBe("audio");
    expect(lips({}, { durationMs: 1999 })).toBe("audio");
    expect(lips({}, { durationMs: 120_001 })).toBe("audio");
    expect(lips({}, {}, { text: "words" })).toBe("text");
    expect(lips({}, {}, { audio: undefined })).toBe("audio");
    expect(lips({}, {}, { video: undefined })).toBe("video");
  });

  test.each<[string, Partial<MediaFacts>, Partial<MediaFacts>, string | undefined]>([
    ["wan2.2-s2v", {}, { durationMs: 20_000, bytes: 15 * mebibyte, extension: "mp3" }, undefined],
    ["wan2.2-s2v", {}, { durationMs: 20_001 }, "audio"],
    ["wan2.2-s2v", { width: 400, height: 7000, extension: "webp" }, {}, undefined],
    ["wan2.2-s2v", { width: 399 }, {}, "image"],
    ["wan2.2-s2v", { height: 7001 }, {}, "image"],
    ["wan2.2-s2v", { extension: "gif" }, {}, "image"],
    ["liveportrait", { width: 100, height: 4096 }, { durationMs: 300_000 }, undefined],
    ["liveportrait", { height: 4097 }, {}, "image"],
    ["liveportrait", {}, { durationMs: 999 }, "audio"],
    ["liveportrait", {}, { durationMs: 300_001 }, "audio"],
    ["emo-v1", { bytes: 10 * mebibyte }, { durationMs: 60_000 }, undefined],
    ["emo-v1", { bytes: 10 * mebibyte + 1 }, {}, "image"],
    ["emo-v1", {}, { durationMs: 60_001 }, "audio"],
    ["emo-v1", {}, { bytes: 15 * mebibyte + 1 }, "audio"],
    ["emo-v1", {}, { extension: "m4a" }, "audio"],
  ])("a portrait for %s, %j with %j", (model, image, audio, field) => {
    const { validate } = operations({ DASHSCOPE_PORTRAIT_MODEL: model }).portraitVideo!;
    const request = { image: asset({ kind: "image", ...image }), audio: asset({ kind: "audio", ...audio }) };
    expect(fault(() => validate!(request))).toBe(field);
  });

  test("a portrait without a recording", () => {
    const { validate } = operations({}).portraitVideo!;
    expect(fault(() => validate!({ image: asset({ kind: "image" }) }))).toBe("audio");
  });
});

describe("settings", () => {
  test.each([
    [{}, "https://dashscope.aliyuncs.com/api/v1"],
    [{ DASHSCOPE_BASE_URL: "https://dashscope-intl.aliyuncs.com" }, "https://dashscope-intl.aliyuncs.com/api/v1"],
    [
      { DASHSCOPE_BASE_URL: "https://dashscope.aliyuncs.com/compatible-mode/v1/" },
      "https://dashscope.aliyuncs.com/api/v1",
    ],
    [{ DASHSCOPE_BASE_URL: "http://127.0.0.1:1/dashscope/api/v1" }, "http://127.0.0.1:1/dashscope/api/v1"],
  ])("%j", (variables, baseUrl) => {
    expect(dashscope.schema.parse({ ...key, ...variables }).baseUrl).toBe(baseUrl);
  });

  test("the model that makes voices matches the one that speaks, unless it is named", () => {
    const enrollment = (variables: object) => dashscope.schema.parse({ ...key, ...variables }).enrollmentModel;
    expect(enrollment({})).toBe("voice-enrollment");
    expect(enrollment({ DASHSCOPE_SPEECH_MODEL: "qwen3-tts-vc" })).toBe("qwen-voice-enrollment");
    expect(enrollment({ DASHSCOPE_VOICE_MODEL: "qwen-voice-enrollment" })).toBe("qwen-voice-enrollment");
  });

  test.each([
    "{",
    "[]",
    '{"m":1}',
    '{"m":{"amount":-1,"unit":"CNY"}}',
    '{"m":{"amount":1}}',
    '{"m":{"amount":1,"unit":""}}',
  ])("prices like %s are missed by name", (prices) => {
    const parsed = dashscope.schema.safeParse({ ...key, DASHSCOPE_PRICES: prices });
    expect(parsed.error?.issues).toMatchObject([{ path: ["DASHSCOPE_PRICES"] }]);
  });
});
