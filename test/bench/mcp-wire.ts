import type { ChildProcess } from "node:child_process";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import type { ClientEra } from "../mcp-client.ts";

/** Calls a tool and returns the raw message that answered it: a client that costs next to nothing itself. */
export type CallTool = (name: string, input: Record<string, unknown>) => Promise<string>;

const client = { name: "bench", version: "1.0.0" };
const newest = "2026-07-28";
const handshake = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: client };
/** What a 2026 client says with every request. */
const envelope = {
  "io.modelcontextprotocol/protocolVersion": newest,
  "io.modelcontextprotocol/clientInfo": client,
  "io.modelcontextprotocol/clientCapabilities": {},
};

export async function overHttp(url: string, era: ClientEra): Promise<CallTool> {
  const agent = new Agent({ keepAlive: true });
  let id = 0;
  let session: Record<string, string> = {};
  const post = (message: object, headers: Record<string, string>): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(
        url,
        {
          ...{ method: "POST", agent },
          headers: {
            accept: "application/json, text/event-stream",
            "content-type": "application/json",
            ...session,
            ...headers,
          },
        },
        (response) => {
          const given = response.headers["mcp-session-id"];
          if (typeof given === "string") {
            session = { "mcp-session-id": given, "mcp-protocol-version": handshake.protocolVersion };
          }
          let body = "";
          response.setEncoding("utf8").on("data", (text: string) => (body += text));
          response.once("end", () => resolve(body)).once("error", reject);
        },
      );
      asked.once("error", reject).end(JSON.stringify(message));
    });
  if (era === "legacy") {
    await post({ jsonrpc: "2.0", id: "first", method: "initialize", params: handshake }, {});
    await post({ jsonrpc: "2.0", method: "notifications/initialized" }, {});
  }
  return async (name, input) => {
    id += 1;
    const params = { name, arguments: input, ...(era === "modern" ? { _meta: envelope } : {}) };
    const headers: Record<string, string> =
      era === "modern" ? { "mcp-protocol-version": newest, "mcp-method": "tools/call", "mcp-name": name } : {};
    return succeeded(await post({ jsonrpc: "2.0", id, method: "tools/call", params }, headers));
  };
}

export async function overStdio(child: ChildProcess, era: ClientEra): Promise<CallTool> {
  const waiting = new Map<unknown, (line: string) => void>();
  let id = 0;
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const message = JSON.parse(line) as { id?: unknown };
    waiting.get(message.id)?.(line);
    waiting.delete(message.id);
  });
  const send = (message: object) => child.stdin!.write(`${JSON.stringify(message)}\n`);
  const ask = (method: string, params: object): Promise<string> =>
    new Promise((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      send({ jsonrpc: "2.0", id, method, params });
    });
  if (era === "legacy") {
    await ask("initialize", handshake);
    send({ jsonrpc: "2.0", method: "notifications/initialized" });
  }
  return async (name, input) =>
    succeeded(await ask("tools/call", { name, arguments: input, ...(era === "modern" ? { _meta: envelope } : {}) }));
}

function succeeded(answer: string): string {
  if (!answer.includes('"result"') || answer.includes('"isError":true')) {
    throw new Error(`A call failed: ${answer.slice(0, 500)}`);
  }
  return answer;
}
