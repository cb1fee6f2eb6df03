import { AIMessage, type AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { type Sandbox, startSandbox } from "@toolcast/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifies } from "../verifies.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control.reset());

interface Fields {
  model?: string;
  apiKey?: string;
  maxTokens?: number;
}

const dashscope = (fields: Fields = {}) =>
  new ChatOpenAI({
    ...{ model: "qwen-plus", apiKey: sandbox.environment.DASHSCOPE_API_KEY, maxRetries: 0, ...fields },
    configuration: { baseURL: `${sandbox.url}/dashscope/compatible-mode/v1` },
  });
const openai = (fields: Fields = {}) =>
  new ChatOpenAI({
    ...{ model: "sandbox-model", apiKey: sandbox.environment.OPENAI_API_KEY, maxRetries: 0, ...fields },
    configuration: { baseURL: sandbox.environment.OPENAI_BASE_URL },
  });

const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
} as const;

async function gathered(stream: AsyncIterable<AIMessageChunk>): Promise<{ whole: AIMessageChunk; pieces: number }> {
  let whole: AIMessageChunk | undefined;
  let pieces = 0;
  for await (const piece of stream) {
    whole = whole === undefined ? piece : whole.concat(piece);
    pieces += 1;
  }
  return { whole: whole!, pieces };
}

describe.each([
  ["dashscope", dashscope, "compatible-mode/v1/chat/completions", "qwen3-vl-plus"],
  ["openai", openai, "chat/completions", "sandbox-model"],
] as const)("the sandbox's model as %s, asked with LangChain's own client", (vendor, model, endpoint, seeing) => {
  verifies("text.sandbox");

  test("says the same whole and in pieces, and counts the same", async () => {
    const dialogue = [
      new SystemMessage("简短"),
      new HumanMessage("你好"),
      new AIMessage("你好。"),
      new HumanMessage("为什么？"),
    ];
    const whole = await model().invoke(dialogue);
    const streamed = await gathered(await model().stream(dialogue));
    expect(whole.content).toContain("为什么？");
    expect(whole.content).toContain("上一个是“你好”");
    expect(streamed.whole.content).toBe(whole.content);
    expect(streamed.pieces).toBeGreaterThan(3);
    expect(streamed.whole.usage_metadata).toMatchObject({ total_tokens: whole.usage_metadata!.total_tokens });
    expect(sandbox.ledger().map((line) => [line.vendor, line.endpoint, line.counted])).toEqual([
      [vendor, endpoint, { unit: "tokens", quantity: whole.usage_metadata!.total_tokens }],
      [vendor, endpoint, { unit: "tokens", quantity: whole.usage_metadata!.total_tokens }],
    ]);
  });

  test.each(["whole", "in pieces"])("asks for a tool once and answers with its result, %s", async (how) => {
    const bound = model().bindTools([weather]);
    const question = new HumanMessage('Use weather with {"city":"Hefei"}');
    const ask = async (messages: (HumanMessage | AIMessage | ToolMessage)[]) =>
      how === "whole" ? await bound.invoke(messages) : (await gathered(await bound.stream(messages))).whole;
    const called = await ask([question]);
    expect(called.tool_calls).toMatchObject([{ name: "weather", args: { city: "Hefei" } }]);
    const result = new ToolMessage({ content: "sunny", tool_call_id: called.tool_calls![0]!.id! });
    const answer = await ask([question, new AIMessage({ content: "", tool_calls: called.tool_calls }), result]);
    expect(answer.content).toContain("The function returned: sunny");
  });

  test("looks at pictures with a model that sees, and is cut at the longest answer", async () => {
    const picture = new HumanMessage({
      content: [
        { type: "image_url", image_url: { url: "data:image/png;base64,AQI=" } },
        { type: "text", text: "这是什么？" },
      ],
    });
    expect((await model({ model: seeing }).invoke([picture])).content).toContain("这是什么？");
    if (vendor === "dashscope") {
      await expect(model().invoke([picture])).rejects.toMatchObject({ status: 400, code: "invalid_parameter_error" });
    }
    const cut = await model({ maxTokens: 5 }).invoke("为什么？");
    expect(cut.response_metadata).toMatchObject({ finish_reason: "length" });
  });

  test("refuses a wrong key and an unknown model", async () => {
    await expect(model({ apiKey: "sk-wrong" }).invoke("?")).rejects.toMatchObject({ status: 401 });
    await expect(model({ model: "gpt-9" }).invoke("?")).rejects.toMatchObject({ status: 404 });
    expect(sandbox.ledger()).toEqual([]);
  });
});

test.each([
  [dashscope, "[[limit_requests]]", { status: 429, code: "limit_requests" }],
  [dashscope, "[[data_inspection_failed]]", { status: 400, code: "data_inspection_failed" }],
  [dashscope, "[[Arrearage]]", { status: 400, code: "Arrearage", type: "Arrearage" }],
  [openai, "[[rate_limit_exceeded]]", { status: 429, code: "rate_limit_exceeded", type: "requests" }],
  [openai, "[[context_length_exceeded]]", { name: "ContextOverflowError" }],
  [openai, "[[server_error]]", { status: 500, code: null, type: "server_error" }],
] as const)("%o refuses %s with the vendor's own body", async (model, question, expected) => {
  verifies("text.sandbox");
  await expect(model().invoke(question)).rejects.toMatchObject(expected);
  expect(sandbox.ledger()).toEqual([]);
});
