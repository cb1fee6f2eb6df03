import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, silentLogger } from "@toolcast/core";
import { builtCard } from "@toolcast/mcp";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, rawRequest, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const picture = (input: Parameters<typeof pictureOrder>[0] = {}) => pictureOrder({ wait_seconds: 0, ...input });
const secret = "EACCES: permission denied, open '/home/ada/private/jobs.sqlite'";

function noting(): { logger: Logger; noted: string[] } {
  const noted: string[] = [];
  return { logger: { ...silentLogger, error: (facts) => void noted.push(String(Object.values(facts)[0])) }, noted };
}

for (const era of eras) {
  test(`${era}: an internal error while a job is shown gives its id and says that it continues, without internal details`, async () => {
    verifies("mcp.errors", "safe.no-secrets");
    const { logger, noted } = noting();
    const { mcp, runtime } = await openMcp(world, { logger });
    const client = await connectPipe(mcp, era);
    vi.spyOn(runtime, "jobMessage").mockRejectedValue(new Error(secret));
    const result = await client.callTool(picture());
    const [job] = world.jobs();
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(`get_job with job ${job?.id}`);
    expect(textOf(result)).toMatch(/Do not order it again/);
    expect(textOf(result)).not.toMatch(/Charged: not charged/);
    expect(JSON.stringify(result)).not.toContain("private");
    expect(noted.join()).toContain(secret);
  });

  test(`${era}: a missing file is reported without its path`, async () => {
    verifies("mcp.errors", "safe.no-secrets");
    const { logger, noted } = noting();
    const { mcp, runtime } = await openMcp(world, { logger });
    const asset = await runtime.media.keep(fixture("tone.wav"), { owner: "mcp:local", maxBytes: 1e6 });
    await rm(runtime.media.pathOf(asset));
    const client = await connectHttp(mcp, era);
    const reading = client.readResource({ uri: `media://${asset.id}` });
    await expect(reading).rejects.toThrow(/Something went wrong on our side/);
    await expect(reading).rejects.not.toThrow(new RegExp(asset.hash));
    expect(noted.join()).toContain(asset.hash);
  });
}

test("media that are no longer kept are named as such rather than left out", async () => {
  verifies("mcp.results");
  const { mcp, runtime } = await openMcp(world, {}, { retentionDays: 1 / 24 / 60 });
  const client = await connectPipe(mcp, "legacy");
  const call = client.callTool(picture({ wait_seconds: 20 }));
  await world.pass(5_000);
  const { job_id, assets } = factsOf(await call);
  await world.pass(70_000);
  await runtime.media.sweep(async () => false);
  const later = await client.callTool({ name: "get_job", arguments: { job: job_id } });
  expect(textOf(later)).toContain(`${assets[0]?.asset_id}: no longer kept.`);
  expect(textOf(later)).not.toContain("can be used");
});

test("an internal error behind a task shows no internal details", async () => {
  verifies("mcp.errors", "safe.no-secrets");
  const { mcp, runtime } = await openMcp(world);
  const capabilities = { extensions: { "io.modelcontextprotocol/tasks": {} } };
  const { result } = await rawRequest(mcp, "tools/call", picture(), { capabilities });
  vi.spyOn(runtime, "jobMessage").mockRejectedValue(new Error(secret));
  const { error } = await rawRequest(mcp, "tasks/get", { taskId: result?.taskId }, { capabilities });
  expect(error).toMatchObject({ code: -32603, message: expect.not.stringContaining("private") });
});

test("the same request with its key finds its job even if its file has gone since", async () => {
  verifies("mcp.key");
  const folder = await mkdtemp(join(tmpdir(), "toolcast-mcp-"));
  try {
    await writeFile(join(folder, "voice.wav"), fixture("tone.wav"));
    const { mcp } = await openMcp(world, { folders: [folder] });
    const client = await connectPipe(mcp, "legacy");
    const clone = {
      name: "clone_voice",
      arguments: { audio: "voice.wav", name: "mine", idempotency_key: "v", wait_seconds: 0 },
    };
    const first = await client.callTool(clone);
    await rm(join(folder, "voice.wav"));
    const again = await client.callTool(clone);
    expect(factsOf(again).job_id).toBe(factsOf(first).job_id);
    const other = await client.callTool({ ...clone, arguments: { ...clone.arguments, name: "Ada" } });
    expect(textOf(other)).toMatch(/another request/);
    expect(world.jobs()).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a link on the port of the client's own server is not said to outlast that server", async () => {
  verifies("mcp.results");
  const { mcp } = await openMcp(world, {}, { publicUrl: undefined, localUrl: () => "http://127.0.0.1:4321" });
  const shown = async (client: Awaited<ReturnType<typeof connectPipe>>) => {
    const call = client.callTool(picture({ wait_seconds: 20 }));
    await world.pass(5_000);
    return call;
  };
  const onPipe = await shown(await connectPipe(mcp, "legacy"));
  expect(textOf(onPipe)).toMatch(/http:\/\/127\.0\.0\.1:4321\/links\/\S+ \(while you are connected\)/);
  expect(factsOf(onPipe).assets[0]).not.toHaveProperty("url_expires_at");
  const overHttp = await shown(await connectHttp(mcp, "legacy"));
  expect(textOf(overHttp)).toMatch(/4321\/links\/\S+ \(until \d{4}-/);
  expect(factsOf(overHttp).assets[0]).toHaveProperty("url_expires_at");
});

test("however many folders are allowed, a refused path explains how to allow another and the next step", async () => {
  verifies("mcp.errors");
  const { mcp } = await openMcp(world, {
    folders: Array.from({ length: 40 }, (_, n) => `/srv/${"x".repeat(60)}/${n}`),
  });
  const client = await connectPipe(mcp, "modern");
  const result = await client.callTool({ name: "describe_image", arguments: { image: "/etc/passwd" } });
  expect(textOf(result)).toMatch(/\nNext: correct image and call again\.$/);
  expect(textOf(result)).toMatch(/--allow <folder> or MCP_FOLDERS/);
});

test("a card that was not built is not offered", async () => {
  verifies("mcp.card");
  expect(builtCard(new URL("file:///nowhere/card.html"))).toBeUndefined();
  const { mcp } = await openMcp(world, { card: builtCard(new URL("file:///nowhere/card.html")) });
  const client = await connectPipe(mcp, "modern", {
    capabilities: { extensions: { "io.modelcontextprotocol/ui": {} } },
  });
  expect(JSON.stringify(await client.listTools())).not.toContain("ui://");
  expect(JSON.stringify(await client.listResources())).not.toContain("ui://");
});
