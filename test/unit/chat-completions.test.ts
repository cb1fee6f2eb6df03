import type { ServerResponse } from "node:http";
import { systemClock } from "@toolcast/core";
import { type Capabilities, dashscope, type OperationContext } from "@toolcast/core/provider";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type EventVendor, ending, event, piece, startEventVendor } from "../doubles/event-vendor.ts";
import { createAsset, createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { startRawVendor } from "../doubles/raw-vendor.ts";
import { verifies } from "../verifies.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

async function vendorThat(talk: (response: ServerResponse) => void): Promise<EventVendor> {
  const vendor = await startEventVendor(talk);
  open.push(vendor);
  return vendor;
}

const saying =
  (...events: string[]) =>
  (response: ServerResponse) =>
    void response.end(events.join(""));

const path = "/compatible-mode/v1";

function textAt(url: string, variables: Record<string, string> = {}) {
  const settings = dashscope.schema.parse({
    ...{ DASHSCOPE_API_KEY: "sk-marker", DASHSCOPE_BASE_URL: `${url}/api/v1` },
    ...variables,
  });
  const tools = createProviderTools(url, systemClock);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  return dashscope.create(settings, tools).operations.text!;
}

const ask = (
  operation: ReturnType<typeof textAt>,
  request: Partial<Capabilities["text"]> = {},
  changes: Partial<OperationContext> = {},
) => operation.start({ question: "为什么？", ...request }, createOperationContext(changes));

describe("a question", () => {
  test("is one request with its model, its dialogue and nothing that the library adds by itself", async () => {
    vi.stubEnv("OPENAI_ORG_ID", "org-marker");
    vi.stubEnv("OPENAI_CUSTOM_HEADERS", "x-marker: 1");
    vi.stubEnv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere");
    const vendor = await vendorThat(saying(piece("因为"), piece("散射"), piece("。"), ending()));
    const history = [{ question: "你好", answer: "你好。" }];
    expect(await ask(textAt(vendor.url), { instructions: "简短", history })).toEqual({
      end: "done",
      output: {
        media: [],
        text: "因为散射。",
        facts: { text: "因为散射。", usage: { prompt: 12, completion: 20, total: 32 } },
        charge: { amount: 32, unit: "tokens" },
        requestId: "chatcmpl-1",
      },
    });
    const [sent] = vendor.questions;
    expect(sent).toMatchObject({ path: `${path}/chat/completions`, headers: { authorization: "Bearer sk-marker" } });
    expect(JSON.stringify(sent!.headers)).not.toMatch(/marker.*marker|stainless|openai-/);
    expect(sent!.body).toEqual({
      model: "qwen-plus",
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 2048,
      messages: [
        { role: "system", content: "简短" },
        { role: "user", content: "你好" },
        { role: "assistant", content: "你好。" },
        { role: "user", content: "为什么？" },
      ],
    });
    await ask(textAt(vendor.url, { DASHSCOPE_CHAT_MODEL: "qwen-max", DASHSCOPE_WORKSPACE: "ws-1" }));
    expect(vendor.questions[1]).toMatchObject({
      headers: { "x-dashscope-workspace": "ws-1" },
      body: { model: "qwen-max", messages: [{ role: "user", content: "为什么？" }] },
    });
    expect(vendor.questions).toHaveLength(2);
  });

  test("takes along the latest turns that the memory has room for", async () => {
    const vendor = await vendorThat(saying(piece("好"), ending()));
    const history = Array.from({ length: 9 }, (_, index) => ({ question: `问${index}`, answer: "答" }));
    const asked = () => (vendor.questions.at(-1)!.body.messages as { content: string }[]).map(({ content }) => content);
    await ask(textAt(vendor.url), { history });
    expect(asked()).toEqual(["问4", "答", "问5", "答", "问6", "答", "问7", "答", "问8", "答", "为什么？"]);
    await ask(textAt(vendor.url, { DASHSCOPE_MEMORY_TURNS: "1" }), { history });
    expect(asked()).toEqual(["问8", "答", "为什么？"]);
    await ask(textAt(vendor.url, { DASHSCOPE_MEMORY_TOKENS: "0" }), { history });
    expect(asked()).toEqual(["为什么？"]);
  });

  test("costs at most its tokens and those of the longest answer", () => {
    const operation = textAt("http://127.0.0.1:9", { DASHSCOPE_CHAT_MAX_TOKENS: "100" });
    expect(operation.price({ question: "字".repeat(15) })).toEqual({
      ...{ known: true, atMost: true, amount: 10 + 100, unit: "tokens" },
    });
    expect(() => operation.validate?.({ question: " " })).toThrow(/empty/);
  });

  test("about a picture carries it along to a model that sees, and is refused in one sentence by another", async () => {
    const vendor = await vendorThat(saying(piece("山"), ending()));
    const image = createAsset({ kind: "image", width: 640, height: 640 });
    const seeing = textAt(vendor.url, { DASHSCOPE_CHAT_MODEL: "qwen3-vl-plus" });
    seeing.validate?.({ question: "?", image });
    await ask(seeing, { image }, { read: async () => new Uint8Array([1, 2]) });
    expect(vendor.questions[0]!.body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: `data:${image.type};base64,AQI=` } },
          { type: "text", text: "为什么？" },
        ],
      },
    ]);
    expect(() => textAt(vendor.url).validate?.({ question: "?", image })).toThrow(/sees-no-pictures.*qwen-plus/);
  });

  test("is answered whole although the server names no end, or leaves the connection open", async () => {
    const unnamed = await vendorThat(saying(piece("好"), "data: [DONE]\n\n"));
    expect(await ask(textAt(unnamed.url))).toMatchObject({ end: "done", output: { text: "好" } });
    const lingering = await vendorThat((response) => void response.write(piece("好") + ending()));
    expect(await ask(textAt(lingering.url))).toMatchObject({ end: "done", output: { charge: { amount: 32 } } });
  });

  test("cut at its longest says so", async () => {
    const vendor = await vendorThat(saying(piece("因"), piece("", "length"), "data: [DONE]\n\n"));
    expect(await ask(textAt(vendor.url))).toMatchObject({ end: "done", output: { facts: { finish: "length" } } });
  });
});

test.each([
  ["broken off", (response: ServerResponse) => void response.destroy(), "unknown"],
  ["ended without its end", (response: ServerResponse) => void response.end(), "unknown"],
  ["unreadable", (response: ServerResponse) => void response.end("data: {\n\n"), "unknown"],
  [
    "refused by the content check",
    (response: ServerResponse) => {
      const error = { code: "data_inspection_failed", type: "data_inspection_failed", message: "原话" };
      response.end(event({ error, request_id: "req-9" }));
    },
    "refused",
  ],
  [
    "refused in the service's own form",
    (response: ServerResponse) =>
      void response.end('id:2\nevent:error\n:HTTP_STATUS/429\ndata:{"code":"Throttling","message":"原话"}\n\n'),
    "refused",
  ],
])("%s after a piece, what was read is kept, and it is never repeated", async (_how, breakOff, kind) => {
  verifies("paid-once.unknown-not-repeated");
  const vendor = await vendorThat((response) => {
    response.write(piece("一"), () => setTimeout(() => breakOff(response), 20));
  });
  let read = "";
  const end = await ask(textAt(vendor.url), {}, { onText: (text) => (read += text) });
  expect(end).toMatchObject({
    end: kind,
    failure: { charged: "unknown", retry: { kind: expect.not.stringContaining("later") } },
  });
  expect(read).toBe("一");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(vendor.questions).toHaveLength(1);
});

test.each([
  [401, { error: { code: "invalid_api_key", message: "Incorrect API key provided." } }, { end: "refused" }],
  [
    400,
    { error: { code: "invalid_parameter_error", message: "原话", type: "invalid_request_error" } },
    { failure: { vendorCode: "InvalidParameter", details: { code: "invalid_parameter_error" }, charged: "no" } },
  ],
  [429, { error: { code: "limit_requests", message: "原话" } }, { failure: { retry: { kind: "later" } } }],
  [500, "<html>", { end: "unknown", failure: { charged: "unknown" } }],
  [200, { choices: [{ message: { content: "whole" } }] }, { end: "unknown" }],
])("an answer of %i that is no stream is asked for once: %j", async (status, body, expected) => {
  verifies("paid-once.unknown-not-repeated");
  const vendor = await startRawVendor(() => ({ status, body }));
  open.push(vendor);
  expect(await ask(textAt(vendor.url))).toMatchObject(expected);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(vendor.requests).toHaveLength(1);
});
