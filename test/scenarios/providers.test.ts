import { catalogEntries } from "@toolcast/core/errors";
import {
  type OperationContext,
  openai,
  type ProviderInstance,
  type StartEnd,
  spark,
  xjc,
} from "@toolcast/core/provider";
import { expect, test } from "vitest";
import { expectDocumentedRefusal } from "../contracts/documented-refusal.ts";
import { providerContract } from "../contracts/provider-contract.ts";
import { createAsset, createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { serveSamples } from "../doubles/sample-relay.ts";
import { sandboxVendor } from "../doubles/sandbox-vendor.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

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

providerContract({
  openVendor: sandboxVendor("openai"),
  definition: openai,
  addressVariable: "OPENAI_BASE_URL",
  secretVariables: ["OPENAI_API_KEY"],
  read: relay.read,
  operations: [
    (operation) =>
      operation({
        name: "text",
        startEndpoint: "chat/completions",
        startTimeoutMs: 60_000,
        operation: (provider) => provider.operations.text!,
        request: () => ({ question: "为什么天空是蓝色的？", instructions: "简短一些" }),
        expectOutput({ text, charge }) {
          expect(text).toContain("沙箱");
          expect(charge).toEqual({ amount: expect.any(Number), unit: "tokens" });
        },
      }),
    (operation) =>
      operation({
        name: "text about a picture",
        startEndpoint: "chat/completions",
        startTimeoutMs: 60_000,
        operation: (provider) => provider.operations.text!,
        request: () => ({ question: "这是什么？", image }),
        expectOutput: ({ text }) => expect(text).toContain("这是什么"),
      }),
  ],
});

test("every code of OpenAI's own service is a refusal with the catalogue's policy, and costs nothing", async () => {
  verifies("provider.contract");
  const vendor = await sandboxVendor("openai")();
  const tools = createProviderTools(vendor.environment.OPENAI_BASE_URL!, createManualClock(Date.now()));
  const { text } = openai.create(openai.schema.parse(vendor.environment), tools).operations;
  const entries = catalogEntries().filter(({ provider }) => provider === "openai");
  expect(entries).toHaveLength(10);
  for (const entry of entries) {
    vendor.misbehave({ endpoint: "chat/completions", marker: entry.code });
    const end = await text!.start({ question: "?" }, createOperationContext());
    expect(end).toMatchObject({ end: "refused" });
    expectDocumentedRefusal((end as Extract<StartEnd, { end: "refused" }>).failure, entry);
  }
  expect(vendor.paidStarts()).toBe(0);
  await tools.http.close();
  await vendor.close();
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
