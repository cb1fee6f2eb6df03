// @verifies spending.regions
import { expect, test } from "vitest";
import type { Asset } from "../../media/media.ts";
import type { Api } from "./api.ts";
import { doctor } from "./doctor.ts";
import { dashscope } from "./index.ts";
import { type DashscopeSettings, dashscopeSchema } from "./settings.ts";

const settingsAt = (host: string, model: string) =>
  dashscopeSchema.parse({
    DASHSCOPE_API_KEY: "sk-marker",
    DASHSCOPE_BASE_URL: `https://${host}/api/v1`,
    DASHSCOPE_SPEECH_MODEL: model,
  });

const audio = {
  ...{ kind: "audio", extension: "wav", bytes: 1000, durationMs: 8000, sampleRateHz: 24_000 },
  ...{ id: "asset_1", hash: "h", owner: "o", name: "n", createdAt: 0, type: "" },
} as Asset;

function expectRefusal(settings: DashscopeSettings, refusal: string | undefined): void {
  const clone = dashscope.create(settings, {
    http: {},
    clock: { now: () => 0, monotonic: () => 0, setTimer: () => () => {} },
  } as never).operations.voiceCloning!;
  const validate = () => clone.validate!({ audio });
  if (refusal === undefined) {
    expect(validate).not.toThrow();
  } else {
    const sentence = { key: refusal, values: expect.anything() };
    expect(validate).toThrow(expect.objectContaining({ failure: expect.objectContaining({ sentence }) }));
  }
}

test.each([
  ["dashscope.aliyuncs.com", "cosyvoice-v3.5-plus", undefined],
  ["dashscope.aliyuncs.com", "cosyvoice-v2", undefined],
  ["ws-1.ap-southeast-1.maas.aliyuncs.com", "cosyvoice-v3-flash", undefined],
  ["dashscope-intl.aliyuncs.com", "cosyvoice-v3-plus", undefined],
  ["dashscope-intl.aliyuncs.com", "cosyvoice-v3.5-flash", "provider.dashscope.cloning-model"],
  ["dashscope-intl.aliyuncs.com", "cosyvoice-v2", "provider.dashscope.cloning-model"],
  ["dashscope-intl.aliyuncs.com", "qwen3-tts-vc-2026-01-22", undefined],
  ["dashscope-us.aliyuncs.com", "cosyvoice-v3-flash", "provider.dashscope.cloning-region"],
  ["dashscope-us.aliyuncs.com", "qwen3-tts-vc-2026-01-22", "provider.dashscope.cloning-region"],
  ["ws-1.cn-hongkong.maas.aliyuncs.com", "cosyvoice-v3-flash", "provider.dashscope.cloning-region"],
  ["vendor.example", "cosyvoice-v3.5-plus", undefined],
])("%s makes voices for %s: %s", async (host, model, refusal) => {
  const settings = settingsAt(host, model);
  expectRefusal(settings, refusal);
  const api = { read: async () => ({ data: {} }) } as unknown as Api;
  const warned = (await doctor(settings, { api, random: { bytes: (count: number) => new Uint8Array(count) } as never }))
    .filter(({ level }) => level === "warning")
    .map(({ sentence: said }) => ("key" in said ? said.key : said));
  expect(warned).toEqual(refusal === undefined ? [] : [refusal]);
});

test.each([
  ["qwen3-tts-flash", "provider.dashscope.cloning-own-voices"],
  ["qwen3-tts-instruct-flash-2026-01-26", "provider.dashscope.cloning-own-voices"],
  ["qwen3-tts-vc-2026-01-22", undefined],
  ["cosyvoice-v3-flash", undefined],
])("a voice can be made for %s unless %s", (model, refusal) => {
  expectRefusal(settingsAt("dashscope.aliyuncs.com", model), refusal);
});
