import { UsageError } from "@toolcast/core";
import { catalogEntries } from "@toolcast/core/errors";
import type { OperationContext, ProviderInstance, StartEnd } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { answer, closeAll, paths, providerAt, secret, setUp } from "../doubles/dashscope-vendor.ts";
import { createAsset, createOperationContext } from "../doubles/provider-tools.ts";
import { closedAddress, type Reply } from "../doubles/raw-vendor.ts";

afterEach(closeAll);

const [audio, video, image] = [
  createAsset({ kind: "audio" }),
  createAsset({ kind: "video", width: 1280, height: 720 }),
  createAsset({ kind: "image" }),
];
const context = createOperationContext();
const fit = answer({ check_pass: true, humanoid: true });

/** An answer that any of the starts would accept as a success. */
const everything = {
  ...{ task_id: "task-1", voice_id: "v", voice: "v", audio: { url: "https://result.example/1.mp3" } },
  choices: [{ message: { content: [{ image: "https://result.example/1.png" }] } }],
};

type Begin = (provider: ProviderInstance, context: OperationContext) => Promise<StartEnd>;
const portrait: Begin = ({ operations }, given) => operations.portraitVideo!.start({ image, audio }, given);

/** Every paid start of every endpoint. */
const starts: [name: string, path: string, variables: Record<string, string>, begin: Begin][] = [
  ["text2image", paths.textToImage, {}, (p, c) => p.operations.image!.start({ prompt: "x" }, c)],
  [
    "generation (pictures)",
    paths.generation,
    { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" },
    (p, c) => p.operations.image!.start({ prompt: "x" }, c),
  ],
  [
    "image-generation",
    paths.imageGeneration,
    { DASHSCOPE_IMAGE_MODEL: "wan2.6-t2i" },
    (p, c) => p.operations.image!.start({ prompt: "x" }, c),
  ],
  ["SpeechSynthesizer", paths.speech, {}, (p, c) => p.operations.speech!.start({ text: "x", speakerId: "v" }, c)],
  [
    "generation (speech)",
    paths.generation,
    {},
    (p, c) => p.operations.speech!.start({ text: "x", speakerId: "v", model: "qwen3-tts-vc" }, c),
  ],
  ["customization (CosyVoice)", paths.customization, {}, (p, c) => p.operations.voiceCloning!.start({ audio }, c)],
  [
    "customization (Qwen)",
    paths.customization,
    { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-vc" },
    (p, c) => p.operations.voiceCloning!.start({ audio }, c),
  ],
  ["video-synthesis (lip-sync)", paths.video, {}, (p, c) => p.operations.avatarVideo!.start({ video, audio }, c)],
  ["video-synthesis (portrait)", paths.video, {}, portrait],
];

const documented = catalogEntries().filter((entry) => entry.provider === "dashscope");

describe.each(starts)("%s", (name, path, variables, begin) => {
  const isPicture = /text2image|image-generation|pictures/.test(name);
  const at = (reply: Reply, more: Record<string, string> = {}) =>
    setUp({ [paths.detect]: () => fit, [path]: () => reply }, { ...variables, ...more });

  test("every code of both editions, in both envelopes, is a refusal with the catalogue's policy", async () => {
    let body: unknown;
    let status = 400;
    const { provider } = await setUp({ [paths.detect]: () => fit, [path]: () => ({ status, body }) }, variables);
    expect(documented.filter(({ source }) => source === "document")).toHaveLength(25);
    for (const entry of documented) {
      const { code, httpStatus, retry } = entry;
      // Only pictures that were made are charged.
      const isSpared = entry.category === "content" && isPicture;
      const charged = isSpared ? "no" : entry.charged;
      const message = entry.message ?? entry.vendorText;
      status = httpStatus ?? 400;
      for (const form of [
        { code, message, request_id: "req-9" },
        { error: { code, message, type: "x", param: null }, id: "req-9" },
      ]) {
        body = form;
        expect(await begin(provider, context), `${code} ${JSON.stringify(form)}`).toMatchObject({
          end: "refused",
          failure: {
            layer: "api",
            vendorCode: code,
            vendorMessage: message,
            requestId: "req-9",
            httpStatus: status,
            charged,
            retry: { kind: retry.kind === "later" && charged !== "no" ? "never" : retry.kind },
          },
        });
      }
    }
  });

  test("an unknown code is never repeated, and a code counts whatever the status", async () => {
    const { provider } = await at({ status: 200, body: { code: "Made.Up", message: "原话", request_id: "req-9" } });
    expect(await begin(provider, context)).toMatchObject({
      end: "refused",
      failure: { vendorCode: "Made.Up", charged: "unknown", retry: { kind: "never" } },
    });
  });

  test.each([
    ["reset", "reset"],
    ["malformed JSON", { body: '{"output":{' }],
    ["no payload", { body: { request_id: "req-1" } }],
    ["an error page", { status: 502, body: "<html>" }],
    ["a server error without a code", { status: 502, body: {} }],
    ["a giant body", "giant"],
    ["a success with an error status", { status: 500, body: { output: everything, request_id: "req-1" } }],
  ] satisfies [string, Reply][])("unknown: %s", async (_name, reply) => {
    const { vendor, provider } = await at(reply);
    const end = await begin(provider, context);
    expect(vendor.to(path)).toHaveLength(1);
    expect(JSON.stringify(end)).not.toContain(secret);
    expect(end).toMatchObject({ end: "unknown", failure: { charged: "unknown", retry: { kind: "never" } } });
  });

  test("not-sent: nothing listens", async () => {
    const end = await begin(providerAt(await closedAddress(), variables), context);
    expect(end).toMatchObject({ end: "not-sent", failure: { charged: "no", retry: { kind: "later" } } });
  });

  test("a medium that cannot be published is not sent", async () => {
    if (path !== paths.customization && path !== paths.video) {
      return;
    }
    const { vendor, provider } = await at(answer({}));
    const trouble = new UsageError({ key: "provider.text-empty" });
    const reject = () => Promise.reject(trouble);
    const broken = createOperationContext({ addressOf: reject, read: reject });
    expect(await begin(provider, broken)).toMatchObject({ end: "refused", failure: { charged: "no" } });
    expect(vendor.requests).toHaveLength(0);
  });
});

describe("the check of a portrait before anything is spent", () => {
  test.each([
    ["check_pass is false", { check_pass: false, humanoid: true, message: "没有人脸", code: "InvalidFile.NoHuman" }],
    ["not a human", { check_pass: true, humanoid: false, message: "没有人脸", code: "InvalidFile.NoHuman" }],
    ["nothing said", { message: "没有人脸", code: "InvalidFile.NoHuman" }],
  ])("refuses with the vendor's words: %s", async (_name, found) => {
    const { vendor, provider } = await setUp({ [paths.detect]: () => answer(found) });
    expect(await portrait(provider, context)).toMatchObject({
      end: "refused",
      failure: {
        field: "image",
        charged: "no",
        vendorCode: "InvalidFile.NoHuman",
        vendorMessage: "没有人脸",
        retry: { kind: "after-change" },
      },
    });
    expect(vendor.to(paths.video)).toHaveLength(0);
  });

  test.each([
    ["a picture it refuses", { status: 400, body: { code: "InvalidFile.FullFace", message: "x" } }, "refused"],
    ["too many checks", { status: 429, body: { code: "Throttling", message: "x" } }, "refused"],
    ["a fault at the vendor", { status: 500, body: { code: "InternalError.Algo", message: "x" } }, "not-sent"],
    ["an unreadable answer", { body: "<html>" }, "not-sent"],
    ["a reset", "reset", "not-sent"],
  ] satisfies [string, Reply, string][])("%s costs nothing and starts nothing", async (_name, reply, end) => {
    const { vendor, provider } = await setUp({ [paths.detect]: () => reply });
    expect(await portrait(provider, context)).toMatchObject({ end, failure: { charged: "no" } });
    expect(vendor.to(paths.video)).toHaveLength(0);
  });
});
