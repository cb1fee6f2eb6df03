import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, beforeEach, expect, test } from "vitest";
import { factsOf, textOf } from "../mcp-client.ts";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "toolcast-mcp-config-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

test("what `toolcast mcp config` prints starts a server from any folder, without this terminal's variables", async () => {
  verifies("mcp.config", "mcp.interop", "mcp.local-person", "mcp.sandbox", "tried.no-setup");
  const home = join(root, "home");
  const elsewhere = join(root, "elsewhere");
  mkdirSync(home);
  mkdirSync(elsewhere);
  writeFileSync(join(home, ".env"), "SANDBOX_SPEED=20\n");
  const launcher = join(repository, "app", "bin", "toolcast.js");
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, "mcp", "config", "cursor", "--json"], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, LANG: "en_US.UTF-8" },
  });
  const { command, args, env } = JSON.parse(stdout).mcpServers.toolcast;
  const client = new Client({ name: "cursor", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ command, args, env, cwd: elsewhere, stderr: "inherit" }));
  const order = { name: "generate_image", arguments: { prompt: "a lake", wait_seconds: 30 } };
  const result = await client.callTool(order);
  expect(factsOf(result)).toMatchObject({ state: "succeeded", assets: [{ kind: "image" }] });
  // Nobody has set a key: the model must not mistake the picture for a vendor's work.
  expect(textOf(result)).toContain("made by the sandbox");
  // The machine's own user is an operator unless OPERATORS says otherwise.
  const balance = await client.callTool({ name: "get_balance", arguments: {} });
  expect([balance.isError, (await client.listTools()).tools.map(({ name }) => name)]).toEqual([
    undefined,
    expect.arrayContaining(["get_balance", "list_bills"]),
  ]);
  await client.close();
});
