import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type Sandbox, startSandbox } from "@toolcast/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { factsOf } from "../mcp-client.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const kills = 20;
const ordersEach = 2;
const latestKillMs = 900;

let directory: string;
let sandbox: Sandbox;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-mcp-killed-"));
  sandbox = await startSandbox({ speed: 10 });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

async function connect(era: "legacy" | "modern"): Promise<{ client: Client; kill(): Promise<void> }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      "--conditions=toolcast-source",
      "--no-warnings",
      fileURLToPath(new URL("mcp-process.ts", import.meta.url)),
      directory,
      sandbox.url,
      JSON.stringify(sandbox.environment),
    ],
    stderr: "inherit",
  });
  const mode = era === "legacy" ? "legacy" : { pin: "2026-07-28" };
  const client = new Client({ name: "survivor", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  const gone = new Promise<void>((resolve) => {
    client.onclose = () => resolve();
  });
  return {
    client,
    async kill() {
      process.kill(transport.pid!, "SIGKILL");
      await gone;
    },
  };
}

const order = (key: string, waitSeconds: number) => ({
  name: "generate_image",
  arguments: { prompt: key, provider: "dashscope", idempotency_key: key, wait_seconds: waitSeconds },
});

test("with the server killed at random points, every job is found and finished after the restart, and none is paid for twice", async () => {
  verifies("mcp.killed", "survives.kill-anywhere", "paid-once.same-key");
  const random = createSeededRandom(8);
  const keys: string[] = [];
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < kills; round += 1) {
    const { client, kill } = await connect(round % 2 === 0 ? "legacy" : "modern");
    const fresh = Array.from({ length: ordersEach }, (_, index) => `lake ${round}-${index}`);
    keys.push(...fresh);
    const calls = fresh.map(async (key, index) => {
      await new Promise((resolve) => setTimeout(resolve, random.integer(latestKillMs / 2)));
      const result = await client.callTool(order(key, index * 20));
      acknowledged.set(key, factsOf(result).job_id);
    });
    const outcomes = Promise.allSettled(calls);
    // However slow this machine is, half of the kills come early and half only after a job was acknowledged.
    if (round % 4 >= 2) {
      await Promise.any(calls);
    }
    await new Promise((resolve) => setTimeout(resolve, random.integer(latestKillMs)));
    await kill();
    await outcomes;
  }

  expect(acknowledged.size).toBeGreaterThanOrEqual(kills / 2);
  const { client } = await connect("legacy");
  const listed = await client.callTool({ name: "list_jobs", arguments: { limit: 100 } });
  const { data } = listed.structuredContent as { data: { jobs: { job_id: string }[] } };
  const ids = data.jobs.map(({ job_id }) => job_id);
  expect([...acknowledged.values()].filter((id) => !ids.includes(id))).toEqual([]);

  // The last server's jobs are adopted when its leases have expired: a client asks again while the answers say to.
  const endOf = async (key: string) => {
    for (let asked = 1; ; asked += 1) {
      const facts = factsOf(await client.callTool(order(key, 40)));
      if (facts.next_poll_seconds === undefined || asked === 4) {
        return facts;
      }
    }
  };
  const ended = await Promise.all(keys.map(async (key) => [key, await endOf(key)] as const));
  const paid = Map.groupBy(sandbox.ledger(), ({ text }) => text);
  for (const [key, { job_id, state }] of ended) {
    expect(acknowledged.get(key) ?? job_id).toBe(job_id);
    // A start cut off before its answer is a question for a person: it is never repeated automatically. What was cut off
    // three times in a row before its start is one for an operator.
    expect(["succeeded", "unresolved", "held"]).toContain(state);
    expect(paid.get(key)?.length ?? 0).toBeLessThanOrEqual(1);
    if (state !== "unresolved") {
      expect(paid.get(key) ?? []).toHaveLength(state === "succeeded" ? 1 : 0);
    }
  }
  const leftToPeople = ended.filter(([, { state }]) => state !== "succeeded");
  expect(leftToPeople.length).toBeLessThan(keys.length / 4);
  await client.close();
  // Only guards against hanging: on a busy machine the restarts take minutes.
}, 600_000);
