import { systemClock } from "@toolcast/core";
import { type Capabilities, type OperationContext, spark } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { createAsset, createOperationContext, createProviderTools, jsonOf } from "../doubles/provider-tools.ts";
import { type SparkSocket, startSparkSocket } from "../doubles/spark-socket.ts";
import { verifies } from "../verifies.ts";

const secrets = { SPARK_API_KEY: "marker-key", SPARK_API_SECRET: "marker-secret" };
const usage = { question_tokens: 5, prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 };

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

const frame = (content: string, status: 0 | 1 | 2, code = 0, more: object = {}) =>
  JSON.stringify({
    header: { code, message: code === 0 ? "Success" : "原话", sid: "cht-1", status },
    payload: {
      choices: { status, seq: 0, text: [{ content, role: "assistant", index: 0, ...more }] },
      ...(status === 2 ? { usage: { text: usage } } : {}),
    },
  });
const refusal = (code: number) => JSON.stringify({ header: { code, message: "原话", sid: "cht-1", status: 2 } });

async function vendorThat(talk: (socket: WebSocket) => void): Promise<SparkSocket> {
  const vendor = await startSparkSocket(talk);
  open.push(vendor);
  return vendor;
}

const saying =
  (...frames: string[]) =>
  (socket: WebSocket) => {
    for (const one of frames) {
      socket.send(one);
    }
  };

function textAt(url: string, variables: Record<string, string> = {}) {
  const settings = spark.schema.parse({
    ...{ SPARK_APP_ID: "app", ...secrets, SPARK_BASE_URL: url, SPARK_CHAT_URL: url },
    ...variables,
  });
  const tools = createProviderTools(url, systemClock);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  return spark.create(settings, tools).operations.text!;
}

const ask = (
  operation: ReturnType<typeof textAt>,
  request: Partial<Capabilities["text"]> = {},
  changes: Partial<OperationContext> = {},
) => operation.start({ question: "为什么？", ...request }, createOperationContext(changes));

const sentBy = (vendor: SparkSocket) =>
  jsonOf(vendor.messages.at(-1)!) as unknown as {
    header: object;
    parameter: { chat: Record<string, unknown> };
    payload: { message: { text: { role: string; content: string }[] } };
  };

describe("a question", () => {
  test("is one message at its model's address, with every parameter that is set and no other", async () => {
    const vendor = await vendorThat(saying(frame("因为", 0), frame("散射", 1), frame("。", 2)));
    expect(await ask(textAt(`${vendor.url}/spark`))).toEqual({
      end: "done",
      output: {
        media: [],
        text: "因为散射。",
        facts: { text: "因为散射。", usage: { prompt: 12, completion: 20, total: 32 } },
        charge: { amount: 32, unit: "tokens" },
        requestId: "cht-1",
      },
    });
    expect(sentBy(vendor)).toEqual({
      header: { app_id: "app", uid: "2755dabd142c6a169a076b9d9ec0cd36" },
      parameter: { chat: { domain: "lite" } },
      payload: { message: { text: [{ role: "user", content: "为什么？" }] } },
    });
    expect(new URL(vendor.handshakes[0]!, vendor.url).pathname).toBe("/spark/v1.1/chat");
    await ask(
      textAt(vendor.url, {
        SPARK_TEMPERATURE: "0.9",
        SPARK_TOP_K: "6",
        SPARK_MAX_TOKENS: "4096",
        SPARK_AUDITING: "default",
        SPARK_CHAT_ID: "chat-7",
        SPARK_CHAT_EXTRA: '{"seed":7,"show_ref_label":true}',
      }),
      { instructions: "用一句话回答" },
    );
    expect(sentBy(vendor).parameter.chat).toEqual({
      ...{ domain: "lite", temperature: 0.9, top_k: 6, max_tokens: 4096, auditing: "default", chat_id: "chat-7" },
      ...{ seed: 7, show_ref_label: true },
    });
    expect(sentBy(vendor).payload.message.text).toEqual([
      { role: "system", content: "用一句话回答" },
      { role: "user", content: "为什么？" },
    ]);
  });

  test.each([
    ["general", "/v1.1/chat"],
    ["lite", "/v1.1/chat"],
    ["generalv2", "/v2.1/chat"],
    ["generalv3", "/v3.1/chat"],
    ["pro-128k", "/chat/pro-128k"],
    ["generalv3.5", "/v3.5/chat"],
    ["max-32k", "/chat/max-32k"],
    ["4.0Ultra", "/v4.0/chat"],
    ["x1", "/v1/x1"],
  ])("for %s goes to %s", async (domain, path) => {
    const vendor = await vendorThat(saying(frame("好", 2)));
    await ask(textAt(vendor.url, { SPARK_CHAT_DOMAIN: domain }));
    expect(sentBy(vendor).parameter.chat.domain).toBe(domain);
    expect(new URL(vendor.handshakes[0]!, vendor.url).pathname).toBe(path);
  });

  test("a model that is not known needs its address, which is then used as it is", async () => {
    const vendor = await vendorThat(saying(frame("好", 2)));
    const url = `${vendor.url.replace("http", "ws")}/v1.1/chat_kjwx`;
    await ask(textAt(vendor.url, { SPARK_CHAT_DOMAIN: "kjwx", SPARK_CHAT_URL: url }));
    expect(new URL(vendor.handshakes[0]!, vendor.url).pathname).toBe("/v1.1/chat_kjwx");
    const wrong = spark.schema.safeParse({ SPARK_APP_ID: "app", ...secrets, SPARK_CHAT_DOMAIN: "kjwx" });
    expect(wrong.error?.issues[0]?.message).toContain("SPARK_CHAT_URL");
    const usual = spark.schema.parse({ SPARK_APP_ID: "app", ...secrets });
    expect(usual.chat.url).toBe("https://spark-api.xf-yun.com/v1.1/chat");
    expect(spark.hosts(usual)).toEqual(["spark-api.cn-huabei-1.xf-yun.com", "spark-api.xf-yun.com"]);
  });

  test.each([
    ["general", 4096],
    ["generalv2", 8192],
  ])("for %s may have %i tokens and no more, with its instructions", (domain, limit) => {
    const operation = textAt("http://127.0.0.1:9", { SPARK_CHAT_DOMAIN: domain });
    const tokens = (count: number) => "字".repeat(count * 1.5);
    operation.validate?.({ question: tokens(limit - 2), instructions: "简短" });
    expect(() => operation.validate?.({ question: tokens(limit), instructions: "简短" })).toThrow(/tokens/);
    expect(() => operation.validate?.({ question: " " })).toThrow(/empty/);
  });

  test("takes along the latest turns that the memory and the model have room for, and none after a gap", async () => {
    const vendor = await vendorThat(saying(frame("好", 2)));
    const history = Array.from({ length: 9 }, (_, index) => ({ question: `问${index}`, answer: "答".repeat(27) }));
    const rolesOf = () => sentBy(vendor).payload.message.text.map(({ content }) => content.slice(0, 2));
    await ask(textAt(vendor.url), { history });
    expect(rolesOf()).toEqual(["问4", "答答", "问5", "答答", "问6", "答答", "问7", "答答", "问8", "答答", "为什"]);
    await ask(textAt(vendor.url, { SPARK_MEMORY_TOKENS: "40" }), { history });
    expect(rolesOf()).toEqual(["问7", "答答", "问8", "答答", "为什"].slice(0, 5));
    await ask(textAt(vendor.url, { SPARK_MEMORY_TURNS: "0" }), { history });
    expect(rolesOf()).toEqual(["为什"]);
    const long = "字".repeat(4080 * 1.5);
    await ask(textAt(vendor.url, { SPARK_CHAT_DOMAIN: "general" }), { question: long, history });
    expect(rolesOf()).toEqual(["字字"]);
  });

  test("costs at most its tokens and those of the longest answer", () => {
    const request = { question: "字".repeat(15), history: [{ question: "字".repeat(6), answer: "字".repeat(9) }] };
    expect(textAt("http://127.0.0.1:9", { SPARK_MAX_TOKENS: "100" }).price(request)).toEqual({
      ...{ known: true, atMost: true, amount: 10 + 4 + 6 + 100, unit: "tokens" },
    });
    expect(textAt("http://127.0.0.1:9").price({ question: "字" })).toMatchObject({ amount: 1 + 2048 });
  });

  test("about a picture is asked of the service that sees pictures, with the instructions in front", async () => {
    const vendor = await vendorThat(saying(frame("山", 2)));
    const image = createAsset({ kind: "image" });
    const end = await ask(
      textAt(vendor.url),
      { image, instructions: "简短" },
      { read: async () => new Uint8Array([1, 2]) },
    );
    expect(end).toMatchObject({ end: "done", output: { text: "山" } });
    expect(new URL(vendor.handshakes[0]!, vendor.url).pathname).toBe("/v2.1/image");
    expect(sentBy(vendor).payload.message.text.map(({ content }) => content)).toEqual(["AQI=", "简短\n\n为什么？"]);
  });

  test("may be answered by a function to call", async () => {
    const call = { name: "weather", arguments: '{"city":"合肥"}' };
    const vendor = await vendorThat(saying(frame("", 2, 0, { function_call: call })));
    expect(await ask(textAt(vendor.url))).toMatchObject({ end: "done", output: { facts: { functionCall: call } } });
  });

  test("an empty answer is none", async () => {
    const vendor = await vendorThat(saying(frame("", 2)));
    expect(await ask(textAt(vendor.url))).toMatchObject({ end: "unknown" });
  });
});

test.each([
  ["broken off", (socket: WebSocket) => socket.terminate()],
  ["refused by the content check", (socket: WebSocket) => socket.send(refusal(10014))],
  ["unreadable", (socket: WebSocket) => socket.send("{")],
])("%s after a piece, it may have been charged and is never repeated", async (_how, breakOff) => {
  verifies("paid-once.unknown-not-repeated");
  const vendor = await vendorThat((socket) => {
    socket.send(frame("一", 0), () => breakOff(socket));
  });
  const end = await ask(textAt(vendor.url));
  expect(end).toMatchObject({ failure: { charged: "unknown", retry: { kind: expect.not.stringContaining("later") } } });
  expect(vendor.messages).toHaveLength(1);
});

test.each([10006, 10007])("%i: one question a person at a time, so it is asked again later", async (code) => {
  const vendor = await vendorThat(saying(refusal(code)));
  expect(await ask(textAt(vendor.url))).toMatchObject({
    end: "refused",
    failure: { vendorCode: String(code), charged: "no", retry: { kind: "later" } },
  });
  expect(spark.limits(spark.schema.parse({ SPARK_APP_ID: "app", ...secrets })).concurrentPerCaller).toBe(1);
});
