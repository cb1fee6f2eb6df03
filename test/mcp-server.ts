import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, openSqliteEngine, type Runtime, silentLogger, systemClock, systemRandom } from "@toolcast/core";
import { createMcp, type Mcp, type McpOptions } from "@toolcast/mcp";
import { createFixtureHttp } from "./doubles/fixture-media.ts";
import { createScriptedProvider, type ScriptedProvider } from "./doubles/scripted-provider.ts";
import { listenForTests } from "./web-listener.ts";

/** Our MCP server on a loopback port, in real time, with a scripted provider. */
export interface RunningMcp extends AsyncDisposable {
  url: URL;
  mcp: Mcp;
  runtime: Runtime;
  provider: ScriptedProvider;
}

export async function startMcp(
  options: Partial<McpOptions> = {},
  { vendorMs = 300 }: { vendorMs?: number } = {},
): Promise<RunningMcp> {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-mcp-"));
  const clock = systemClock;
  const random = systemRandom;
  const provider = createScriptedProvider();
  provider.firstCheckAfterMs = vendorMs;
  provider.limits = { concurrent: 20, startsPerSecond: 1_000 };
  const engine = openSqliteEngine({ file: join(directory, "jobs.sqlite"), clock, random, logger: silentLogger });
  const runtime = await createRuntime({
    providers: [{ definition: provider.definition, values: {} }],
    engine,
    state: engine.state,
    dataDirectory: directory,
    http: createFixtureHttp(new Set()),
    clock,
    random,
    policy: { operators: [] },
    secretKey: new Uint8Array(32).fill(3),
    publicUrl: "https://toolcast.example",
  });
  await runtime.start();
  const mcp = createMcp({ runtime, clock, random, ...options });
  const listener = await listenForTests(
    async (request) => (await mcp.fetch(request)) ?? new Response(null, { status: 404 }),
  );
  return {
    url: new URL("/mcp", listener.url),
    mcp,
    runtime,
    provider,
    async [Symbol.asyncDispose]() {
      await mcp.close();
      await listener.close();
      await runtime.stop();
      await engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
