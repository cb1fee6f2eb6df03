import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectPipe, eras, factsOf } from "../mcp-client.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const requests = { sockets: 200, pipes: 800 };
const atOnce = 20;

let running: RunningMcp;
beforeAll(async () => {
  running = await startMcp();
});
afterAll(() => running[Symbol.asyncDispose]());

/** Clients of both eras, over sockets and over pipes. */
async function connect(way: keyof typeof requests, era: (typeof eras)[number]): Promise<Client> {
  if (way === "pipes") {
    return connectPipe(running.mcp, era);
  }
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "impatient", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(running.url));
  return client;
}

const random = createSeededRandom(20_261_121);

/** Aborts up to three calls after random times, then repeats the call with the same key and waits for the answer. */
async function orderImpatiently(client: Client, key: string): Promise<string> {
  const order = { name: "generate_image", arguments: { prompt: key, idempotency_key: key, wait_seconds: 20 } };
  const tries = 1 + random.integer(3);
  for (let count = 0; count < tries; count += 1) {
    const patience = new AbortController();
    const call = client.callTool(order, { signal: patience.signal }).catch(() => undefined);
    const timer = setTimeout(() => patience.abort(), random.integer(60));
    await call;
    clearTimeout(timer);
  }
  const result = await client.callTool(order);
  expect(factsOf(result)).toMatchObject({ state: "succeeded", charged: "yes" });
  return factsOf(result).job_id;
}

test("1,000 requests aborted and retried with their key: each makes exactly one paid start", async () => {
  verifies("mcp.retries", "paid-once.same-key", "mcp.key", "mcp.abort");
  const jobs = new Set<string>();
  for (const way of ["sockets", "pipes"] as const) {
    for (const era of eras) {
      const clients = await Promise.all(Array.from({ length: 4 }, () => connect(way, era)));
      const keys = Array.from({ length: requests[way] / 2 }, (_, index) => `${way}-${era}-${index}`);
      await Promise.all(
        Array.from({ length: atOnce }, async (_, worker) => {
          for (let index = worker; index < keys.length; index += atOnce) {
            jobs.add(await orderImpatiently(clients[worker % clients.length]!, keys[index]!));
          }
        }),
      );
      await Promise.all(clients.map((client) => client.close()));
    }
  }
  expect(jobs.size).toBe(1_000);
  const starts = Map.groupBy(running.provider.starts, ({ request }) => String(request.prompt));
  expect(starts.size).toBe(1_000);
  expect([...starts].filter(([, made]) => made.length !== 1)).toEqual([]);
}, 600_000);
