import type { Capabilities, ProviderInstance } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { answer, closeAll, no, paths, setUp, startMs } from "../doubles/dashscope-vendor.ts";
import { createAsset, createOperationContext, jsonOf } from "../doubles/provider-tools.ts";
import { verifies } from "../verifies.ts";

afterEach(closeAll);

const audio = createAsset({ kind: "audio" });
const sample = "https://relay.example/hash-of-audio.wav";
const context = createOperationContext();
const clone = ({ operations }: ProviderInstance, request: Partial<Capabilities["voiceCloning"]> = {}) =>
  operations.voiceCloning!.start({ audio, ...request }, context);
const speak = ({ operations }: ProviderInstance, request: Partial<Capabilities["speech"]> = {}) =>
  operations.speech!.start({ text: "你好", speakerId: "cosyvoice-v2-tc-1", ...request }, context);

describe("a voice of CosyVoice", () => {
  const reference = {
    kind: "voice",
    voiceId: "cosyvoice-v2-tc-1",
    model: "cosyvoice-v2",
    startedAt: startMs,
    requestId: "req-1",
  };
  const v2 = { DASHSCOPE_SPEECH_MODEL: "cosyvoice-v2" };

  test("is made for the speech model, under a name that reveals nothing", async () => {
    const { vendor, provider } = await setUp(
      { [paths.customization]: () => answer({ voice_id: "cosyvoice-v2-tc-1" }) },
      v2,
    );
    expect(await clone(provider)).toEqual({ end: "operation", reference, requestId: "req-1" });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model: "voice-enrollment",
      input: {
        action: "create_voice",
        target_model: "cosyvoice-v2",
        prefix: expect.stringMatching(/^tc[\da-f]{8}$/),
        url: sample,
      },
    });
  });

  test("is deployed for a while; then its code and its model are kept", async () => {
    const { vendor, provider } = await setUp({
      [paths.customization]: (_request, nth) =>
        answer({ status: ["DEPLOYING", "OK", "UNDEPLOYED", "SLEEPING"][nth - 1] }),
    });
    const check = () => provider.operations.voiceCloning!.check!(reference, context);
    expect(await check()).toMatchObject({ state: "pending" });
    expect(await check()).toEqual({
      state: "done",
      output: {
        media: [],
        facts: { speakerId: "cosyvoice-v2-tc-1", model: "cosyvoice-v2" },
        charge: { amount: 1, unit: "voices" },
        requestId: "req-1",
      },
    });
    expect(await check()).toMatchObject({ state: "failed", failure: { charged: "unknown", requestId: "req-1" } });
    await expect(check()).rejects.toMatchObject({ failure: { charged: "no" } });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model: "voice-enrollment",
      input: { action: "query_voice", voice_id: "cosyvoice-v2-tc-1" },
    });
  });

  test("is waited for while not known yet, and lost after a minute, which nobody mistakes for a failure", async () => {
    verifies("survives.forgotten");
    const { clock, provider } = await setUp({ [paths.customization]: () => no(400, "BadRequest.VoiceNotFound") });
    const check = () => provider.operations.voiceCloning!.check!(reference, context);
    expect(await check()).toMatchObject({ state: "pending" });
    await clock.advance(60_000);
    expect(await check()).toMatchObject({
      state: "lost",
      failure: { charged: "unknown", requestId: "req-1", retry: { kind: "never" } },
    });
  });

  test("accepts a new sample under its own code and model", async () => {
    verifies("provider.retraining");
    const { vendor, provider } = await setUp({ [paths.customization]: () => ({ body: { request_id: "req-1" } }) });
    const request = { speakerId: "cosyvoice-v2-tc-1", model: "cosyvoice-v2" };
    expect(await clone(provider, request)).toEqual({ end: "operation", reference, requestId: "req-1" });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model: "voice-enrollment",
      input: { action: "update_voice", voice_id: "cosyvoice-v2-tc-1", url: sample },
    });
  });

  test("speaks with the model it was made for, whatever is configured by then", async () => {
    const made = answer({ audio: { url: "https://result.example/1.mp3", id: "audio-1", expires_at: 1 } });
    const { vendor, provider } = await setUp({ [paths.speech]: () => made });
    expect(await speak(provider, { model: "cosyvoice-v2", speed: 1.5, pitch: 0.5, volume: 2 })).toEqual({
      end: "done",
      output: {
        media: [{ url: "https://result.example/1.mp3" }],
        charge: { unit: "characters" },
        requestId: "req-1",
      },
    });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model: "cosyvoice-v2",
      input: {
        text: "你好",
        voice: "cosyvoice-v2-tc-1",
        format: "mp3",
        sample_rate: 24_000,
        rate: 1.5,
        pitch: 0.5,
        volume: 100,
      },
    });
    await speak(provider);
    expect(jsonOf(vendor.requests[1]!.text)).toEqual({
      model: "cosyvoice-v3-flash",
      input: { text: "你好", voice: "cosyvoice-v2-tc-1", format: "mp3", sample_rate: 24_000 },
    });
  });

  test("is charged by the characters the vendor counts, in the operator's currency", async () => {
    const made = answer({ audio: { url: "https://result.example/1.mp3" } }, { characters: 5000 });
    const { provider } = await setUp(
      { [paths.speech]: () => made },
      { DASHSCOPE_PRICES: '{"cosyvoice-v3-flash":{"amount":1,"unit":"CNY"}}' },
    );
    expect(await speak(provider)).toMatchObject({ output: { charge: { amount: 0.5, unit: "CNY" } } });
    expect(await provider.operations.speech!.price({ text: "字".repeat(10_000), speakerId: "v" })).toEqual({
      known: true,
      amount: 2,
      unit: "CNY",
    });
  });
});

test.each([
  ["cosyvoice-v3-flash", 1, 0.0011],
  ["cosyvoice-v3-plus", 2, 0.0022],
  ["qwen3-tts-flash", 0.8, 0.00088],
  ["qwen3-tts-instruct-flash", 0.8, 0.00088],
])(
  "%s costs its price list's %d CNY for 10,000 characters, an ideograph counting as two",
  async (model, amount, cost) => {
    const { provider } = await setUp({}, { DASHSCOPE_PRICES: JSON.stringify({ [model]: { amount, unit: "CNY" } }) });
    // Of the vendor's own example: 2 + 1 + 2 + 1 + 1 + 1, and 3 more.
    const price = await provider.operations.speech!.price({ text: "中A文123abc", speakerId: "v", model });
    expect(price).toEqual({ known: true, amount: cost, unit: "CNY" });
  },
);

test("instructions and language, as each family calls them", async () => {
  const { vendor, provider } = await setUp({
    [paths.speech]: () => no(400, "x"),
    [paths.generation]: () => no(400, "x"),
  });
  const say = { text: "你好", instructions: "慢慢说", language: "english" } as const;
  await provider.operations.speech!.start({ ...say, speakerId: "longanyang", model: "cosyvoice-v3-flash" }, context);
  await provider.operations.speech!.start({ ...say, speakerId: "Cherry", model: "qwen3-tts-instruct-flash" }, context);
  const sent = vendor.requests.map(({ text }) => jsonOf(text).input);
  expect(sent).toMatchObject([
    { voice: "longanyang", instruction: "慢慢说", language_hints: ["en"] },
    { voice: "Cherry", instructions: "慢慢说", language_type: "English" },
  ]);
});

describe.each(["cosyvoice-v3-flash", "qwen3-tts-vc-2026-01-22"])("the price of speech with %s", (model) => {
  test.each([
    ["你好", 4],
    ["中A文123", 8],
    ["中 文。", 6],
    ["Hello, Ada", 10],
    ["かな𠮷", 4],
  ])("%s counts as the vendor counts it: %i characters", async (text, characters) => {
    verifies("spending.price");
    const { provider } = await setUp({}, { DASHSCOPE_PRICES: `{"${model}":{"amount":10000,"unit":"CNY"}}` });
    const price = await provider.operations.speech!.price({ text, speakerId: "v", model });
    expect(price).toEqual({ known: true, amount: characters, unit: "CNY" });
  });
});

describe("a voice of Qwen", () => {
  const vc = { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-vc-2026-01-22" };

  test("is ready at once", async () => {
    const { vendor, provider } = await setUp(
      { [paths.customization]: () => answer({ voice: "qwen-tts-vc-tc-1" }) },
      vc,
    );
    expect(await clone(provider)).toEqual({
      end: "done",
      output: {
        media: [],
        facts: { speakerId: "qwen-tts-vc-tc-1", model: "qwen3-tts-vc-2026-01-22" },
        charge: { amount: 1, unit: "voices" },
        requestId: "req-1",
      },
    });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model: "qwen-voice-enrollment",
      input: {
        action: "create",
        target_model: "qwen3-tts-vc-2026-01-22",
        preferred_name: expect.stringMatching(/^tc[\da-f]{14}$/),
        audio: { data: "data:audio/wav;base64," },
      },
    });
  });

  test("is final", async () => {
    const { provider } = await setUp({}, vc);
    expect(() => provider.operations.voiceCloning!.validate!({ audio, speakerId: "qwen-tts-vc-tc-1" })).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ field: "voice" }) }),
    );
  });

  test("speaks by message", async () => {
    const made = answer({ audio: { url: "https://result.example/1.wav", data: "", id: "a" } }, { characters: 2 });
    const { vendor, provider } = await setUp({ [paths.generation]: () => made });
    expect(await speak(provider, { speakerId: "qwen-tts-vc-tc-1", model: "qwen3-tts-vc" })).toMatchObject({
      end: "done",
      output: { media: [{ url: "https://result.example/1.wav" }], charge: { amount: 2, unit: "characters" } },
    });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model: "qwen3-tts-vc",
      input: { text: "你好", voice: "qwen-tts-vc-tc-1" },
    });
  });
});

test("the engine's refusal of a voice with another model keeps its code", async () => {
  const { provider } = await setUp({ [paths.speech]: () => no(400, "418", "voice and model do not fit") });
  expect(await speak(provider)).toMatchObject({ end: "refused", failure: { vendorCode: "418" } });
});

test("a sample that the vendor cannot use is refused with HTTP 430", async () => {
  const { provider } = await setUp({ [paths.customization]: () => no(430, "Audio.DurationLimitError") });
  expect(await clone(provider)).toMatchObject({
    end: "refused",
    failure: {
      vendorCode: "Audio.DurationLimitError",
      httpStatus: 430,
      charged: "no",
      retry: { kind: "after-change" },
    },
  });
});

describe("a voice is deleted at the vendor", () => {
  const cosyVoice = {
    model: "voice-enrollment",
    input: { action: "delete_voice", voice_id: "cosyvoice-v2-tc-1" },
  };
  const qwen = { model: "qwen-voice-enrollment", input: { action: "delete", voice: "qwen-tts-vc-tc-voice-1" } };

  test.each([
    ["of CosyVoice", "cosyvoice-v2", cosyVoice],
    ["of Qwen", "qwen3-tts-vc-2026-01-22", qwen],
  ])("a voice is deleted at the vendor: %s", async (_name, model, body) => {
    verifies("safe.deleting");
    const { vendor, provider } = await setUp({ [paths.customization]: () => answer({}) });
    const { voice_id, voice } = body.input as { voice_id?: string; voice?: string };
    await provider.deleteVoice!({ speakerId: (voice_id ?? voice)!, model });
    expect(vendor.requests.map(({ text }) => jsonOf(text))).toEqual([body]);
  });

  test.each(["BadRequest.ResourceNotExist", "BadRequest.VoiceNotFound"])(
    "one that is not there is deleted: %s",
    async (code) => {
      verifies("safe.deleting");
      const { provider } = await setUp({ [paths.customization]: () => no(400, code, "not found") });
      await expect(provider.deleteVoice!({ speakerId: "cosyvoice-v2-tc-1" })).resolves.toBeUndefined();
    },
  );

  test("any other refusal is no deletion, and without an answer the provider asks again later", async () => {
    verifies("safe.deleting");
    const { provider } = await setUp({
      [paths.customization]: (_request, nth) =>
        nth === 1 ? no(401, "InvalidApiKey", "no") : { status: 502, body: "" },
    });
    const deletion = () => provider.deleteVoice!({ speakerId: "cosyvoice-v2-tc-1" });
    await expect(deletion()).rejects.toMatchObject({ failure: { kind: "refused", vendorCode: "InvalidApiKey" } });
    await expect(deletion()).rejects.toMatchObject({ failure: { retry: { kind: "later" } } });
  });
});
