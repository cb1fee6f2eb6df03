import { dashscope, type StartEnd } from "@toolcast/core/provider";
import { expect } from "vitest";
import { providerContract } from "../contracts/provider-contract.ts";
import type { OperationDescriptor } from "../contracts/provider-descriptor.ts";
import { sampleAsset, serveSamples } from "../doubles/sample-relay.ts";
import { sandboxVendor } from "../doubles/sandbox-vendor.ts";

const relay = serveSamples();
const audio = sampleAsset({ kind: "audio" });
const video = sampleAsset({ kind: "video", width: 1138, height: 640 });
const picture = sampleAsset({ kind: "image", width: 640, height: 640 });

const signedResult = { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/dashscope\/results\/.*Expires=/) };
const task = { checkEndpoint: "tasks/{task_id}", layer: "api" };
/** The vendor itself gives up after five minutes. */
const result = { startTimeoutMs: 300_000, layer: "api" };
const videoTask = { ...task, startEndpoint: "services/aigc/image2video/video-synthesis" };
const generatedVideo = { ...task, startEndpoint: "services/aigc/video-generation/video-synthesis" };
/** A picture is sent along, which takes time. */
const upload = { startTimeoutMs: 300_000 };
const generation = { ...result, startEndpoint: "services/aigc/multimodal-generation/generation" };
const customization = "services/audio/tts/customization";
const clonedModel = "qwen3-tts-vc-2026-01-22";

const declared = <Request>(descriptor: OperationDescriptor<Request>) => {
  return (operation: <R>(one: OperationDescriptor<R>) => void) => operation(descriptor);
};

providerContract({
  openVendor: sandboxVendor("dashscope"),
  fewestCodes: 25,
  definition: dashscope,
  addressVariable: "DASHSCOPE_BASE_URL",
  secretVariables: ["DASHSCOPE_API_KEY"],
  codesAfterTheWork: [],
  // The only code with two rows: its message alone distinguishes a rate limit from a used-up free allowance.
  markerOf: ({ code, vendorText }) => (vendorText.startsWith("Free allocated") ? `${code} free` : code),
  addressOf: relay.addressOf,
  read: relay.read,
  operations: [
    declared({
      ...task,
      name: "pictures as a task",
      startEndpoint: "services/aigc/text2image/image-synthesis",
      chargedOnFailure: "no",
      chargedOnContent: "no",
      operation: (provider) => provider.operations.image!,
      request: () => ({ prompt: "日照金山", count: 2 }),
      expectOutput({ media, charge }) {
        expect(media).toEqual([signedResult, signedResult]);
        expect(charge).toEqual({ amount: 2, unit: "images" });
      },
    }),
    ...["qwen-image", "qwen-image-plus", "wan2.6-t2i", "wan2.6-image", "wan2.7-image", "wan2.7-image-pro"].map(
      (model) =>
        declared({
          ...task,
          name: `a picture of ${model} as a task`,
          startEndpoint: model.startsWith("wan")
            ? "services/aigc/image-generation/generation"
            : "services/aigc/text2image/image-synthesis",
          chargedOnFailure: "no",
          chargedOnContent: "no",
          variables: { DASHSCOPE_IMAGE_MODEL: model },
          operation: (provider) => provider.operations.image!,
          request: () => ({ prompt: "日照金山" }),
          expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
        }),
    ),
    declared({
      startTimeoutMs: 60_000,
      layer: "api",
      name: "text",
      startEndpoint: "compatible-mode/v1/chat/completions",
      operation: (provider) => provider.operations.text!,
      request: () => ({ question: "为什么天空是蓝色的？", instructions: "简短一些" }),
      expectOutput({ text, charge }) {
        expect(text).toContain("沙箱");
        expect(charge).toEqual({ amount: expect.any(Number), unit: "tokens" });
      },
    }),
    declared({
      startTimeoutMs: 60_000,
      layer: "api",
      name: "text about a picture",
      startEndpoint: "compatible-mode/v1/chat/completions",
      variables: { DASHSCOPE_CHAT_MODEL: "qwen3-vl-plus" },
      operation: (provider) => provider.operations.text!,
      request: () => ({ question: "这是什么？", image: picture }),
      expectOutput: ({ text }) => expect(text).toContain("这是什么"),
    }),
    declared({
      ...generation,
      name: "a picture in the answer",
      chargedOnContent: "no",
      variables: { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" },
      operation: (provider) => provider.operations.image!,
      request: () => ({ prompt: "日照金山", size: "1328x1328" }),
      expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
    }),
    ...["wan2.6-image", "wan2.7-image"].map((model) =>
      declared({
        ...task,
        ...upload,
        name: `a picture changed by ${model}, as a task`,
        startEndpoint: "services/aigc/image-generation/generation",
        chargedOnFailure: "no",
        chargedOnContent: "no",
        variables: { DASHSCOPE_IMAGE_EDIT_MODEL: model },
        operation: (provider) => provider.operations.imageEditing!,
        request: () => ({ prompt: "改成蓝色", image: picture, count: 2 }),
        expectOutput({ media, charge }) {
          expect(media).toEqual([signedResult, signedResult]);
          expect(charge).toEqual({ amount: 2, unit: "images" });
        },
      }),
    ),
    ...["qwen-image-edit", "qwen-image-edit-plus", "qwen-image-2.0"].map((model) =>
      declared({
        ...generation,
        name: `a picture changed by ${model}, in the answer`,
        chargedOnContent: "no",
        variables: { DASHSCOPE_IMAGE_EDIT_MODEL: model },
        operation: (provider) => provider.operations.imageEditing!,
        request: () => ({ prompt: "改成蓝色", image: picture }),
        expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
      }),
    ),
    ...["wan2.5-t2v-preview", "wan2.6-t2v", "wan2.7-t2v"].map((model) =>
      declared({
        ...generatedVideo,
        name: `a video of ${model}`,
        variables: { DASHSCOPE_VIDEO_MODEL: model },
        operation: (provider) => provider.operations.video!,
        request: () => ({ prompt: "一只小猫在月光下奔跑", durationSeconds: 10, size: "720x1280", seed: 42 }),
        expectOutput({ media, charge }) {
          expect(media).toEqual([signedResult]);
          expect(charge).toEqual({ amount: 10, unit: "seconds" });
        },
      }),
    ),
    ...["wan2.5-i2v-preview", "wan2.6-i2v-flash", "wan2.7-i2v"].map((model) =>
      declared({
        ...generatedVideo,
        ...upload,
        name: `a video of ${model} from a picture`,
        variables: { DASHSCOPE_PICTURE_VIDEO_MODEL: model },
        operation: (provider) => provider.operations.video!,
        request: () => ({ prompt: "它跑起来", image: picture, size: "1080P" }),
        expectOutput({ media, charge }) {
          expect(media).toEqual([signedResult]);
          expect(charge).toEqual({ amount: 5, unit: "seconds" });
        },
      }),
    ),
    declared({
      ...result,
      name: "speech of CosyVoice",
      startEndpoint: "services/audio/tts/SpeechSynthesizer",
      operation: (provider) => provider.operations.speech!,
      request: () => ({ text: "你好，世界", speakerId: "longxiaochun_v3", speed: 1.5, pitch: 0.5, volume: 2 }),
      expectOutput({ media, charge }) {
        expect(media).toEqual([signedResult]);
        expect(charge).toEqual({ amount: 9, unit: "characters" });
      },
    }),
    declared({
      ...generation,
      name: "speech of Qwen",
      variables: { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-flash" },
      operation: (provider) => provider.operations.speech!,
      request: () => ({ text: "你好，世界", speakerId: "Cherry" }),
      expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
    }),
    declared({
      name: "voice cloning of CosyVoice",
      startEndpoint: `${customization}:create_voice`,
      checkEndpoint: `${customization}:query_voice`,
      layer: "api",
      // The vendor says only that no voice was made; another sample may work.
      retryOnFailure: "after-change",
      failsWithMessage: false,
      operation: (provider) => provider.operations.voiceCloning!,
      request: () => ({ audio }),
      expectOutput({ media, facts }) {
        expect(media).toEqual([]);
        expect(facts).toEqual({
          speakerId: expect.stringMatching(/^cosyvoice-v3-flash-tc/),
          model: "cosyvoice-v3-flash",
        });
      },
    }),
    declared({
      name: "voice cloning of CosyVoice, the sample inside the request",
      canBeReached: false,
      startEndpoint: `${customization}:create_voice`,
      checkEndpoint: `${customization}:query_voice`,
      layer: "api",
      startTimeoutMs: 300_000,
      retryOnFailure: "after-change",
      failsWithMessage: false,
      operation: (provider) => provider.operations.voiceCloning!,
      request: () => ({ audio }),
      expectOutput: ({ facts }) => expect(facts).toMatchObject({ model: "cosyvoice-v3-flash" }),
    }),
    declared({
      name: "another sample for a voice of CosyVoice",
      startEndpoint: `${customization}:update_voice`,
      checkEndpoint: `${customization}:query_voice`,
      layer: "api",
      answersNothing: true,
      retryOnFailure: "after-change",
      failsWithMessage: false,
      operation: (provider) => provider.operations.voiceCloning!,
      async request(provider, context) {
        const begun = await provider.operations.voiceCloning!.start({ audio }, context);
        const { reference } = begun as Extract<StartEnd, { end: "operation" }>;
        const { voiceId } = reference as { voiceId: string };
        return { audio, speakerId: voiceId };
      },
      expectOutput: ({ facts }) => expect(facts).toMatchObject({ model: "cosyvoice-v3-flash" }),
    }),
    declared({
      name: "voice cloning of Qwen",
      startEndpoint: `${customization}:create`,
      layer: "api",
      startTimeoutMs: 300_000,
      variables: { DASHSCOPE_SPEECH_MODEL: clonedModel },
      operation: (provider) => provider.operations.voiceCloning!,
      request: () => ({ audio }),
      expectOutput: ({ facts }) =>
        expect(facts).toEqual({ speakerId: expect.stringMatching(/^qwen-tts-vc-tc/), model: clonedModel }),
    }),
    ...["wan2.2-s2v", "liveportrait", "emo-v1"].map((model) =>
      declared({
        ...videoTask,
        name: `a picture that speaks, ${model}`,
        variables: { DASHSCOPE_PORTRAIT_MODEL: model },
        operation: (provider) => provider.operations.portraitVideo!,
        request: () => ({ image: picture, audio }),
        expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
      }),
    ),
    ...["wan2.2-s2v", "emo-v1"].map((model) =>
      declared({
        ...videoTask,
        name: `a picture that speaks, ${model}, with uploaded files`,
        canBeReached: false,
        variables: { DASHSCOPE_PORTRAIT_MODEL: model },
        operation: (provider) => provider.operations.portraitVideo!,
        request: () => ({ image: picture, audio }),
        expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
      }),
    ),
    declared({
      ...videoTask,
      name: "lip-sync of uploaded files",
      canBeReached: false,
      operation: (provider) => provider.operations.avatarVideo!,
      request: () => ({ video, audio }),
      expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
    }),
    declared({
      ...videoTask,
      name: "lip-sync",
      operation: (provider) => provider.operations.avatarVideo!,
      request: () => ({ video, audio }),
      expectOutput: ({ media }) => expect(media).toEqual([signedResult]),
    }),
  ],
});
