import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A question as it arrived at a chat model. */
export interface ArrivedQuestion {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** A chat model on loopback that answers as a test says, in server-sent events. */
export interface EventVendor extends AsyncDisposable {
  url: string;
  questions: ArrivedQuestion[];
  /** How many answers are still being listened to. */
  listeners(): number;
}

/** Each question is answered by `talk`, with the head of a stream already sent. */
export async function startEventVendor(talk: (response: ServerResponse) => void): Promise<EventVendor> {
  const questions: ArrivedQuestion[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    open.add(response);
    response.once("close", () => open.delete(response));
    const body = JSON.parse(Buffer.concat(chunks).toString());
    questions.push({ path: incoming.url ?? "", headers: incoming.headers, body });
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.flushHeaders();
    talk(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    listeners: () => open.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const common = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };

/** One event of a stream. */
export const event = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`;
/** A piece of an answer. */
export const piece = (content: string, finish: string | null = null): string =>
  event({ ...common, choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
/** What a finished answer ends with, and what it counted. */
export const ending = (usage = { prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 }): string =>
  `${piece("", "stop")}${event({ ...common, choices: [], usage })}data: [DONE]\n\n`;
