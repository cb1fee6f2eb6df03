import { createMCPClient } from "@ai-sdk/mcp";
import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type AIMessage, HumanMessage, type ToolMessage } from "@langchain/core/messages";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, MCPServerStreamableHttp, OpenAIProvider, Runner } from "@openai/agents";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../fakes/model-server.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { verifies } from "../verifies.ts";

const token = { name: "ada", token: "a".repeat(40) };
const headers = { authorization: `Bearer ${token.token}` };

let running: RunningMcp;
let models: ModelServer;
beforeEach(async () => {
  running = await startMcp({ tokens: [token] });
  models = await startModelServer({ tool: "generate_image", input: { prompt: "a lake", size: "", wait_seconds: 20 } });
});
afterEach(async () => {
  await running[Symbol.asyncDispose]();
  await models[Symbol.asyncDispose]();
});

const paidStarts = () => running.provider.starts.length;

/** Each client passes a tool's result on to its model in its own way. */
const chatModels: [string, () => BaseChatModel][] = [
  [
    "ChatOpenAI, chat completions",
    () => new ChatOpenAI({ model: "fake", apiKey: "x", configuration: { baseURL: `${models.url}/v1` }, maxRetries: 0 }),
  ],
  [
    "ChatOpenAI, responses",
    () =>
      new ChatOpenAI({
        ...{ model: "fake", apiKey: "x", useResponsesApi: true, maxRetries: 0 },
        configuration: { baseURL: `${models.url}/v1` },
      }),
  ],
  [
    "ChatAnthropic",
    () => new ChatAnthropic({ model: "fake", apiKey: "x", anthropicApiUrl: models.url, maxRetries: 0 }),
  ],
];

test.each(chatModels)(
  "@langchain/mcp-adapters with %s: the model sees what was paid for and continues",
  async (_name, create) => {
    verifies("mcp.clients", "mcp.interop");
    const client = new MultiServerMCPClient({ toolcast: { transport: "http", url: running.url.href, headers } });
    try {
      const tools = await client.getTools();
      const model = create().bindTools!(tools);
      const asked = new HumanMessage("Draw a lake.");
      const first = (await model.invoke([asked])) as AIMessage;
      const [call] = first.tool_calls ?? [];
      expect(call?.name).toBe("generate_image");
      const tool = tools.find(({ name }) => name === call?.name)!;
      const result = (await tool.invoke({ ...call!, type: "tool_call" })) as ToolMessage;
      const last = await model.invoke([asked, first, result]);
      expect(JSON.stringify(last.content)).toContain("done");
      expect(JSON.stringify(models.requests.at(-1)?.body)).toMatch(/asset_[\w-]{22}/);
      expect(paidStarts()).toBe(1);
    } finally {
      await client.close();
    }
  },
);

test("@ai-sdk/mcp: tools, and a result that the next step can use", async () => {
  verifies("mcp.clients", "mcp.interop");
  const client = await createMCPClient({ transport: { type: "http", url: running.url.href, headers } });
  try {
    const tools = await client.tools();
    const { generate_image: draw } = tools;
    const options = { toolCallId: "call_0123456789", messages: [], context: {} };
    const result = await draw!.execute({ prompt: "a lake", size: "", wait_seconds: 20 }, options as never);
    const output = await draw!.toModelOutput?.({ toolCallId: "call_0123456789", input: {}, output: result } as never);
    expect(JSON.stringify(output ?? result)).toMatch(/asset_[\w-]{22}/);
    expect(paidStarts()).toBe(1);
  } finally {
    await client.close();
  }
});

test.each([
  ["chat completions", false],
  ["responses", true],
])("@openai/agents over %s: the agent makes one request and ends", async (_name, useResponses) => {
  verifies("mcp.clients", "mcp.interop");
  const server = new MCPServerStreamableHttp({ url: running.url.href, requestInit: { headers } });
  await server.connect();
  try {
    const modelProvider = new OpenAIProvider({ apiKey: "x", baseURL: `${models.url}/v1`, useResponses });
    const runner = new Runner({ modelProvider, tracingDisabled: true });
    const agent = new Agent({ name: "artist", model: "fake", mcpServers: [server] });
    const { finalOutput } = await runner.run(agent, "Draw a lake.");
    expect(finalOutput).toBe("done");
    expect(JSON.stringify(models.requests.at(-1)?.body)).toMatch(/asset_[\w-]{22}/);
    expect(paidStarts()).toBe(1);
  } finally {
    await server.close();
  }
});
