import { McpServer } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fetchFrom, openMcp, rawRequest } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world[Symbol.asyncDispose]();
});

const address = "http://127.0.0.1/mcp";

/** How often something is registered on a server object while `act` runs. */
async function registered(act: () => Promise<unknown>): Promise<{ tools: number; resources: number; prompts: number }> {
  const tools = vi.spyOn(McpServer.prototype, "registerTool");
  const resources = vi.spyOn(McpServer.prototype, "registerResource");
  const prompts = vi.spyOn(McpServer.prototype, "registerPrompt");
  await act();
  const counts = {
    tools: tools.mock.calls.length,
    resources: resources.mock.calls.length,
    prompts: prompts.mock.calls.length,
  };
  vi.restoreAllMocks();
  return counts;
}

describe("a request of a 2026 client over HTTP", () => {
  test("costs what it is about, and not everything there is", async () => {
    verifies("mcp.overhead");
    const { mcp } = await openMcp(world, { card: async () => "<html></html>" });
    const call = (name: string) => rawRequest(mcp, "tools/call", { name, arguments: {} });
    expect(await registered(() => call("list_jobs"))).toEqual({ tools: 1, resources: 0, prompts: 0 });
    expect(await registered(() => rawRequest(mcp, "prompts/list", {}))).toMatchObject({ tools: 0, resources: 0 });
    expect(await registered(() => rawRequest(mcp, "resources/list", {}))).toMatchObject({ prompts: 0 });
    expect(await registered(() => rawRequest(mcp, "server/discover", {}))).toEqual({
      ...{ tools: 0, resources: 0, prompts: 0 },
    });
    const { result } = await rawRequest(mcp, "tools/list", {});
    const listed = result?.tools as unknown[];
    // The card's own tool comes on top.
    expect(await registered(() => rawRequest(mcp, "tools/list", {}))).toMatchObject({
      tools: listed.length + 1,
    });
  });

  test("gets the answers that a server with everything gives", async () => {
    verifies("mcp.eras");
    const { mcp } = await openMcp(world, { card: async () => "<html></html>" });
    const answers = await Promise.all([
      rawRequest(mcp, "server/discover", {}),
      rawRequest(mcp, "tools/call", { name: "no_such_tool", arguments: {} }),
      rawRequest(mcp, "tools/call", { name: "job_state", arguments: { job: "job_none" } }),
      rawRequest(mcp, "resources/read", { uri: "job://none" }),
      rawRequest(mcp, "resources/templates/list", {}),
      rawRequest(mcp, "prompts/get", { name: "image", arguments: { prompt: "a fox" } }),
      rawRequest(mcp, "completion/complete", {
        ref: { type: "ref/prompt", name: "image" },
        argument: { name: "size", value: "" },
      }),
    ]);
    const [discovered, unknown, state, none, templates, prompt, completed] = answers;
    expect(discovered?.result?.capabilities).toMatchObject({ tools: {}, resources: {}, prompts: {}, completions: {} });
    expect(unknown?.error?.message).toContain("no_such_tool");
    expect(state?.result?.isError).toBe(true);
    expect(none?.error).toBeDefined();
    expect(templates?.result?.resourceTemplates).toHaveLength(2);
    expect(prompt?.result?.messages).toHaveLength(1);
    expect(completed?.result?.completion).toBeDefined();
  });
});

describe("a body of JSON that says how long it is", () => {
  const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "content-length": String(Buffer.byteLength(body)),
      ...headers,
    },
    body,
  });
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const modern = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };

  test.each([
    ["2025-11-25", JSON.stringify(ping), {}, 400],
    ["2026-07-28", JSON.stringify({ ...ping, method: "tools/list", params: { _meta } }), modern, 200],
  ])("is read once, and never copied: %s", async (_version, body, headers, status) => {
    verifies("mcp.overhead");
    const { mcp } = await openMcp(world);
    const clone = vi.spyOn(Request.prototype, "clone");
    const response = await fetchFrom(mcp, address, post(body, headers));
    expect(response.status).toBe(status);
    await response.text();
    expect(clone).not.toHaveBeenCalled();
  });

  test.each([
    ["0", "application/json"],
    ["1", "text/event-stream"],
  ])("that asks for a job as it is becomes no stream: to wait %s seconds is %s", async (seconds, type) => {
    verifies("mcp.overhead");
    const { mcp } = await openMcp(world);
    const call = { name: "get_job", arguments: { job: "job_none", wait_seconds: Number(seconds) } };
    const body = JSON.stringify({ ...ping, method: "tools/call", params: { ...call, _meta } });
    const headers = { ...modern, "mcp-method": "tools/call", "mcp-name": "get_job" };
    const response = await fetchFrom(mcp, address, post(body, headers));
    expect(response.headers.get("content-type")).toBe(type);
    expect(await response.text()).toContain("job_none");
  });

  test.each(["{", "", "[]x"])("and turns out to be none is answered with the protocol's error: %s", async (body) => {
    verifies("mcp.malformed");
    const { mcp } = await openMcp(world);
    const response = await fetchFrom(mcp, address, post(body, modern));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: -32700 } });
  });

  test("and is too large is refused without being read", async () => {
    verifies("mcp.guards");
    const { mcp } = await openMcp(world);
    const length = { "content-length": String(64 * 1024 * 1024) };
    const text = vi.spyOn(Request.prototype, "text");
    await fetchFrom(mcp, address, post("{}", length));
    expect(text).not.toHaveBeenCalled();
  });
});
