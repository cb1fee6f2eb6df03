import { type OperationContext, type ProviderInstance, type StartEnd, spark, xjc } from "@toolcast/core/provider";
import { expect } from "vitest";
import { providerContract } from "../contracts/provider-contract.ts";
import { createAsset } from "../doubles/provider-tools.ts";
import { serveSamples } from "../doubles/sample-relay.ts";
import { sandboxVendor } from "../doubles/sandbox-vendor.ts";

const audio = createAsset({ kind: "audio" });
const video = createAsset({ kind: "video" });
const image = createAsset({ kind: "image" });

const tiers = ["lite", "pro"] as const;
type Declare = Parameters<Parameters<typeof providerContract>[0]["operations"][number]>[0];

/** The code of a voice that has just been trained. */
async function trainedVoice(
  provider: ProviderInstance,
  context: OperationContext,
  tier: (typeof tiers)[number],
): Promise<string> {
  const { start, check } = provider.operations.voiceCloning!;
  const started = await start({ audio, tier }, context);
  const { reference } = started as Extract<StartEnd, { end: "operation" }>;
  for (;;) {
    const end = await check!(reference, context);
    if (end.state === "done") {
      return (end.output.facts as { speakerId: string }).speakerId;
    }
    if (end.state === "failed") {
      throw new Error(`The voice was not trained: ${end.failure.vendorCode}`);
    }
  }
}

const relay = serveSamples();

providerContract({
  openVendor: sandboxVendor("spark"),
  fewestCodes: 25,
  definition: spark,
  addressVariable: "SPARK_BASE_URL",
  secretVariables: ["SPARK_API_KEY", "SPARK_API_SECRET"],
  codesAfterTheWork: ["10014", "10022"],
  read: relay.read,
  operations: [
    (operation) =>
      operation({
        name: "image",
        startEndpoint: "v2.1/tti",
        layer: "cloud",
        operation: (provider) => provider.operations.image!,
        request: () => ({ prompt: "日照金山", size: "640x360" }),
        expectOutput({ media, charge }) {
          const [picture] = media;
          expect(Buffer.from((picture as { bytes: Uint8Array }).bytes.slice(1, 4)).toString()).toBe("PNG");
          expect(charge).toEqual({ amount: 6, unit: "points" });
        },
      }),
    (operation) =>
      operation({
        name: "image understanding",
        startEndpoint: "v2.1/image",
        layer: "cloud",
        startTimeoutMs: 20_000,
        opensFirst: true,
        warningCodes: ["10019"],
        operation: (provider) => provider.operations.imageUnderstanding!,
        request: () => ({ image, question: "这是什么？" }),
        expectOutput({ text, charge }) {
          expect(text).toContain("沙箱");
          expect(charge).toEqual({ amount: expect.any(Number), unit: "tokens" });
        },
      }),
    (operation) =>
      operation({
        name: "text",
        startEndpoint: "v1.1/chat",
        addressVariable: "SPARK_CHAT_URL",
        layer: "cloud",
        startTimeoutMs: 60_000,
        opensFirst: true,
        warningCodes: ["10019"],
        operation: (provider) => provider.operations.text!,
        request: () => ({ question: "为什么天空是蓝色的？", instructions: "简短一些" }),
        expectOutput({ text, charge }) {
          expect(text).toContain("沙箱");
          expect(charge).toEqual({ amount: expect.any(Number), unit: "tokens" });
        },
      }),
  ],
});

const isResultAddress = { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/xjc\/files\//) };

providerContract({
  openVendor: sandboxVendor("xjc"),
  fewestCodes: 25,
  definition: xjc,
  addressVariable: "XJC_BASE_URL",
  secretVariables: ["XJC_ACCESS_KEY", "XJC_SECRET_KEY"],
  codesAfterTheWork: [],
  addressOf: relay.addressOf,
  operations: [
    (operation) =>
      operation({
        name: "avatar video, driven by a recording",
        startEndpoint: "works/create",
        checkEndpoint: "works/inspect",
        layer: "api",
        operation: (provider) => provider.operations.avatarVideo!,
        request: () => ({ video, audio, title: "标题" }),
        expectOutput: ({ media }) => expect(media).toEqual([isResultAddress]),
      }),
    (operation) =>
      operation({
        name: "avatar video, driven by a text",
        startEndpoint: "works/create",
        checkEndpoint: "works/inspect",
        layer: "api",
        operation: (provider) => provider.operations.avatarVideo!,
        request: () => ({ video, text: "你好，世界" }),
        expectOutput: ({ media }) => expect(media).toEqual([isResultAddress]),
      }),
    (operation) =>
      operation({
        name: "speech alone",
        startEndpoint: "works/create",
        checkEndpoint: "works/inspect",
        layer: "api",
        operation: (provider) => provider.operations.avatarVideo!,
        request: () => ({ text: "你好，世界" }),
        expectOutput: ({ media }) => expect(media).toEqual([isResultAddress]),
      }),
    ...tiers.flatMap((tier) => [
      (operation: Declare) =>
        operation({
          name: `voice cloning, ${tier}`,
          startEndpoint: `voice/${tier}/train`,
          checkEndpoint: `voice/${tier}/train/detail`,
          layer: "api",
          operation: (provider) => provider.operations.voiceCloning!,
          request: () => ({ audio, tier }),
          expectOutput: ({ media, facts }) => {
            expect(media).toEqual([]);
            expect(facts).toEqual({ tier, speakerId: expect.stringMatching(/^S_/) });
          },
        }),
      (operation: Declare) =>
        operation({
          name: `a voice trained again, ${tier}`,
          startEndpoint: `voice/${tier}/train`,
          checkEndpoint: `voice/${tier}/train/detail`,
          layer: "api",
          operation: (provider) => provider.operations.voiceCloning!,
          request: async (provider, context) => ({
            audio,
            tier,
            speakerId: await trainedVoice(provider, context, tier),
          }),
          expectOutput: ({ facts }) => expect(facts).toMatchObject({ tier }),
        }),
      (operation: Declare) =>
        operation({
          name: `speech, ${tier}`,
          startEndpoint: `voice/${tier}/create`,
          checkEndpoint: `voice/${tier}/create/detail`,
          layer: "api",
          operation: (provider) => provider.operations.speech!,
          request: async (provider, context) => ({
            text: "你好，世界",
            tier,
            speakerId: await trainedVoice(provider, context, tier),
            speed: 1,
            pitch: 0.5,
            volume: 10,
            ...(tier === "lite" ? { crossLanguage: true } : {}),
          }),
          expectOutput: ({ media }) => expect(media).toEqual([isResultAddress]),
        }),
    ]),
  ],
});
