import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** The tool that the model calls first; afterwards it says that it is done. */
export interface Wish {
  tool: string;
  input: Record<string, unknown>;
}

/** A language model on loopback that speaks the three protocols of clients. */
export interface ModelServer extends AsyncDisposable {
  url: string;
  /** The requests received, in order. */
  requests: { path: string; body: Record<string, unknown> }[];
}

type Block = { type?: string; [key: string]: unknown };

/** Calls one tool and then ends; like the vendors it refuses content that a tool's result must not contain. */
export async function startModelServer({ tool, input }: Wish): Promise<ModelServer> {
  const requests: ModelServer["requests"] = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    requests.push({ path, body });
    const refused = faultOf(path, body);
    const send = (status: number, answer: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    if (refused !== null) {
      send(400, { type: "error", error: { type: "invalid_request_error", message: refused } });
      return;
    }
    send(200, answerOf(path, JSON.stringify(body).includes('"call_0123456789"'), { tool, input }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A tool's result may hold text; in OpenAI's responses also pictures and files, at Anthropic also pictures. */
function faultOf(path: string, body: Record<string, unknown>): string | null {
  const blocksOf = (content: unknown): Block[] => (Array.isArray(content) ? content : [{ type: "text" }]);
  const wrong = (blocks: Block[], allowed: string[]) => blocks.filter(({ type }) => !allowed.includes(type ?? ""));
  if (path.endsWith("/chat/completions")) {
    const messages = body.messages as { role: string; content: unknown }[];
    const odd = messages.flatMap(({ role, content }) => (role === "tool" ? wrong(blocksOf(content), ["text"]) : []));
    return odd.length === 0 ? null : `Invalid content type "${odd[0]?.type}" in a message with role 'tool'`;
  }
  if (path.endsWith("/responses")) {
    const items = (Array.isArray(body.input) ? body.input : []) as { type?: string; output?: unknown }[];
    const odd = items.flatMap(({ type, output }) =>
      type === "function_call_output" && Array.isArray(output)
        ? wrong(output, ["input_text", "input_image", "input_file"])
        : [],
    );
    return odd.length === 0 ? null : `Invalid output type "${odd[0]?.type}"`;
  }
  const messages = body.messages as { content: unknown }[];
  const results = messages.flatMap(({ content }) => blocksOf(content).filter(({ type }) => type === "tool_result"));
  const odd = results.flatMap(({ content }) => wrong(blocksOf(content), ["text", "image"]));
  return odd.length === 0 ? null : `Invalid content "${odd[0]?.type}" in a tool_result`;
}

function answerOf(path: string, isDone: boolean, { tool, input }: Wish): unknown {
  const id = "call_0123456789";
  if (path.endsWith("/chat/completions")) {
    const calls = [{ id, type: "function", function: { name: tool, arguments: JSON.stringify(input) } }];
    const message = isDone
      ? { role: "assistant", content: "done" }
      : { role: "assistant", content: null, tool_calls: calls };
    return {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "fake",
      choices: [{ index: 0, message, finish_reason: isDone ? "stop" : "tool_calls" }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
  }
  if (path.endsWith("/responses")) {
    const said = {
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "done", annotations: [] }],
    };
    const call = {
      type: "function_call",
      id: "fc_1",
      call_id: id,
      name: tool,
      arguments: JSON.stringify(input),
      status: "completed",
    };
    return {
      id: "resp_1",
      object: "response",
      created_at: 1,
      status: "completed",
      model: "fake",
      output: [isDone ? said : call],
      parallel_tool_calls: false,
      tools: [],
      usage: {
        input_tokens: 1,
        output_tokens: 1,
        total_tokens: 2,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    };
  }
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "fake",
    content: isDone ? [{ type: "text", text: "done" }] : [{ type: "tool_use", id, name: tool, input }],
    stop_reason: isDone ? "end_turn" : "tool_use",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
