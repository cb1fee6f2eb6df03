import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { factsOf } from "../mcp-client.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { verifies } from "../verifies.ts";

const calls = 32;
const waitSeconds = 2;

let running: RunningMcp;
beforeEach(async () => {
  running = await startMcp({}, { vendorMs: 60_000 });
});
afterEach(() => running[Symbol.asyncDispose]());

for (const era of ["legacy", "modern"] as const) {
  for (const transport of ["pipe", "http"] as const) {
    // Other work on this machine can only add time: the best of several runs is what the server takes.
    test(`${era} over ${transport}: ${calls} calls at once each hear something within a second and end in time`, {
      retry: 3,
    }, async () => {
      verifies("mcp.patience");
      const keep = async (name: string) =>
        (await running.runtime.media.keep(fixture(name), { owner: "mcp:local", name, maxBytes: 1_000_000 })).id;
      const input = { video: await keep("avc.mp4"), audio: await keep("tone.wav"), wait_seconds: waitSeconds };
      const client = await connect(running, era, transport);
      const times = await Promise.all(
        Array.from({ length: calls }, async () => {
          const began = performance.now();
          let heardMs = Number.POSITIVE_INFINITY;
          const result = await client.callTool(
            { name: "create_avatar_video", arguments: input },
            {
              onprogress() {
                heardMs = Math.min(heardMs, performance.now() - began);
              },
            },
          );
          expect(factsOf(result)).toMatchObject({ done: false, next_poll_seconds: expect.any(Number) });
          return { heardMs, tookMs: performance.now() - began };
        }),
      );
      expect(Math.max(...times.map(({ heardMs }) => heardMs))).toBeLessThan(1_000);
      expect(Math.max(...times.map(({ tookMs }) => tookMs))).toBeLessThan((waitSeconds + 2) * 1_000);
      expect(Math.min(...times.map(({ tookMs }) => tookMs))).toBeGreaterThan(waitSeconds * 1_000 - 50);
      await client.close();
    });

    test(`${era} over ${transport}: a cancellation of a call or a job arrives within a tenth of a second`, {
      retry: 3,
    }, async () => {
      verifies("mcp.patience", "mcp.abort");
      const heard = Promise.withResolvers<number>();
      const begun = Promise.withResolvers<void>();
      await using running = await startMcp(
        {
          extend: (server) =>
            void server.registerTool("listen", {}, async ({ mcpReq: { signal } }) => {
              signal.addEventListener("abort", () => heard.resolve(performance.now()));
              begun.resolve();
              await heard.promise;
              return { content: [] };
            }),
        },
        { vendorMs: 60_000 },
      );
      const client = await connect(running, era, transport);
      const leave = new AbortController();
      const cut = expect(client.callTool({ name: "listen" }, { signal: leave.signal })).rejects.toThrow();
      await begun.promise;
      const leftAt = performance.now();
      leave.abort();
      await cut;
      expect((await heard.promise) - leftAt).toBeLessThan(100);

      const order = { name: "generate_image", arguments: { prompt: "a lake", wait_seconds: 0 } };
      const { job_id } = factsOf(await client.callTool(order));
      const wished = new Promise<number>((resolve) =>
        running.runtime.watch((job) => {
          if (job.id === job_id && (job.cancelWish !== undefined || job.state.phase === "cancelled")) {
            resolve(performance.now());
          }
        }),
      );
      const askedAt = performance.now();
      await client.callTool({ name: "cancel_job", arguments: { job: job_id } });
      expect((await wished) - askedAt).toBeLessThan(100);
      await client.close();
    });
  }
}

async function connect(to: RunningMcp, era: "legacy" | "modern", transport: "pipe" | "http"): Promise<Client> {
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "patient", version: "1.0.0" }, { versionNegotiation: { mode } });
  if (transport === "http") {
    await client.connect(new StreamableHTTPClientTransport(to.url));
    return client;
  }
  const [here, there] = InMemoryTransport.createLinkedPair();
  to.mcp.serveTransport(there);
  await client.connect(here);
  return client;
}
