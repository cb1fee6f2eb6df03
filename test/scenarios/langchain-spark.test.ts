import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ToolcastError } from "@toolcast/core";
import { ChatSpark, type ChatSparkFields } from "@toolcast/langchain";
import { startSandbox } from "@toolcast/sandbox";
import { afterEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { z } from "zod";
import { jsonOf } from "../doubles/provider-tools.ts";
import { type SparkSocket, startSparkSocket } from "../doubles/spark-socket.ts";
import { verifies } from "../verifies.ts";

const keys = { appId: "app", apiKey: "marker-key", apiSecret: "marker-secret" };
const usage = { question_tokens: 1, prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 };
const frame = (content: string, status: 0 | 1 | 2, more: object = {}) =>
  JSON.stringify({
    header: { code: 0, message: "Success", sid: "cht-1", status },
    payload: {
      choices: { status, seq: 0, text: [{ content, role: "assistant", index: 0, ...more }] },
      ...(status === 2 ? { usage: { text: usage } } : {}),
    },
  });

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

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

const weather = tool(async ({ city }: { city: string }) => `${city}: sunny`, {
  name: "weather",
  description: "The weather in a city.",
  schema: z.object({ city: z.string() }),
});

const sentBy = (vendor: SparkSocket, at = -1) =>
  jsonOf(vendor.messages.at(at)!) as unknown as {
    parameter: { chat: object };
    payload: { message: { text: object[] }; functions?: { text: object[] } };
  };

test("is asked with a dialogue and parameters as the vendor reads them, and answers with text, tokens and id", async () => {
  verifies("langchain.spark");
  const vendor = await vendorThat(saying(frame("因为", 0), frame("散射。", 2)));
  const fields: ChatSparkFields = { ...keys, url: vendor.url, domain: "4.0Ultra", temperature: 0.2, topK: 3 };
  const model = new ChatSpark({ ...fields, maxTokens: 100, auditing: "default", chatId: "c", extra: { seed: 7 } });
  const answer = await model.invoke([
    new HumanMessage("一"),
    new AIMessage({ content: "", tool_calls: [{ name: "weather", args: { city: "合肥" }, id: "1" }] }),
    new ToolMessage({ content: "晴", tool_call_id: "1" }),
    new HumanMessage("为什么？"),
    new SystemMessage("简短"),
  ]);
  expect(answer.text).toBe("因为散射。");
  expect(answer.usage_metadata).toMatchObject({ input_tokens: 12, output_tokens: 20, total_tokens: 32 });
  expect(answer.response_metadata).toMatchObject({ model_name: "4.0Ultra", sid: "cht-1" });
  expect(new URL(vendor.handshakes[0]!, vendor.url).pathname).toBe("/v4.0/chat");
  expect(sentBy(vendor)).toMatchObject({
    parameter: {
      chat: {
        ...{ domain: "4.0Ultra", temperature: 0.2, top_k: 3, max_tokens: 100, auditing: "default", chat_id: "c" },
        seed: 7,
      },
    },
    payload: {
      message: {
        text: [
          { role: "system", content: "简短" },
          { role: "user", content: "一" },
          { role: "assistant", content: 'weather({"city":"合肥"})' },
          { role: "user", content: "Result of the function: 晴\n\n为什么？" },
        ],
      },
    },
  });
});

test("streams the same text, with tokens in the last piece", async () => {
  verifies("langchain.spark", "text.any-split");
  const vendor = await vendorThat(saying(frame("一", 0), frame("二", 1), frame("三", 2)));
  const model = new ChatSpark({ ...keys, url: vendor.url });
  const pieces = [];
  for await (const chunk of await model.stream("?")) {
    pieces.push(chunk);
  }
  expect(pieces.map(({ text }) => text).join("")).toBe("一二三");
  expect(pieces.length).toBeGreaterThan(3);
  const whole = pieces.reduce((sum, chunk) => sum.concat(chunk));
  expect(whole.usage_metadata).toMatchObject({ total_tokens: 32 });
  expect(vendor.messages).toHaveLength(1);
});

test("reading no further closes the connection", async () => {
  verifies("langchain.spark", "text.stop");
  const vendor = await vendorThat((socket) => socket.send(frame("一", 0)));
  for await (const chunk of await new ChatSpark({ ...keys, url: vendor.url }).stream("?")) {
    expect(chunk.text).toBe("一");
    break;
  }
  await expect.poll(() => vendor.connections()).toBe(0);
});

test("asks once: a refusal and a broken answer are errors that say what happened, and show no key", async () => {
  verifies("langchain.spark", "paid-once.unknown-not-repeated", "safe.no-secrets");
  for (const [talk, kind] of [
    [saying(JSON.stringify({ header: { code: 11202, message: "原话", sid: "s", status: 2 } })), "refused"],
    [(socket: WebSocket) => socket.send(frame("一", 0), () => socket.terminate()), "unknown"],
  ] as const) {
    const vendor = await vendorThat(talk);
    const model = new ChatSpark({ ...keys, url: vendor.url });
    const error = await model.invoke("?").catch((thrown: unknown) => thrown);
    expect(ToolcastError.isInstance(error) && error.failure.kind).toBe(kind);
    expect(vendor.messages).toHaveLength(1);
    expect(JSON.stringify([error, String(error), model])).not.toMatch(/marker-/);
  }
});

test("calls the sandbox model's functions, and uses their results", async () => {
  verifies("langchain.spark");
  const sandbox = await startSandbox({ speed: 1_000 });
  open.push({ [Symbol.asyncDispose]: () => sandbox.close() });
  const { SPARK_APP_ID = "", SPARK_API_KEY = "", SPARK_API_SECRET = "", SPARK_CHAT_URL: url } = sandbox.environment;
  const model = new ChatSpark({ appId: SPARK_APP_ID, apiKey: SPARK_API_KEY, apiSecret: SPARK_API_SECRET, url });
  const question = new HumanMessage('Ask weather {"city": "Hefei"}');
  const asked = await model.bindTools([weather]).invoke([question]);
  expect(asked.tool_calls).toMatchObject([{ name: "weather", args: { city: "Hefei" } }]);
  const result = (await weather.invoke(asked.tool_calls![0]!)) as ToolMessage;
  const answer = await model.bindTools([weather]).invoke([question, asked, result]);
  expect(answer.text).toContain("Result of the function: Hefei: sunny");
  expect(sandbox.ledger()).toHaveLength(2);
});
