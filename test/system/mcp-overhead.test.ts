import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { startSandbox } from "@toolcast/sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { addEcho, createBareServer } from "../mcp-bare-server.ts";
import { type ClientEra, connectPipe, eras, factsOf } from "../mcp-client.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { verifies } from "../verifies.ts";
import { listenForTests } from "../web-listener.ts";

const callsARound = 120;
const fewestRounds = 5;
const mostRounds = 80;

const closers: (() => Promise<unknown>)[] = [];
const echo = (client: Client) => client.callTool({ name: "echo", arguments: { text: "x" } });

async function connect(transport: Transport, era: ClientEra): Promise<Client> {
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "bench", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  closers.push(() => client.close());
  return client;
}

const overHttp = (url: URL, era: ClientEra) => connect(new StreamableHTTPClientTransport(url), era);

function overStdio(era: ClientEra, program: string, ...args: string[]): Promise<Client> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const flags = ["--conditions=toolcast-source", "--no-warnings"];
  return connect(new StdioClientTransport({ command: process.execPath, args: [...flags, path, ...args] }), era);
}

async function p99(act: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < callsARound; index += 1) {
    const began = performance.now();
    await act();
    taken.push(performance.now() - began);
  }
  return taken.sort((a, b) => a - b)[Math.floor(callsARound * 0.99)]!;
}

interface Compared {
  oursMs: number;
  theirsMs: number;
}

/**
 * The 99th percentile of both, in rounds side by side, until it is good enough. Other work on this machine can only add
 * time, so the minimum over all rounds is closest to the truth, on either side. Both processes compile their code in
 * the background for thousands of calls, on processors that the calls need: that is over before anything is measured.
 */
async function compare(
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  { warmUpCalls, isEnough }: { warmUpCalls: number; isEnough: (compared: Compared) => boolean },
): Promise<Compared> {
  for (let call = 0; call < warmUpCalls; call += 1) {
    await ours();
    await theirs();
  }
  let least = { oursMs: Number.POSITIVE_INFINITY, theirsMs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < mostRounds && (round < fewestRounds || !isEnough(least)); round += 1) {
    least = { theirsMs: Math.min(least.theirsMs, await p99(theirs)), oursMs: Math.min(least.oursMs, await p99(ours)) };
  }
  return least;
}

async function finishedJob(client: Client): Promise<string> {
  const result = await client.callTool({ name: "generate_image", arguments: { prompt: "a lake", preview: false } });
  expect(factsOf(result).state).toBe("succeeded");
  return factsOf(result).job_id;
}

const look = (client: Client, job: string) =>
  client.callTool({ name: "get_job", arguments: { job, wait_seconds: 0, preview: false } });

describe("beside a bare echo tool of the same SDK", { timeout: 240_000 }, () => {
  let running: RunningMcp;
  beforeAll(async () => {
    running = await startMcp({ extend: addEcho }, { vendorMs: 10 * 60_000 });
  });
  afterAll(async () => {
    for (const close of closers.reverse()) {
      await close();
    }
    await running[Symbol.asyncDispose]();
  });

  test.each(eras)("get_job without waiting takes at most twice as long over HTTP, %s", async (era) => {
    verifies("mcp.overhead");
    const handler = createMcpHandler(createBareServer);
    const listener = await listenForTests((request) => handler.fetch(request));
    closers.push(() => listener.close());
    const bare = await overHttp(new URL("/mcp", listener.url), era);
    const ours = await overHttp(running.url, era);
    const job = await finishedJob(ours);
    const isEnough = ({ oursMs, theirsMs }: Compared) => oursMs <= 2 * theirsMs;
    const least = await compare(
      () => look(ours, job),
      () => echo(bare),
      { warmUpCalls: 500, isEnough },
    );
    expect(least).toSatisfy(isEnough);
  });

  test.each(eras)("get_job without waiting takes at most twice as long, or 1 ms more, over stdio, %s", async (era) => {
    verifies("mcp.overhead");
    const directory = mkdtempSync(join(tmpdir(), "toolcast-mcp-overhead-"));
    const sandbox = await startSandbox({ speed: 50 });
    closers.push(async () => {
      await sandbox.close();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    });
    const bare = await overStdio(era, "mcp-bare-process.ts");
    const environment = JSON.stringify(sandbox.environment);
    const ours = await overStdio(era, "mcp-process.ts", directory, sandbox.url, environment);
    const job = await finishedJob(ours);
    // A bare echo takes a fifth of a millisecond here, about as long as two reads of the disk's cache and a message.
    const isEnough = ({ oursMs, theirsMs }: Compared) => oursMs <= Math.max(2 * theirsMs, theirsMs + 1);
    const least = await compare(
      () => look(ours, job),
      () => echo(bare),
      { warmUpCalls: 5_000, isEnough },
    );
    expect(least).toSatisfy(isEnough);
  });

  // Repeated on a server of its own if the machine did other work between the idle and the busy measurement.
  test("200 jobs in flight, each with a waiting call, do not lower the throughput of other calls", {
    retry: 3,
  }, async () => {
    verifies("mcp.overhead");
    await using running = await startMcp({ extend: addEcho }, { vendorMs: 10 * 60_000 });
    const client = await overHttp(running.url, "modern");
    const perSecond = async () => {
      const began = performance.now();
      const workers = Array.from({ length: 8 }, async () => {
        for (let call = 0; call < 40; call += 1) {
          await echo(client);
        }
      });
      await Promise.all(workers);
      return (8 * 40 * 1_000) / (performance.now() - began);
    };
    const keep = async (name: string) =>
      (await running.runtime.media.keep(fixture(name), { owner: "mcp:local", name, maxBytes: 1_000_000 })).id;
    const input = { video: await keep("avc.mp4"), audio: await keep("tone.wav") };
    const orderer = await connectPipe(running.mcp, "legacy");
    const order = (title: string) => ({
      name: "create_avatar_video",
      arguments: { ...input, title, wait_seconds: 45 },
    });

    await perSecond();
    const idle = Math.max(await perSecond(), await perSecond(), await perSecond());
    const patience = new AbortController();
    const options = { signal: patience.signal, onprogress: () => {}, timeout: 100_000 };
    const waiting = Array.from({ length: 200 }, (_, index) =>
      orderer.callTool(order(`${index}`), options).catch(() => undefined),
    );
    const owner = { id: "mcp:local", name: "", locale: "en", place: { surface: "mcp", conversation: "" } } as const;
    const open = () => running.runtime.jobs({ phases: ["queued", "starting", "running"], limit: 300 }, owner);
    while (
      (await open()).length < 200 ||
      running.provider.starts.filter(({ capability }) => capability === "avatarVideo").length < 20
    ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    let busy = 0;
    for (let round = 0; round < mostRounds && busy < idle * 0.9; round += 1) {
      busy = Math.max(busy, await perSecond());
    }
    expect((await open()).length).toBe(200);
    patience.abort();
    await Promise.all(waiting);
    await orderer.close();
    expect(busy / idle).toBeGreaterThan(0.9);
  });
});
