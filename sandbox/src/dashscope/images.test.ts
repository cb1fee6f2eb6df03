import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import {
  connectDashscope,
  type DashscopeClient,
  generationPath,
  imageOrder,
  imagePath,
  messageTaskPath,
} from "../testing/dashscope-client.ts";
import { type ManualClock, manualClock, until } from "../testing/manual-clock.ts";

let clock: ManualClock;
let sandbox: Sandbox;
let client: DashscopeClient;
beforeEach(async () => {
  clock = manualClock();
  sandbox = await startSandbox({ clock });
  client = connectDashscope(sandbox);
});
afterEach(() => sandbox.close());

const submit = (order: unknown) => client.submit(imagePath, order);
const query = async (taskId: string) => (await client.get(`tasks/${taskId}`)).body;

async function finished(order: unknown) {
  const { body } = await submit(order);
  clock.advance(12_000);
  return query(body.output.task_id);
}

async function pictureAt(address: string) {
  const png = Buffer.from(await (await fetch(address)).arrayBuffer());
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  return { bytes: png, size: `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}` };
}

test("a task waits, runs and succeeds; each picture has its own address and its own seed", async () => {
  const { status, body } = await submit(imageOrder("日照金山", { n: 2, size: "768*512", seed: 7 }));
  expect(status).toBe(200);
  expect(body).toEqual({
    output: { task_status: "PENDING", task_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const taskId = body.output.task_id;
  expect((await query(taskId)).output).toEqual({
    task_id: taskId,
    task_status: "PENDING",
    submit_time: "2026-01-02 11:04:05.000",
    task_metrics: { TOTAL: 2, SUCCEEDED: 0, FAILED: 0 },
  });
  clock.advance(1500);
  expect((await query(taskId)).output.task_status).toBe("RUNNING");
  clock.advance(8000);
  const { output, usage } = await query(taskId);
  expect(output).toMatchObject({
    task_status: "SUCCEEDED",
    submit_time: "2026-01-02 11:04:05.000",
    scheduled_time: "2026-01-02 11:04:06.500",
    end_time: "2026-01-02 11:04:14.500",
    task_metrics: { TOTAL: 2, SUCCEEDED: 2, FAILED: 0 },
  });
  expect(usage).toEqual({ image_count: 2 });
  const [first, second] = output.results;
  expect(first).toMatchObject({ orig_prompt: "日照金山", actual_prompt: expect.stringContaining("日照金山") });
  const [one, two] = [await pictureAt(first.url), await pictureAt(second.url)];
  expect(one.size).toBe("768x512");
  expect(two.bytes.equals(one.bytes)).toBe(false);
  expect(sandbox.ledger()).toMatchObject([
    {
      vendor: "dashscope",
      endpoint: imagePath,
      text: "日照金山",
      points: 0,
      counted: { unit: "images", quantity: 2 },
      account: "sandbox-dashscope-key-id",
      reference: taskId,
      requestId: body.request_id,
    },
  ]);
});

test("the default is four pictures", async () => {
  const { usage } = await finished({ model: "wan2.2-t2i-flash", input: { prompt: "a" } });
  expect(usage).toEqual({ image_count: 4 });
});

test.each([
  ["no key", "wanx2.1-t2i-turbo", { authorization: "" }, 401, "InvalidApiKey"],
  ["another key", "wanx2.1-t2i-turbo", { authorization: "Bearer sk-other" }, 401, "InvalidApiKey"],
  ["the bare key", "wanx2.1-t2i-turbo", { authorization: "sk-sandbox-dashscope-key" }, 401, "InvalidApiKey"],
  ["no asynchronous header", "wanx2.1-t2i-turbo", {}, 403, "AccessDenied"],
  ["a workspace of others", "wanx2.1-t2i-turbo", { "x-dashscope-workspace": "theirs" }, 403, "Workspace.AccessDenied"],
  ["another content type", "wanx2.1-t2i-turbo", { "content-type": "text/plain" }, 400, "BadRequest.IllegalInput"],
])("the gateway refuses %s", async (_name, model, headers, status, code) => {
  const answer = await client.call(imagePath, imageOrder("a", {}, model), headers as Record<string, string>);
  expect(answer).toEqual({
    status,
    body: { code, message: expect.any(String), request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  expect(sandbox.ledger()).toEqual([]);
});

test("the wrong kind of call is recognised by its message", async () => {
  expect((await client.call(imagePath, imageOrder("a"))).body.message).toBe(
    "current user api does not support synchronous calls.",
  );
  const qwen = { model: "qwen-image-plus", input: { messages: [] } };
  expect((await client.submit(generationPath, qwen)).body.message).toBe(
    "current user api does not support asynchronous calls.",
  );
});

test.each([
  ["text that is not JSON", "{", 400, "BadRequest.IllegalInput"],
  ["no model", { input: { prompt: "a" } }, 400, "BadRequest.EmptyModel"],
  ["no input", { model: "wanx2.1-t2i-turbo" }, 400, "BadRequest.EmptyInput"],
  ["an unknown model", imageOrder("a", {}, "wanx9"), 404, "ModelNotFound"],
  ["an empty prompt", imageOrder(" "), 400, "InvalidParameter"],
  ["a prompt that is no text", { ...imageOrder("a"), input: { prompt: 5 } }, 400, "InvalidParameter"],
  [
    "a negative prompt of 501",
    { ...imageOrder("a"), input: { prompt: "a", negative_prompt: "n".repeat(501) } },
    400,
    "InvalidParameter",
  ],
  ["a size with an x", imageOrder("a", { size: "1024x1024" }), 400, "InvalidParameter"],
  ["a side of 511", imageOrder("a", { size: "511*1024" }), 400, "InvalidParameter"],
  ["a side of 1441", imageOrder("a", { size: "1441*1024" }), 400, "InvalidParameter"],
  ["no pictures", imageOrder("a", { n: 0 }), 400, "InvalidParameter"],
  ["five pictures", imageOrder("a", { n: 5 }), 400, "InvalidParameter"],
  ["a negative seed", imageOrder("a", { seed: -1 }), 400, "InvalidParameter"],
  ["a seed of 2 147 483 648", imageOrder("a", { seed: 2_147_483_648 }), 400, "InvalidParameter"],
  ["a flag that is none", imageOrder("a", { watermark: "no" }), 400, "InvalidParameter"],
])("refuses %s without a charge", async (_name, order, status, code) => {
  expect(await submit(order)).toMatchObject({ status, body: { code } });
  expect(sandbox.ledger()).toEqual([]);
});

test("takes every parameter at its limits; a prompt beyond its limit is cut off", async () => {
  const order = {
    model: "wan2.5-t2i-preview",
    input: { prompt: `${"雪".repeat(2000)}end`, negative_prompt: "n".repeat(500) },
    parameters: { size: "768*2700", n: 4, seed: 2_147_483_647, prompt_extend: false, watermark: true },
  };
  const { output } = await finished(order);
  expect(output.results).toHaveLength(4);
  expect(output.results[0].orig_prompt).toBe("雪".repeat(2000));
  expect(output.results[0]).not.toHaveProperty("actual_prompt");
});

test.each([
  ["wan2.6-t2i", { size: "960*1696" }, "960*1696"],
  ["wan2.7-image", {}, "2048*2048"],
  ["wan2.7-image", { size: "1K" }, "1024*1024"],
  ["wan2.7-image", { size: "1280*720" }, "1280*720"],
  ["wan2.7-image-pro", { size: "4K" }, "4096*4096"],
  ["wan2.6-image", { size: "1280*720", enable_interleave: true, max_images: 1 }, "1280*720"],
])("a task requested by message, %s with %j", async (model, parameters, size) => {
  const order = { model, input: { messages: [{ role: "user", content: [{ text: "湖" }] }] }, parameters };
  const { body } = await client.submit(messageTaskPath, { ...order, parameters: { n: 1, ...parameters } });
  clock.advance(12_000);
  expect(await query(body.output.task_id)).toMatchObject({
    output: { task_status: "SUCCEEDED", choices: [{ message: { content: [{ image: expect.any(String) }] } }] },
    usage: { image_count: 1, size },
  });
});

test.each([
  ["wan2.6-t2i", { size: "2K" }],
  ["wan2.7-image", { size: "4K" }],
  ["wan2.7-image", { size: "768*767" }],
  ["wan2.7-image", { size: "2049*2048" }],
  ["wan2.7-image", { size: "4104*512" }],
  ["wan2.7-image", { negative_prompt: "狗" }],
  ["wan2.7-image-pro", { size: "4097*4096" }],
  ["wan2.6-image", { size: "1280*720" }],
  ["wan2.6-image", { enable_interleave: true, n: 2 }],
  ["wan2.6-image", { enable_interleave: true, max_images: 6 }],
  ["wan2.6-image", { enable_interleave: true, size: "1281*1280" }],
])("refuses a task requested by message, %s with %j", async (model, parameters) => {
  const order = { model, input: { messages: [{ role: "user", content: [{ text: "湖" }] }] }, parameters };
  expect(await client.submit(messageTaskPath, order)).toMatchObject({
    status: 400,
    body: { code: "InvalidParameter" },
  });
  expect(sandbox.ledger()).toEqual([]);
});

test.each([
  ["wan2.5-t2i-preview", "768*767"],
  ["wan2.5-t2i-preview", "1604*400"],
  ["wan2.5-t2i-preview", "1441*1440"],
  ["wan2.2-t2i-plus", "768*2700"],
  ["qwen-image-plus", "1024*1024"],
])("refuses %s at %s", async (model, size) => {
  expect(await submit(imageOrder("a", { size }, model))).toMatchObject({
    status: 400,
    body: { code: "InvalidParameter" },
  });
});

test("[[partial]]: one picture of several is refused inside a task that succeeds, and not billed", async () => {
  const { output, usage } = await finished(imageOrder("a [[partial]]", { n: 3 }));
  expect(output).toMatchObject({
    task_status: "SUCCEEDED",
    results: [{ url: expect.any(String) }, { url: expect.any(String) }, { code: "DataInspectionFailed" }],
    task_metrics: { TOTAL: 3, SUCCEEDED: 2, FAILED: 1 },
  });
  expect(output.results[2]).not.toHaveProperty("url");
  expect(usage).toEqual({ image_count: 2 });
  expect(sandbox.ledger()[0]?.counted).toEqual({ unit: "images", quantity: 2 });
  const alone = await finished(imageOrder("b [[partial]]"));
  expect(alone.output).toMatchObject({ task_status: "FAILED", code: "DataInspectionFailed" });
});

test("[[fail]]: the task fails on HTTP 200, with a message or with a code, and is not billed", async () => {
  expect((await finished(imageOrder("a [[fail: no paint]]"))).output).toMatchObject({
    task_status: "FAILED",
    code: "InternalError.Algo",
    message: "no paint",
  });
  expect((await finished(imageOrder("a [[fail: DataInspectionFailed]]"))).output).toMatchObject({
    code: "DataInspectionFailed",
    message: expect.stringContaining("inappropriate"),
  });
  expect(sandbox.ledger().map(({ counted }) => counted?.quantity)).toEqual([0, 0]);
});

test("[[stuck]] runs for ever, [[task-unknown]] is lost, [[expired-url]] is too late", async () => {
  const stuck = (await submit(imageOrder("[[stuck]]"))).body.output.task_id;
  const lost = (await submit(imageOrder("[[task-unknown]]"))).body.output.task_id;
  expect((await query(lost)).output).toEqual({ task_id: lost, task_status: "UNKNOWN" });
  clock.advance(60 * 60_000);
  expect((await query(stuck)).output.task_status).toBe("RUNNING");
  const late = await finished(imageOrder("[[expired-url]]"));
  expect((await fetch(late.output.results[0].url)).status).toBe(403);
  expect(sandbox.ledger()).toHaveLength(3);
});

test("a model that answers directly: pictures of the family's sizes, one message, counts by model", async () => {
  sandbox.control.limits({ dashscopePerSecond: 100 });
  const order = (content: unknown, parameters: Record<string, unknown> = {}, model = "qwen-image-plus") => ({
    model,
    input: { messages: [{ role: "user", content: [content] }] },
    parameters,
  });
  const generate = async (body: unknown) => {
    const before = sandbox.ledger().length;
    let isAnswered = false;
    const answer = client.call(generationPath, body).finally(() => {
      isAnswered = true;
    });
    await until(() => isAnswered || sandbox.ledger().length > before);
    clock.advance(6000);
    return answer;
  };
  const { status, body } = await generate(order({ text: "湖" }, { size: "1664*928" }));
  expect(status).toBe(200);
  expect(body).toEqual({
    output: {
      choices: [{ finish_reason: "stop", message: { role: "assistant", content: [{ image: expect.any(String) }] } }],
      task_metric: { TOTAL: 1, SUCCEEDED: 1, FAILED: 0 },
    },
    usage: { image_count: 1, width: 1664, height: 928 },
    request_id: expect.any(String),
  });
  expect((await pictureAt(body.output.choices[0].message.content[0].image)).size).toBe("1664x928");
  expect(sandbox.ledger()[0]).toMatchObject({ reference: body.request_id, requestId: body.request_id });
  const many = await generate(order({ text: "[[partial]]" }, { n: 6 }, "qwen-image-2.0-pro"));
  expect(many.body.output.choices).toHaveLength(5);
  expect(many.body.output.task_metric).toEqual({ TOTAL: 6, SUCCEEDED: 5, FAILED: 1 });
  for (const wrong of [
    order({ text: "a" }, { n: 2 }),
    order({ text: "a" }, { size: "1024*1024" }),
    order({ text: "a" }, { size: "2048*2048" }, "wan2.6-t2i"),
    order({ text: "a" }, { negative_prompt: "n".repeat(501) }),
    order({ image: "http://127.0.0.1/a.png" }),
    { model: "qwen-image", input: { messages: [] } },
    { model: "qwen-image", input: { messages: [{ role: "system", content: [{ text: "a" }] }] } },
  ]) {
    expect(await generate(wrong)).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  }
  const failed = await generate(order({ text: "[[fail: no paint]]" }));
  expect(failed).toMatchObject({ status: 500, body: { code: "InternalError.Algo", message: "no paint" } });
  expect(sandbox.ledger().at(-1)?.counted?.quantity).toBe(0);
});
