import { UsageError } from "@toolcast/core";
import type { ProviderInstance } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { answer, begun, closeAll, paths, setUp, startMs, task } from "../doubles/dashscope-vendor.ts";
import { createAsset, createOperationContext, jsonOf } from "../doubles/provider-tools.ts";
import { verifies } from "../verifies.ts";

afterEach(closeAll);

const audio = createAsset({ kind: "audio" });
const video = createAsset({ kind: "video", width: 1280, height: 720 });
const image = createAsset({ kind: "image" });
const context = createOperationContext();
const [imageUrl, audioUrl, videoUrl] = ["image.png", "audio.wav", "video.mp4"].map(
  (name) => `https://relay.example/hash-of-${name}`,
);
const portrait = ({ operations }: ProviderInstance) => operations.portraitVideo!.start({ image, audio }, context);
const reference = (model: string) => ({
  kind: "task",
  taskId: "task-1",
  model,
  startedAt: startMs,
  requestId: "req-1",
});

describe("lips fitted to a recording", () => {
  test("are a task", async () => {
    const { vendor, provider } = await setUp({ [paths.video]: () => begun });
    const end = await provider.operations.avatarVideo!.start({ video, audio, title: "标题" }, context);
    expect(end).toEqual({ end: "operation", reference: reference("videoretalk"), requestId: "req-1" });
    const [request] = vendor.requests;
    expect(request?.headers).toMatchObject({ "x-dashscope-async": "enable" });
    expect(jsonOf(request!.text)).toEqual({
      model: "videoretalk",
      input: { video_url: videoUrl, audio_url: audioUrl },
    });
  });

  test("end in an address at the top level of the answer, charged by the second", async () => {
    const done = task(
      "SUCCEEDED",
      { video_url: "https://result.example/1.mp4" },
      { video_duration: 7.5, video_ratio: "1280*720" },
    );
    const { provider } = await setUp(
      { [paths.task]: () => done },
      { DASHSCOPE_PRICES: '{"videoretalk":{"amount":0.08,"unit":"CNY"}}' },
    );
    const { check, price } = provider.operations.avatarVideo!;
    expect(await check!(reference("videoretalk"), context)).toEqual({
      state: "done",
      output: {
        media: [{ url: "https://result.example/1.mp4" }],
        charge: { amount: 0.6, unit: "CNY" },
        requestId: "req-1",
      },
    });
    expect(await price({ video, audio })).toEqual({ known: true, amount: 0.64, unit: "CNY" });
    expect(await price({ video })).toMatchObject({ known: false });
  });

  test("may have been charged if they fail", async () => {
    const failed = task("FAILED", { code: "InvalidFile.FaceNotMatch", message: "原话" });
    const { provider } = await setUp({ [paths.task]: () => failed });
    expect(await provider.operations.avatarVideo!.check!(reference("videoretalk"), context)).toMatchObject({
      state: "failed",
      failure: { vendorCode: "InvalidFile.FaceNotMatch", charged: "unknown", retry: { kind: "after-change" } },
    });
  });
});

describe("a video from words or a picture", () => {
  const prices = JSON.stringify({
    "wan2.7-t2v": { amount: 0.6, unit: "CNY" },
    "wan2.7-t2v 1080P": { amount: 1, unit: "CNY" },
  });

  test.each([
    ["1080P", 5],
    ["720P", 3],
  ])("is charged by the rate of the resolution that was asked for, %s", async (size, amount) => {
    verifies("spending.video-price");
    const done = task(
      "SUCCEEDED",
      { video_url: "https://result.example/1.mp4" },
      { duration: 5, output_video_duration: 5, SR: 480 },
    );
    const { provider } = await setUp(
      { [paths.generatedVideo]: () => begun, [paths.task]: () => done },
      { DASHSCOPE_PRICES: prices },
    );
    const { start, check } = provider.operations.video!;
    const end = await start({ prompt: "一只猫", size }, context);
    expect(end).toEqual({
      end: "operation",
      reference: { ...reference("wan2.7-t2v"), resolution: size },
      requestId: "req-1",
    });
    const { reference: stored } = end as Extract<typeof end, { end: "operation" }>;
    expect(await check!(stored, context)).toMatchObject({
      state: "done",
      output: { media: [{ url: "https://result.example/1.mp4" }], charge: { amount, unit: "CNY" } },
    });
  });

  test("does not begin without its picture, and is not charged", async () => {
    const { vendor, provider } = await setUp({ [paths.generatedVideo]: () => begun });
    const lost = new UsageError({ key: "media.deleted" }, "image");
    const gone = createOperationContext({ read: () => Promise.reject(lost) });
    expect(await provider.operations.video!.start({ prompt: "它跑", image }, gone)).toMatchObject({
      end: "refused",
      failure: { charged: "no" },
    });
    expect(vendor.requests).toEqual([]);
  });
});

describe("a speaking portrait", () => {
  test.each([
    [
      "wan2.2-s2v",
      { model: "wan2.2-s2v-detect", input: { image_url: imageUrl } },
      { check_pass: true, humanoid: true },
      { input: { image_url: imageUrl, audio_url: audioUrl }, parameters: { resolution: "480P" } },
    ],
    [
      "liveportrait",
      { model: "liveportrait-detect", input: { image_url: imageUrl } },
      { pass: true },
      { input: { image_url: imageUrl, audio_url: audioUrl } },
    ],
    [
      "emo-v1",
      { model: "emo-detect-v1", input: { image_url: imageUrl }, parameters: { ratio: "1:1" } },
      { face_bbox: [1, 2, 3, 4], ext_bbox: [0, 0, 9, 9] },
      {
        input: { image_url: imageUrl, audio_url: audioUrl, face_bbox: [1, 2, 3, 4], ext_bbox: [0, 0, 9, 9] },
      },
    ],
  ])("%s: checked first, then one paid start", async (model, look, found, submission) => {
    verifies("provider.contract");
    const { vendor, provider } = await setUp(
      { [paths.detect]: () => answer(found), [paths.video]: () => begun },
      { DASHSCOPE_PORTRAIT_MODEL: model },
    );
    expect(await portrait(provider)).toEqual({ end: "operation", reference: reference(model), requestId: "req-1" });
    expect(vendor.requests.map(({ path }) => path)).toEqual([`/api/v1/${paths.detect}`, `/api/v1/${paths.video}`]);
    expect(jsonOf(vendor.requests[0]!.text)).toEqual(look);
    expect(jsonOf(vendor.requests[1]!.text)).toEqual({ model, ...submission });
    expect(vendor.requests[0]?.headers).not.toHaveProperty("x-dashscope-async");
    expect(vendor.requests[1]?.headers).toMatchObject({ "x-dashscope-async": "enable" });
  });

  test("emo without its boxes is not begun", async () => {
    const { vendor, provider } = await setUp(
      { [paths.detect]: () => answer({ check_pass: true }) },
      { DASHSCOPE_PORTRAIT_MODEL: "emo-v1" },
    );
    expect(await portrait(provider)).toMatchObject({ end: "refused", failure: { field: "image", charged: "no" } });
    expect(vendor.to(paths.video)).toHaveLength(0);
  });

  test("ends in an address inside the results", async () => {
    const done = task(
      "SUCCEEDED",
      { results: { video_url: "https://result.example/2.mp4" } },
      { video_duration: 3.2, video_ratio: "standard" },
    );
    const { provider } = await setUp({ [paths.task]: () => done });
    expect(await provider.operations.portraitVideo!.check!(reference("wan2.2-s2v"), context)).toEqual({
      state: "done",
      output: {
        media: [{ url: "https://result.example/2.mp4" }],
        charge: { amount: 3.2, unit: "seconds" },
        requestId: "req-1",
      },
    });
  });

  test("has a price that follows the recording; speech that does not exist yet leaves it open", async () => {
    const { provider } = await setUp(
      {},
      { DASHSCOPE_PRICES: '{"wan2.2-s2v":{"amount":0.5,"unit":"CNY"}}', DASHSCOPE_PORTRAIT_RESOLUTION: "720P" },
    );
    const { price } = provider.operations.portraitVideo!;
    expect(await price({ image, audio })).toEqual({ known: true, amount: 4, unit: "CNY" });
    expect(await price({ image, audio: undefined as never })).toMatchObject({ known: false, unit: "CNY" });
  });
});
