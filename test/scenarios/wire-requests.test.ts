import type { Json } from "@toolcast/core";
import { dashscope, type StartEnd, spark, xjc } from "@toolcast/core/provider";
import { type Sandbox, startSandbox } from "@toolcast/sandbox";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { receiveNotices } from "../doubles/notice-receiver.ts";
import type { RecordedExchange } from "../doubles/recording-http.ts";
import { sampleAsset, serveSamples } from "../doubles/sample-relay.ts";
import { expectAnswer, fixtureOf, seen } from "../doubles/wire-answers.ts";
import { wireBench } from "../doubles/wire-bench.ts";
import { shapeOf, wireFixture, wireFixtureNames } from "../doubles/wire-fixtures.ts";
import { expectRequest } from "../doubles/wire-request.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 30_000 });
/** In real time, on a machine that is busy with other work. */
const patience = { timeout: 10_000 };

const relay = serveSamples();
const receiver = receiveNotices();
const audio = sampleAsset({ kind: "audio" });
const video = sampleAsset({ kind: "video", width: 1138, height: 640 });
const image = sampleAsset({ kind: "image", width: 640, height: 640 });

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterAll(async () => {
  await sandbox.close();
});

const bench = wireBench({ sandbox: () => sandbox, relay, receiver });

describe("xjc, as document 003 shows it", () => {
  test("works: a recording, a text with a title, a text alone; one that fails; their notices", async () => {
    const { provider, run, check } = bench(xjc, { notice: "works" });
    const { avatarVideo } = provider.operations;
    await run(avatarVideo, { video, audio, title: "标题" });
    await run(avatarVideo, { video, text: "你好" });
    await run(avatarVideo, { text: "你好" });
    await run(avatarVideo, { text: "[[fail: 没有人脸]]" });
    check();
    await expectNotices("works", "works-callback", 4);
  });

  test.each(["lite", "pro"] as const)("a voice and its speech, %s; their notices", async (tier) => {
    const { provider, run, check } = bench(xjc, { notice: `${tier}-train` });
    const { speakerId } = (await run(provider.operations.voiceCloning, { audio, tier })) as { speakerId: string };
    check();
    await expectNotices(`${tier}-train`, `voice-${tier}-train-callback`, 1);
    const speaking = bench(xjc, { notice: `${tier}-create` });
    const ratios = { speed: 1.5, pitch: 0.5, volume: 2 };
    const speech = { text: "你好", speakerId, tier, ...ratios, ...(tier === "lite" ? { crossLanguage: true } : {}) };
    await speaking.run(speaking.provider.operations.speech, speech);
    speaking.check();
    await expectNotices(`${tier}-create`, `voice-${tier}-create-callback`, 1);
  });

  test("the account", async () => {
    const { provider, check } = bench(xjc);
    await provider.balance!();
    expect((await provider.bills!(1, 10)).lines.length).toBeGreaterThan(0);
    check();
  });

  async function expectNotices(path: string, fixtureName: string, count: number): Promise<void> {
    await expect.poll(() => receiver.posted(path).length, patience).toBe(count);
    const { posted } = wireFixture<{ posted: { example: Json } }>("xjc", fixtureName);
    for (const notice of receiver.posted(path)) {
      expect(shapeOf(notice)).toEqual(shapeOf(posted.example));
    }
    seen.add(`xjc/${fixtureName}`);
  }
});

describe("spark, as document 001 and the service's pages show it", () => {
  const variables = {
    SPARK_TEMPERATURE: "0.5",
    SPARK_TOP_K: "4",
    SPARK_MAX_TOKENS: "2048",
    SPARK_AUDITING: "default",
    SPARK_CHAT_ID: "chat-1",
  };

  test("a picture, with every parameter", async () => {
    const { provider, run, check } = bench(spark, { variables });
    await run(provider.operations.image, { prompt: "一只猫" });
    check();
  });

  test("a refusal of the service, and one of the gateway before it", async () => {
    const refused = bench(spark);
    await refused.provider.operations.image!.start({ prompt: "一只猫 [[10021]]" }, refused.context);
    refused.check();
    const stranger = bench(spark, { variables: { SPARK_API_SECRET: "wrong" } });
    await stranger.provider.operations.image!.start({ prompt: "一只猫" }, stranger.context);
    const [exchange] = stranger.exchanges;
    const { answers } = wireFixture("spark", "gateway-refusals");
    expect(answers).toContainEqual(
      expect.objectContaining({ status: exchange!.status, body: JSON.parse(exchange!.answers[0]!) }),
    );
  });

  test("a question about a picture, with every parameter, in parts", async () => {
    const { provider, context, exchanges } = bench(spark, { variables });
    await provider.operations.imageUnderstanding!.start(
      { image, question: "多大？", history: [{ question: "这是什么？", answer: "湖。" }] },
      context,
    );
    const [exchange] = exchanges;
    expectRequest(fixtureOf("spark", exchange!, undefined), exchange!);
    const { frameExample } = wireFixture<{ frameExample: Json }>("spark", "image-understanding");
    const last = shapeOf(frameExample);
    const frames = exchange!.answers.map((text) => shapeOf(JSON.parse(text)));
    expect(frames.length).toBeGreaterThan(2);
    expect(frames.at(-1)).toEqual(last);
    for (const frame of frames.slice(0, -1)) {
      expect(frame).toEqual(last.filter((field) => !field.startsWith("payload.usage")));
    }
  });
});

describe("spark's chat models, as the vendor's page shows them", () => {
  test("a question with instructions and a conversation, with every parameter, in parts", async () => {
    const variables = {
      ...{ SPARK_TEMPERATURE: "0.5", SPARK_TOP_K: "4", SPARK_MAX_TOKENS: "2048" },
      ...{ SPARK_AUDITING: "default", SPARK_CHAT_ID: "chat-1" },
    };
    const { provider, context, exchanges } = bench(spark, { variables });
    const history = [{ question: "你好", answer: "你好。" }];
    await provider.operations.text!.start({ question: "为什么？", instructions: "简短", history }, context);
    const [exchange] = exchanges;
    expectRequest(fixtureOf("spark", exchange!, undefined), exchange!);
    const { frameExample } = wireFixture<{ frameExample: Json }>("spark", "chat");
    const last = shapeOf(frameExample);
    const frames = exchange!.answers.map((text) => shapeOf(JSON.parse(text)));
    expect(frames.length).toBeGreaterThan(2);
    expect(frames.at(-1)).toEqual(last);
    for (const frame of frames.slice(0, -1)) {
      expect(frame).toEqual(last.filter((field) => !field.startsWith("payload.usage")));
    }
  });
});

describe("dashscope, as the vendor's pages show it", () => {
  test("a refusal at the address of the compatible mode", async () => {
    const answer = await fetch(`${sandbox.url}/dashscope/compatible-mode/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.environment.DASHSCOPE_API_KEY}` },
    });
    const { answers } = wireFixture("dashscope", "envelopes");
    expect(shapeOf((await answer.json()) as Json)).toEqual(shapeOf(answers[1]!.body));
  });

  test("a question, and its answer in events", async () => {
    const { provider, context, exchanges } = bench(dashscope);
    const history = [{ question: "你好", answer: "你好。" }];
    await provider.operations.text!.start({ question: "你是谁？", instructions: "简短", history }, context);
    // The answer is complete before its connection is closed.
    await expect.poll(() => exchanges.length, patience).toBe(1);
    const [exchange] = exchanges;
    const fixture = fixtureOf("dashscope", exchange!, undefined);
    expectRequest(fixture, exchange!);
    const events = exchange!.answers[0]!.split("\n\n").filter((line) => line !== "");
    expect(events.pop()).toBe("data: [DONE]");
    const shapes = events.map((line) => shapeOf(JSON.parse(line.slice("data: ".length))));
    const [first, middle, last, counted] = fixture.answers.map(({ body }) => shapeOf(body));
    expect([shapes[0], shapes.at(-2), shapes.at(-1)]).toEqual([first, last, counted]);
    expect(new Set(shapes.slice(1, -2).map((shape) => shape.join()))).toEqual(new Set([middle!.join()]));
  });

  test("pictures of a task: all, some, none, unknown", async () => {
    const { provider, run, check, exchanges } = bench(dashscope);
    const whole = { prompt: "一只猫", negativePrompt: "狗", size: "1024x1024", count: 1, seed: 42 };
    await run(provider.operations.image, whole);
    await run(provider.operations.image, { prompt: "一只猫 [[partial]]", count: 2 });
    await run(provider.operations.image, { prompt: "一只猫 [[fail: InvalidParameter]]" });
    check();
    expect(picturesAskedFor(exchanges)).toEqual([1, 2, 1]);
  });

  test("a task that waits, is stopped, runs and is not stopped, and one that the vendor lost", async () => {
    await using slow = { at: await startSandbox({ speed: 0.1 }), [Symbol.asyncDispose]: () => slow.at.close() };
    const { provider, context, check } = bench(dashscope, { at: slow.at });
    const { start, check: ask, cancel } = provider.operations.image!;
    const waiting = await begun(start({ prompt: "一只猫", count: 2 }, context));
    expect(await ask!(waiting, context)).toMatchObject({ state: "pending", queued: true });
    expect(await cancel!(waiting, context)).toBe("stopped");
    expect(await ask!(waiting, context)).toMatchObject({ state: "failed" });
    check();
    const quick = bench(dashscope);
    const operation = quick.provider.operations.image!;
    const stuck = await begun(operation.start({ prompt: "一只猫 [[stuck]]", count: 2 }, quick.context));
    await expect
      .poll(() => operation.check!(stuck, quick.context), patience)
      .toMatchObject({ state: "pending", queued: false });
    expect(await operation.cancel!(stuck, quick.context)).toBe("goes-on");
    const lost = await begun(operation.start({ prompt: "一只猫 [[task-unknown]]" }, quick.context));
    expect(await operation.check!(lost, quick.context)).toMatchObject({ state: "pending" });
    quick.check();
  });

  test("the tasks of an account", async () => {
    const { provider, run, check } = bench(dashscope);
    await run(provider.operations.image, { prompt: "一只猫" });
    const since = Date.now() - 60_000;
    sandbox.control.reset();
    await run(provider.operations.image, { prompt: "一只猫" });
    expect(await provider.recordsSince!(since)).toHaveLength(1);
    check();
  });

  test("a picture in the answer", async () => {
    const variables = { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" };
    const { provider, run, check, exchanges } = bench(dashscope, { variables });
    await run(provider.operations.image, { prompt: "一只猫", negativePrompt: "狗", size: "1328x1328", seed: 42 });
    check();
    expect(picturesAskedFor(exchanges)).toEqual([1]);
  });

  test("pictures that are requested by message, as a task", async () => {
    const variables = { DASHSCOPE_IMAGE_MODEL: "wan2.6-t2i" };
    const { provider, run, check, exchanges } = bench(dashscope, { variables });
    const whole = { prompt: "一只猫", negativePrompt: "狗", size: "1280x1280", seed: 42 };
    await run(provider.operations.image, { ...whole, count: 2 });
    await run(provider.operations.image, { prompt: "一只猫 [[fail: DataInspectionFailed]]" });
    check();
    expect(picturesAskedFor(exchanges)).toEqual([2, 1]);
  });

  test.each(["wan2.7-image", "qwen-image-edit-plus"])("a picture that is changed, %s", async (model) => {
    const { provider, run, check, exchanges } = bench(dashscope, { variables: { DASHSCOPE_IMAGE_EDIT_MODEL: model } });
    const size = model.startsWith("wan") ? { size: "2K" } : { size: "1024x1536", negativePrompt: "狗" };
    await run(provider.operations.imageEditing, { prompt: "改成蓝色", image, ...size, seed: 42 });
    await run(provider.operations.imageEditing, { prompt: "改成蓝色", image });
    check();
    expect(picturesAskedFor(exchanges)).toEqual([1, 1]);
    expect(exchanges[0]!.sent).toContain(JSON.stringify(await addressWithin()));
  });

  test.each([
    ["wan2.7-t2v", { resolution: "720P", ratio: "9:16", duration: 10 }],
    ["wan2.6-t2v", { size: "720*1280", duration: 10 }],
  ])("a video from words, %s: resolution and length are always sent", async (model, parameters) => {
    verifies("spending.video-price");
    const { provider, run, check, exchanges } = bench(dashscope, { variables: { DASHSCOPE_VIDEO_MODEL: model } });
    const whole = { prompt: "一只猫", size: "720x1280", durationSeconds: 10, seed: 42 };
    await run(provider.operations.video, whole);
    await run(provider.operations.video, { prompt: "一只猫" });
    await run(provider.operations.video, { prompt: "一只猫 [[fail: InvalidParameter]]" });
    check();
    const [first, second] = exchanges.filter(({ sent }) => sent !== "").map(({ sent }) => JSON.parse(sent).parameters);
    expect(first).toEqual({ ...parameters, seed: 42 });
    const usual = model === "wan2.7-t2v" ? { resolution: "720P", ratio: "16:9" } : { size: "1280*720" };
    expect(second).toEqual({ ...usual, duration: 5 });
  });

  test.each([
    ["wan2.7-i2v", "1080P"],
    ["wan2.5-i2v-preview", "480P"],
  ])("a video from a picture, %s: the picture goes along", async (model, size) => {
    verifies("spending.pictures-along");
    const variables = { DASHSCOPE_PICTURE_VIDEO_MODEL: model };
    const { provider, run, check, exchanges } = bench(dashscope, { variables });
    await run(provider.operations.video, { prompt: "它跑起来", image, size, seed: 42 });
    check();
    const { input, parameters } = JSON.parse(exchanges[0]!.sent);
    const url = await addressWithin();
    expect(input).toMatchObject(model === "wan2.7-i2v" ? { media: [{ type: "first_frame", url }] } : { img_url: url });
    expect(parameters).toEqual({ resolution: size, duration: 5, seed: 42 });
  });

  test("every voice of the vendor's own speaks, with the model it is offered with", async () => {
    verifies("spending.preset-voices");
    for (const speechModel of ["cosyvoice-v3-flash", "cosyvoice-v3-plus", "qwen3-tts-instruct-flash"]) {
      const { provider, run } = bench(dashscope, { variables: { DASHSCOPE_SPEECH_MODEL: speechModel } });
      for (const { speakerId, model } of provider.presetVoices!) {
        await run(provider.operations.speech, { text: "hi", speakerId, model });
      }
    }
  });

  test("speech of both families", async () => {
    const cosyVoice = bench(dashscope);
    const ratios = { speed: 1.5, pitch: 0.5, volume: 2 };
    await cosyVoice.run(cosyVoice.provider.operations.speech, { text: "你好", speakerId: "longanyang", ...ratios });
    const manner = { instructions: "你说话的情感是happy。", language: "chinese" } as const;
    await cosyVoice.run(cosyVoice.provider.operations.speech, { text: "你好", speakerId: "longanyang", ...manner });
    cosyVoice.check();
    const qwen = bench(dashscope, { variables: { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-flash" } });
    await qwen.run(qwen.provider.operations.speech, { text: "你好", speakerId: "Cherry" });
    await qwen.run(qwen.provider.operations.speech, { text: "你好", speakerId: "Cherry", language: "chinese" });
    qwen.check();
  });

  test("voices of both families, and what only the vendor's console needs", async () => {
    const cosyVoice = bench(dashscope);
    const cloning = cosyVoice.provider.operations.voiceCloning;
    const { speakerId } = (await cosyVoice.run(cloning, { audio })) as { speakerId: string };
    await cosyVoice.run(cloning, { audio, speakerId });
    await expectUnused("cosyvoice-list-voice", { prefix: undefined });
    await cosyVoice.provider.deleteVoice!({ speakerId });
    cosyVoice.check();
    const qwen = bench(dashscope, { variables: { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-vc-2026-01-22" } });
    const made = (await qwen.run(qwen.provider.operations.voiceCloning, { audio })) as { speakerId: string };
    await expectUnused("qwen-list-voices", {});
    await qwen.provider.deleteVoice!({ speakerId: made.speakerId });
    qwen.check();
  });

  test.each(["wan2.2-s2v", "liveportrait", "emo-v1"])("a picture that speaks, %s", async (model) => {
    const variables = { DASHSCOPE_PORTRAIT_MODEL: model };
    const { provider, run, check, exchanges } = bench(dashscope, { variables });
    await run(provider.operations.portraitVideo, { image, audio });
    check();
    const [look, start] = exchanges;
    const { face_bbox, ext_bbox } = JSON.parse(look!.answers[0]!).output;
    // Only emo takes boxes; the face is inside the part that will move.
    expect(JSON.parse(start!.sent).input).toMatchObject(model === "emo-v1" ? { face_bbox, ext_bbox } : {});
    if (model === "emo-v1") {
      expect(face_bbox).not.toEqual(ext_bbox);
    }
  });

  test("lips", async () => {
    const { provider, run, check } = bench(dashscope);
    await run(provider.operations.avatarVideo, { video, audio });
    check();
  });

  test("files in the vendor's temporary storage: a policy for each, and a call that says so", async () => {
    verifies("media.lent-storage");
    const { provider, run, check, exchanges } = bench(dashscope, { canBeReached: false });
    await run(provider.operations.avatarVideo, { video, audio });
    check();
    expect(exchanges.flatMap(({ url }) => url.searchParams.getAll("model"))).toEqual(["videoretalk", "videoretalk"]);
    const start = exchanges.find(({ sent }) => sent !== "");
    expect(start!.headers["x-dashscope-ossresourceresolve"]).toBe("enable");
  });

  /** The picture as an address that contains it. */
  async function addressWithin(): Promise<string> {
    return `data:image/png;base64,${Buffer.from(await relay.read(image)).toString("base64")}`;
  }

  /** `n` of each paid start; the vendor assumes four when it is left out. */
  function picturesAskedFor(exchanges: readonly RecordedExchange[]): Json[] {
    return exchanges.filter(({ sent }) => sent !== "").map(({ sent }) => JSON.parse(sent).parameters.n);
  }

  async function begun(starting: Promise<StartEnd>): Promise<Json> {
    const end = await starting;
    expect(end).toMatchObject({ end: "operation" });
    return (end as Extract<StartEnd, { end: "operation" }>).reference;
  }

  /** Calls that none of our requests makes, to check the stand-in against its document as well. */
  async function expectUnused(name: string, input: Record<string, unknown>): Promise<void> {
    const fixture = wireFixture("dashscope", name);
    expect(fixture.unused).toEqual(expect.any(String));
    const example = fixture.request.example as { model: string; input: object };
    const answer = await fetch(`${sandbox.url}/dashscope${fixture.call.path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${sandbox.environment.DASHSCOPE_API_KEY}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ ...example, input: { ...example.input, ...input } }),
    });
    expectAnswer("dashscope", fixture, await answer.text());
    seen.add(`dashscope/${name}`);
  }
});

test("every recorded endpoint was called", () => {
  verifies("documents.wire");
  const lists = ["error-list", "error-list-later", "envelopes", "gateway-refusals"];
  const recorded = ["spark", "xjc", "dashscope"].flatMap((vendor) =>
    wireFixtureNames(vendor)
      .filter((name) => !lists.includes(name))
      .map((name) => `${vendor}/${name}`),
  );
  expect([...seen].sort()).toEqual(recorded.sort());
});
