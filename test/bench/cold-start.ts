import { spawn } from "node:child_process";
import { once } from "node:events";
import { startDiscord } from "../fakes/discord/discord.ts";
import { freePort } from "../free-port.ts";
import type { Bench, Group } from "./bench.ts";
import { firstAcknowledged } from "./first-acknowledged.ts";
import { processorAndMemory } from "./process-usage.ts";
import type { Row } from "./row.ts";
import { program, startNode, temporaryFolder, toolcast } from "./side-process.ts";
import { spreadOf } from "./statistics.ts";

/** Measured with `node --cpu-prof`. */
const modulesTakeTime =
  "Before `toolcast mcp` answers, it loads about 570 modules, 110 of them the SDK's and zod's, which the bare server loads too: 0.4 s of the processor, the bare server's 0.22 s, 40 % of which resolve, read and link them.";

/** Measured with `node --cpu-prof`. */
export const startIsModules =
  "A start takes 0.9 s of the processor: 44 % load modules and 25 % those of discord.js alone, 10 % collect garbage, 2 % are the store's, whatever it holds.";

/** Measured with `v8.getHeapSpaceStatistics()` and `/proc/<pid>/smaps_rollup`. */
const memoryIsCode =
  "Of an idle server's memory 55 MB are Node's own program, which all its processes share, and 42 MB what V8 keeps for good: modules, above all.";

/** How long a command takes from its start to its end, in milliseconds. */
async function wholeCommand(args: readonly string[], environment: Record<string, string>): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...environment }, stdio: "ignore" });
  await once(child, "close");
  return performance.now() - began;
}

/** How long a server on stdio takes to answer `initialize`, and what it holds then, in MB. */
async function initialized(args: readonly string[], environment: Record<string, string>) {
  const began = performance.now();
  const { child, stop } = await startNode(args, environment, null);
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } };
  const answered = once(child.stdout!, "data");
  child.stdin!.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })}\n`);
  await answered;
  const tookMs = performance.now() - began;
  const { memoryMb } = processorAndMemory(child.pid!);
  await stop();
  return { tookMs, memoryMb };
}

/** How long `start` takes until a Discord command is acknowledged, and what it holds after some seconds of idling. */
async function started(own: Record<string, string>, { effort }: Bench) {
  const discord = await startDiscord({ rateLimits: false });
  const environment = {
    ...own,
    PORT: String(await freePort()),
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
  };
  const { tookMs, server } = await firstAcknowledged(discord, () =>
    startNode(toolcast("start", "--no-supervisor"), environment, null),
  );
  await new Promise((resolve) => setTimeout(resolve, effort.roundMs * 4));
  const { memoryMb } = processorAndMemory(server.child.pid!);
  await server.stop();
  await discord.close();
  return { tookMs, memoryMb };
}

export const coldStartGroup: Group = {
  name: "cold-start",
  title: "Cold starts",
  about:
    "From the process's start, run from source, with the store and Node's compile cache as every later start finds them. Bare node does nothing and ends; the bare server is the MCP SDK's with one tool.",
  async measure(bench) {
    using home = temporaryFolder();
    using data = temporaryFolder();
    const own = { ...bench.vendors, XDG_CACHE_HOME: home.path, HOME: home.path, TOOLCAST_DATA_DIR: data.path };
    const values = new Map<string, number[]>();
    const note = (what: string, value: number) => values.set(what, [...(values.get(what) ?? []), value]);
    // The first round makes the store and fills the compile cache.
    for (let round = -1; round < bench.effort.rounds; round += 1) {
      const bareMs = await wholeCommand(["--eval", "0"], {});
      const versionMs = await wholeCommand(toolcast("--version"), own);
      const explainMs = await wholeCommand(toolcast("explain", "10013"), own);
      const bareMcp = await initialized(program("bare-mcp-stdio-process.ts"), {});
      const ourMcp = await initialized(toolcast("mcp"), own);
      const start = await started(own, bench);
      if (round >= 0) {
        note("bare node", bareMs);
        note("version", versionMs);
        note("explain", explainMs);
        note("bare mcp", bareMcp.tookMs);
        note("mcp", ourMcp.tookMs);
        note("bare mcp memory", bareMcp.memoryMb);
        note("mcp memory", ourMcp.memoryMb);
        note("start", start.tookMs);
        note("memory", start.memoryMb);
      }
    }
    const row = (what: string, of: string, unit: "ms" | "MB", atMost?: number, cause?: string): Omit<Row, "group"> => ({
      what,
      unit,
      cause,
      value: spreadOf(values.get(of) ?? []),
      ...(atMost === undefined ? {} : { goal: { atMost } }),
    });
    return [
      row("bare node", "bare node", "ms"),
      row("`toolcast --version`", "version", "ms", 250),
      row("`toolcast explain 10013`", "explain", "ms", 500),
      row("a bare MCP server to `initialize`", "bare mcp", "ms"),
      row("`toolcast mcp` to `initialize`", "mcp", "ms", 600, modulesTakeTime),
      row("a bare MCP server's memory then", "bare mcp memory", "MB"),
      row("`toolcast mcp`'s memory then", "mcp memory", "MB"),
      row("`toolcast start` to the first acknowledged Discord command", "start", "ms", 1_500, startIsModules),
      row("`toolcast start`'s memory when idle", "memory", "MB", 150, memoryIsCode),
    ];
  },
};
