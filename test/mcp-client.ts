import {
  Client,
  type ClientCapabilities,
  type ElicitResult,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { type CallToolResult, InMemoryTransport } from "@modelcontextprotocol/server";
import type { Json, Runtime } from "@toolcast/core";
import { createMcp, type Mcp, type McpOptions } from "@toolcast/mcp";
import type { Installation, OpenOptions } from "./runtime-fixture.ts";
import { createSeededRandom } from "./seeded-random.ts";

export const eras = ["legacy", "modern"] as const;
export type ClientEra = (typeof eras)[number];

export interface ClientOptions {
  name?: string;
  capabilities?: ClientCapabilities;
  /** The person's answer when asked; a client without this cannot ask. */
  answer?: (message: string) => ElicitResult | Promise<ElicitResult>;
  token?: string;
  /** When to open the stream for messages outside any call, for a 2025 client over HTTP; immediately by default. */
  streamAfter?: Promise<unknown>;
}

/** A server on a scripted installation. */
export async function openMcp(
  world: Installation,
  options: Partial<McpOptions> = {},
  open: OpenOptions = {},
): Promise<{ mcp: Mcp; runtime: Runtime }> {
  const { runtime } = await world.open(open);
  return { runtime, mcp: createMcp({ runtime, clock: world.clock, random: createSeededRandom(3), ...options }) };
}

/** A client as on the other end of stdio, without the pipe. */
export async function connectPipe(mcp: Mcp, era: ClientEra, options: ClientOptions = {}): Promise<Client> {
  const [here, there] = InMemoryTransport.createLinkedPair();
  mcp.serveTransport(there);
  const client = newClient(era, options);
  await client.connect(here);
  return client;
}

/** A client over HTTP, without the socket. */
export async function connectHttp(mcp: Mcp, era: ClientEra, options: ClientOptions = {}): Promise<Client> {
  const client = newClient(era, options);
  const transport = new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"), {
    fetch: async (url, init) => {
      if (init?.method === "GET") {
        await options.streamAfter;
      }
      return fetchFrom(mcp, String(url), init);
    },
    ...(options.token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${options.token}` } } }),
  });
  await client.connect(transport);
  return client;
}

/** One request as a listener on loopback would pass it on. */
export async function fetchFrom(mcp: Mcp, url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) {
    headers.set("host", new URL(url).host);
  }
  return (await mcp.fetch(new Request(url, { ...init, headers }))) ?? new Response("not ours\n", { status: 404 });
}

/** A client that is not connected. */
export function newClient(era: ClientEra, { name = "tester", capabilities = {}, answer }: ClientOptions = {}): Client {
  const client = new Client(
    { name, version: "1.0.0" },
    {
      capabilities: { ...capabilities, ...(answer === undefined ? {} : { elicitation: { form: {} } }) },
      versionNegotiation: { mode: era === "legacy" ? "legacy" : { pin: "2026-07-28" } },
    },
  );
  if (answer !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => answer(params.message));
  }
  return client;
}

/** A request for the cheapest tool there is. */
export function pictureOrder(more: Record<string, Json> = {}): { name: string; arguments: Record<string, Json> } {
  return { name: "generate_image", arguments: { prompt: "a cat", ...more } };
}

/** The text of a result, as a model reads it. */
export function textOf(result: CallToolResult): string {
  return result.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}

/** The job's facts in a result. */
export function factsOf(result: CallToolResult): {
  job_id: string;
  state: string;
  done: boolean;
  next_poll_seconds?: number;
  waits_for?: string;
  charged: string;
  may_still_be_charged: boolean;
  assets: { asset_id: string; url?: string; file?: string }[];
} {
  return result.structuredContent as ReturnType<typeof factsOf>;
}

/** What a 2026 request says about its sender. */
export interface RawOptions {
  capabilities?: ClientCapabilities;
  token?: string;
}

/** One raw request of 2026-07-28, which no client of the SDK would send; returns the result or error as received. */
export async function rawRequest(
  mcp: Mcp,
  method: string,
  params: Record<string, unknown>,
  { capabilities = {}, token }: RawOptions = {},
): Promise<{ result?: Record<string, unknown>; error?: { code: number; message: string; data?: unknown } }> {
  const _meta = {
    ...(params._meta as object | undefined),
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
  const name = params.name ?? params.taskId ?? params.uri;
  const response = await fetchFrom(mcp, "http://127.0.0.1/mcp", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": name } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } }),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return JSON.parse(data);
}
