/** `toolcast mcp` for one client on stdio, with a short lease: another process soon takes over after a kill. */

import { join } from "node:path";
import {
  builtInProviders,
  systemClock as clock,
  createHttp,
  createRuntime,
  openSqliteEngine,
  systemRandom as random,
  silentLogger,
} from "@toolcast/core";
import { createMcp } from "@toolcast/mcp";

const [directory = "", sandboxUrl = "", environment = "{}"] = process.argv.slice(2);
const values = JSON.parse(environment) as Record<string, string>;
const logger = silentLogger;
const engine = openSqliteEngine({
  file: join(directory, "jobs.sqlite"),
  clock,
  random,
  logger,
  leaseMs: 2_000,
  pollMs: 200,
});
const runtime = await createRuntime({
  providers: builtInProviders.map((definition) => ({ definition, values })),
  engine,
  state: engine.state,
  dataDirectory: directory,
  http: createHttp({ trustedHosts: () => [new URL(sandboxUrl).host], clock }),
  clock,
  random,
  policy: { operators: [] },
  secretKey: new Uint8Array(32).fill(5),
});
await runtime.start();
const alive = setInterval(() => {}, 60_000);
const { closed } = createMcp({ runtime, clock, random }).serveStdio({ input: process.stdin, output: process.stdout });
await closed;
clearInterval(alive);
await runtime.stop();
process.exit(0);
