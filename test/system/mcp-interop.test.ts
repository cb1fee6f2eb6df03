import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { createTaskSessionFromClient, resultFromTaskOutcome } from "@modelcontextprotocol/ext-tasks/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { factsOf, textOf } from "../mcp-client.ts";
import { rawRequest } from "../mcp-raw.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { verifies } from "../verifies.ts";

type Result = Parameters<typeof factsOf>[0];

let running: RunningMcp;
beforeEach(async () => {
  running = await startMcp();
});
afterEach(() => running[Symbol.asyncDispose]());

const info = { name: "interop", version: "1.0.0" };
const picture = (more: Record<string, unknown> = {}) => ({
  name: "generate_image",
  arguments: { prompt: "a lake", ...more },
});

/** A job that keeps the vendor busy for a moment. */
async function talking(more: Record<string, unknown> = {}) {
  const keep = async (name: string) =>
    (await running.runtime.media.keep(fixture(name), { owner: "mcp:local", name, maxBytes: 1_000_000 })).id;
  return {
    name: "create_avatar_video",
    arguments: { video: await keep("avc.mp4"), audio: await keep("tone.wav"), ...more },
  };
}

test("the v1 client, which most hosts use: tools, progress, result, resources", async () => {
  verifies("mcp.interop", "mcp.eras");
  const client = new Client(info);
  await client.connect(new StreamableHTTPClientTransport(running.url));
  const { tools } = await client.listTools();
  const names = running.runtime.tools.filter((tool) => !tool.operatorsOnly).map(({ name }) => name);
  expect(tools.map(({ name }) => name)).toEqual(names);
  const progress: number[] = [];
  const result = (await client.callTool(await talking(), undefined, {
    onprogress: ({ progress: value }) => progress.push(value),
  })) as unknown as Result;
  expect(factsOf(result)).toMatchObject({ state: "succeeded", done: true });
  const [asset] = factsOf(result).assets;
  expect(textOf(result)).toContain(asset!.asset_id);
  expect(progress.length).toBeGreaterThan(0);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  const { contents } = await client.readResource({ uri: `media://${asset!.asset_id}` });
  expect(Buffer.from((contents[0] as { blob: string }).blob, "base64")).toEqual(Buffer.from(fixture("avc.mp4")));
  await client.close();
});

test("a v1 client that times out has lost nothing: the job is listed first and can be read", async () => {
  verifies("mcp.interop", "mcp.abort");
  const client = new Client(info);
  await client.connect(new StreamableHTTPClientTransport(running.url));
  await client.callTool(picture());
  await expect(client.callTool(await talking(), undefined, { timeout: 100 })).rejects.toThrow(/timed out/i);
  // A slow machine may still be receiving the request when the client has given up.
  await vi.waitFor(async () => expect(await running.runtime.jobs({}, jobOwner)).toHaveLength(2), { timeout: 30_000 });
  const list = (await client.callTool({ name: "list_jobs", arguments: {} })) as unknown as Result;
  const { data } = list.structuredContent as { data: { jobs: { job_id: string; tool: string }[] } };
  expect(data.jobs.map(({ tool }) => tool)).toEqual(["create_avatar_video", "generate_image"]);
  const look = { name: "get_job", arguments: { job: data.jobs[0]!.job_id, wait_seconds: 20 } };
  expect(factsOf((await client.callTool(look)) as unknown as Result).state).toBe("succeeded");
  expect(running.provider.startsOf(data.jobs[0]!.job_id, "avatarVideo")).toBe(1);
  await client.close();
});

describe.each(["legacy", "modern"] as const)("the v2 client, %s", (era) => {
  test("tools, progress, result, resources over a socket", async () => {
    verifies("mcp.interop", "mcp.eras");
    const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
    const client = new ModernClient(info, { versionNegotiation: { mode } });
    await client.connect(new ModernTransport(running.url));
    expect(client.getProtocolEra()).toBe(era);
    const progress: number[] = [];
    const result = await client.callTool(await talking(), {
      onprogress: ({ progress: value }) => progress.push(value),
    });
    const { assets, state, job_id } = factsOf(result);
    expect(state).toBe("succeeded");
    expect(progress.length).toBeGreaterThan(0);
    const { contents } = await client.readResource({ uri: `job://${job_id}` });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
      id: job_id,
      assets: [assets[0]!.asset_id],
    });
    await expect(client.callTool({ name: "no_such_tool", arguments: {} })).rejects.toMatchObject({ code: -32602 });
    await client.close();
  });
});

test("the ext-tasks client gets a handle at once, polls, and gets the result", async () => {
  verifies("mcp.interop", "mcp.tasks");
  const client = new ModernClient(info, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
  await client.connect(new ModernTransport(running.url));
  const methods: string[] = [];
  const session = createTaskSessionFromClient(client, {
    endpointId: "toolcast",
    rawDispatch: (request, options) => {
      const raw = request as { method: string; params?: Record<string, unknown> };
      methods.push(raw.method);
      return rawRequest(running.url, raw, options?.signal) as never;
    },
    v2RequestFraming: { protocolVersion: "2026-07-28", clientInfo: info, clientCapabilities: {} },
  });
  const { name, arguments: given } = await talking();
  const execution = await session.callTool(name, given);
  expect(execution.kind).not.toBe("immediate");
  const { outcome } = await execution.settle();
  const result = resultFromTaskOutcome(outcome) as unknown as Result;
  expect(factsOf(result)).toMatchObject({ state: "succeeded" });
  expect(methods[0]).toBe("tools/call");
  expect(methods).toContain("tasks/get");
  const [job] = await running.runtime.jobs({}, { ...jobOwner });
  expect(running.provider.startsOf(job!.id, "avatarVideo")).toBe(1);
  await session.close();
  await client.close();
});

const jobOwner = {
  id: "mcp:local",
  name: "local",
  locale: "en" as const,
  place: { surface: "mcp", conversation: "agent" },
};

test("@langchain/mcp-adapters loads every tool and gets results and error messages", async () => {
  verifies("mcp.interop", "mcp.derived");
  const adapter = new MultiServerMCPClient({ toolcast: { transport: "http", url: running.url.href } });
  const tools = await adapter.getTools();
  const visible = running.runtime.tools.filter((tool) => !tool.operatorsOnly).map(({ name }) => name);
  expect(tools.map(({ name }) => name).sort()).toEqual(visible.sort());
  const tool = tools.find(({ name }) => name === "generate_image")!;
  const content = JSON.stringify(await tool.invoke({ prompt: "a lake" }));
  expect(content).toMatch(/asset_[\w-]{22}/);
  await expect(tool.invoke({ prompt: "a lake", count: 2, seed: 1 })).rejects.toThrow(/seed/i);
  await adapter.close();
});
