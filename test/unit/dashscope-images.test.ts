import type { Capabilities, ProviderInstance, StartEnd } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { answer, begun, closeAll, no, paths, secret, setUp, startMs, task } from "../doubles/dashscope-vendor.ts";
import { createOperationContext, jsonOf } from "../doubles/provider-tools.ts";
import type { Reply } from "../doubles/raw-vendor.ts";
import { verifies } from "../verifies.ts";

afterEach(closeAll);

const reference = {
  kind: "task",
  taskId: "task-1",
  model: "wanx2.1-t2i-turbo",
  startedAt: startMs,
  requestId: "req-1",
};
const context = createOperationContext();
const start = (provider: ProviderInstance, request: Partial<Capabilities["image"]> = {}) =>
  provider.operations.image!.start({ prompt: "日照金山", ...request }, context);
const check = (provider: ProviderInstance) => provider.operations.image!.check!(reference, context);

describe("a picture as a task", () => {
  test("is submitted with its key, its header and an explicit number of pictures", async () => {
    const { vendor, provider } = await setUp({ [paths.textToImage]: () => begun }, { DASHSCOPE_WORKSPACE: "ws-1" });
    expect(await start(provider)).toEqual({ end: "operation", reference, requestId: "req-1" });
    const [request] = vendor.requests;
    expect(request).toMatchObject({
      method: "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        "x-dashscope-async": "enable",
        "x-dashscope-workspace": "ws-1",
      },
    });
    expect(jsonOf(request!.text)).toEqual({
      model: "wanx2.1-t2i-turbo",
      input: { prompt: "日照金山" },
      parameters: { n: 1 },
    });
    await start(provider, { size: "1024x768", negativePrompt: "人", seed: 7, count: 3 });
    expect(jsonOf(vendor.requests[1]!.text)).toEqual({
      model: "wanx2.1-t2i-turbo",
      input: { prompt: "日照金山", negative_prompt: "人" },
      parameters: { size: "1024*768", n: 3, seed: 7 },
    });
  });

  test.each([
    ["PENDING", { state: "pending", queued: true }],
    ["RUNNING", { state: "pending", queued: false }],
    ["SUSPENDED", { state: "pending", queued: false }],
  ])("%s is waited for, without the header of a submission", async (status, end) => {
    const { vendor, provider } = await setUp({ [paths.task]: () => task(status) });
    expect(await check(provider)).toMatchObject(end);
    expect(vendor.requests[0]?.headers).not.toHaveProperty("x-dashscope-async");
  });

  test("is asked about less often the older it is", async () => {
    const { clock, provider } = await setUp({ [paths.task]: () => task("RUNNING") });
    expect(await check(provider)).toMatchObject({ checkAfterMs: 2000 });
    await clock.advance(3_600_000);
    expect(await check(provider)).toMatchObject({ checkAfterMs: 15_000 });
  });

  test("SUCCEEDED: each picture, and what was counted", async () => {
    const results = [{ url: "https://result.example/1.png" }, { url: "https://result.example/2.png" }];
    const { provider } = await setUp({ [paths.task]: () => task("SUCCEEDED", { results }, { image_count: 2 }) });
    expect(await check(provider)).toEqual({
      state: "done",
      output: { media: results, charge: { amount: 2, unit: "images" }, requestId: "req-1" },
    });
  });

  test("one refused among several: the others are the result, and only they are charged", async () => {
    verifies("provider.contract");
    const refused = { code: "DataInspectionFailed", message: "Output data may contain inappropriate content." };
    const results = [{ url: "https://result.example/1.png" }, refused];
    const { provider } = await setUp(
      { [paths.task]: () => task("SUCCEEDED", { results }, { image_count: 1 }) },
      { DASHSCOPE_PRICES: '{"wanx2.1-t2i-turbo":{"amount":0.14,"unit":"CNY"}}' },
    );
    expect(await check(provider)).toEqual({
      state: "done",
      output: {
        media: [{ url: "https://result.example/1.png" }],
        missing: [expect.objectContaining({ vendorCode: refused.code, vendorMessage: refused.message, charged: "no" })],
        charge: { amount: 0.14, unit: "CNY" },
        requestId: "req-1",
      },
    });
  });

  test("one that is neither there nor refused is missing all the same", async () => {
    verifies("paid-once.missing-parts");
    const results = [{ url: "https://result.example/1.png" }, {}, { message: "原话" }];
    const { provider } = await setUp({ [paths.task]: () => task("SUCCEEDED", { results }, { image_count: 1 }) });
    expect(await check(provider)).toMatchObject({
      state: "done",
      output: { missing: [{ charged: "no" }, { charged: "no", vendorMessage: "原话" }], charge: { amount: 1 } },
    });
  });

  test("all refused: failed with the first one's code, and not charged", async () => {
    const results = [{ code: "DataInspectionFailed", message: "原话" }];
    const { provider } = await setUp({ [paths.task]: () => task("SUCCEEDED", { results }) });
    expect(await check(provider)).toMatchObject({
      state: "failed",
      failure: { vendorCode: "DataInspectionFailed", vendorMessage: "原话", charged: "no", requestId: "req-1" },
    });
  });

  test.each([
    ["InvalidParameter", { kind: "after-change" }],
    ["Throttling.RateQuota", { kind: "never" }],
    ["InternalError.Timeout", { kind: "never" }],
    ["Made.Up", { kind: "never" }],
  ])("FAILED with HTTP 200 and %s: failed, not charged, never repeated automatically", async (code, retry) => {
    const { provider } = await setUp({ [paths.task]: () => task("FAILED", { code, message: "原话" }) });
    expect(await check(provider)).toMatchObject({
      state: "failed",
      failure: {
        vendorCode: code,
        vendorMessage: "原话",
        charged: "no",
        retry,
        details: { taskId: "task-1" },
        requestId: "req-1",
      },
    });
  });

  test("FAILED without a code, or without anything, still says what is known", async () => {
    const worded = await setUp({ [paths.task]: () => task("FAILED", { message: "没有人脸" }) });
    expect(await check(worded.provider)).toMatchObject({ failure: { vendorMessage: "没有人脸" } });
    const silent = await setUp({ [paths.task]: () => task("FAILED") });
    expect(await check(silent.provider)).toMatchObject({ failure: { sentence: { key: "provider.operation-failed" } } });
  });

  test("a code behind another is understood, and kept as received", async () => {
    const code = "InternalError.Algo.DataInspectionFailed";
    const { provider } = await setUp({ [paths.textToImage]: () => no(400, code, "<400> 原话") });
    expect(await start(provider)).toMatchObject({
      end: "refused",
      failure: { vendorCode: "DataInspectionFailed", vendorMessage: "<400> 原话", details: { code } },
    });
  });

  test("CANCELED elsewhere has failed and cost nothing", async () => {
    const { provider } = await setUp({ [paths.task]: () => task("CANCELED") });
    expect(await check(provider)).toMatchObject({
      state: "failed",
      failure: { charged: "no", sentence: { key: "provider.dashscope.task-canceled" } },
    });
  });

  test("UNKNOWN is waited for while it is young, and is lost once the vendor has forgotten it", async () => {
    verifies("survives.forgotten");
    const { clock, provider } = await setUp({ [paths.task]: () => task("UNKNOWN") });
    expect(await check(provider)).toMatchObject({ state: "pending" });
    await clock.advance(24 * 3_600_000);
    expect(await check(provider)).toMatchObject({
      state: "lost",
      failure: { charged: "unknown", retry: { kind: "never" }, sentence: { key: "provider.dashscope.task-forgotten" } },
    });
  });

  test.each([
    ["an unknown status", task("SLEEPING")],
    ["a page", { status: 502, body: "<html>" }],
    ["a refusal", no(429, "Throttling")],
    ["a key changed in the meantime", no(401, "InvalidApiKey")],
  ] satisfies [string, Reply][])("%s ends nothing", async (_name, reply) => {
    const { provider } = await setUp({ [paths.task]: () => reply });
    await expect(check(provider)).rejects.toMatchObject({ failure: { provider: "dashscope" } });
  });

  test("is stopped while it waits, continues if it runs, and does not count as stopped if nobody answers", async () => {
    verifies("provider.cancel");
    const cancel = async (reply: Reply) => {
      const { provider } = await setUp({ [paths.cancel]: () => reply });
      return provider.operations.image!.cancel!(reference, context);
    };
    expect(await cancel({ body: { request_id: "req-2" } })).toBe("stopped");
    expect(await cancel(no(400, "UnsupportedOperation"))).toBe("goes-on");
    await expect(cancel({ status: 500, body: "x" })).rejects.toMatchObject({ failure: { charged: "no" } });
  });
});

describe("a picture that is requested by message, as a task", () => {
  test.each([
    ["wan2.7-image", { size: "2K", count: 2 }, { size: "2K", n: 2 }],
    ["wan2.7-image", { size: "1280x720" }, { size: "1280*720", n: 1 }],
    ["wan2.6-image", {}, { n: 1, enable_interleave: true, max_images: 1 }],
  ])("%s, %j", async (model, request, parameters) => {
    const { vendor, provider } = await setUp(
      { [paths.imageGeneration]: () => begun },
      { DASHSCOPE_IMAGE_MODEL: model },
    );
    expect(await start(provider, request)).toMatchObject({ end: "operation" });
    expect(vendor.requests[0]?.headers).toMatchObject({ "x-dashscope-async": "enable" });
    expect(jsonOf(vendor.requests[0]!.text)).toEqual({
      model,
      input: { messages: [{ role: "user", content: [{ text: "日照金山" }] }] },
      parameters,
    });
  });

  test("words beside the picture are no failure of it", async () => {
    const content = [
      { type: "text", text: "第一步" },
      { type: "image", image: "https://result.example/1.png" },
    ];
    const choices = [{ finish_reason: "stop", message: { role: "assistant", content } }];
    const { provider } = await setUp(
      { [paths.task]: () => task("SUCCEEDED", { choices, finished: true }, { image_count: 1 }) },
      { DASHSCOPE_IMAGE_MODEL: "wan2.6-image" },
    );
    expect(await check(provider)).toMatchObject({
      state: "done",
      output: { media: [{ url: "https://result.example/1.png" }], charge: { amount: 1, unit: "images" } },
    });
    expect(await check(provider)).not.toHaveProperty("output.missing");
  });

  test.each([
    ["wan2.7-image", 0.2, 0.4],
    ["wan2.7-image-pro", 0.5, 1],
    ["wan2.6-t2i", 0.2, 0.4],
    ["wan2.5-t2i-preview", 0.2, 0.4],
    ["wanx2.1-t2i-turbo", 0.14, 0.28],
  ])("%s costs its price list's %d CNY a picture, whatever its size", async (model, amount, cost) => {
    const prices = JSON.stringify({ [model]: { amount, unit: "CNY" } });
    const { provider } = await setUp({}, { DASHSCOPE_IMAGE_MODEL: model, DASHSCOPE_PRICES: prices });
    for (const size of [undefined, "1280x1280"]) {
      const price = await provider.operations.image!.price({ prompt: "x", count: 2, size });
      expect(price).toEqual({ known: true, amount: cost, unit: "CNY" });
    }
  });
});

describe("a picture in the answer", () => {
  const content = [{ image: "https://result.example/1.png" }];
  const made = answer(
    { choices: [{ finish_reason: "stop", message: { role: "assistant", content } }], task_metric: { TOTAL: 1 } },
    { image_count: 1, width: 1328, height: 1328 },
  );

  test("is requested by message, and not as a task", async () => {
    const { vendor, provider } = await setUp(
      { [paths.generation]: () => made },
      { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" },
    );
    expect(await start(provider, { size: "1328x1328", negativePrompt: "人" })).toEqual({
      end: "done",
      output: {
        media: [{ url: "https://result.example/1.png" }],
        charge: { amount: 1, unit: "images" },
        requestId: "req-1",
      },
    });
    const [request] = vendor.requests;
    expect(request?.headers).not.toHaveProperty("x-dashscope-async");
    expect(jsonOf(request!.text)).toEqual({
      model: "qwen-image-max",
      input: { messages: [{ role: "user", content: [{ text: "日照金山" }] }] },
      parameters: { size: "1328*1328", n: 1, negative_prompt: "人" },
    });
    expect(provider.operations.image).not.toHaveProperty("check");
  });

  test("that has fewer than requested: the missing ones are reported, and not charged", async () => {
    verifies("paid-once.missing-parts");
    const { provider } = await setUp(
      { [paths.generation]: () => made },
      { DASHSCOPE_IMAGE_MODEL: "qwen-image-2.0-pro" },
    );
    const missing = expect.objectContaining({
      kind: "refused",
      charged: "no",
      sentence: expect.objectContaining({ key: "provider.operation-failed" }),
    });
    expect(await start(provider, { count: 3 })).toMatchObject({
      end: "done",
      output: { media: content.map(({ image: url }) => ({ url })), missing: [missing, missing], charge: { amount: 1 } },
    });
  });

  test("that has none is unknown", async () => {
    const empty = answer({ choices: [{ message: { content: [{ text: "抱歉" }] } }] });
    const { provider } = await setUp({ [paths.generation]: () => empty }, { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" });
    expect(await start(provider)).toMatchObject({ end: "unknown", failure: { requestId: "req-1" } });
  });

  test("is waited for as long as the vendor itself waits", async () => {
    const { clock, vendor, provider } = await setUp(
      { [paths.generation]: () => "hang" },
      { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" },
    );
    const arrival = vendor.arrival();
    let end: StartEnd | undefined;
    const starting = start(provider).then((given) => {
      end = given;
    });
    await arrival;
    await clock.advance(299_000);
    expect(end).toBeUndefined();
    await clock.advance(1000);
    await starting;
    expect(end).toMatchObject({ end: "unknown", failure: { charged: "unknown" } });
  });
});

describe("the account", () => {
  test("doctor proves the key by a task that does not exist, without any start", async () => {
    const { vendor, provider } = await setUp(
      new Proxy({}, { get: () => () => task("UNKNOWN") }) as Record<string, () => Reply>,
    );
    expect((await provider.doctor()).map(({ level }) => level)).toEqual(["ok", "unproved"]);
    expect(vendor.requests.map(({ method, path }) => [method, path.replace(/[\da-f-]{36}$/, "id")])).toEqual([
      ["GET", "/api/v1/tasks/id"],
    ]);
  });

  test("doctor reports a wrong key, and that a key belongs to a region", async () => {
    const { provider } = await setUp(
      new Proxy({}, { get: () => () => no(401, "InvalidApiKey") }) as Record<string, () => Reply>,
    );
    const findings = await provider.doctor();
    expect(findings).toMatchObject([
      { level: "error", sentence: { key: "provider.doctor.refused" } },
      { level: "warning", sentence: { key: "provider.doctor.dashscope-region" } },
    ]);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });
});
