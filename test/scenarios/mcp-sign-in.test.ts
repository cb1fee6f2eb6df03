import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

const ada = { name: "ada", token: "a".repeat(40) };
const info = { name: "outside", version: "1.0.0" };
const sentence = /Authorization: Bearer <token>/;

let running: RunningMcp;
let home: string;
beforeEach(async () => {
  running = await startMcp({ tokens: [ada] });
  home = mkdtempSync(join(tmpdir(), "toolcast-sign-in-"));
});
afterEach(async () => {
  await running[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
});

function provider(token?: string): OAuthClientProvider & { opened: string[] } {
  const opened: string[] = [];
  return {
    opened,
    redirectUrl: "http://127.0.0.1:1/callback",
    clientMetadata: { redirect_uris: ["http://127.0.0.1:1/callback"], client_name: "outside" },
    clientInformation: () => undefined,
    saveClientInformation: () => {},
    tokens: () => (token === undefined ? undefined : { access_token: token, token_type: "Bearer" }),
    saveTokens: () => {},
    redirectToAuthorization: (url) => void opened.push(url.href),
    saveCodeVerifier: () => {},
    codeVerifier: () => "",
  };
}

test("SDK v1 with its OAuth provider: without a token the error is our sentence, and no browser opens", async () => {
  verifies("mcp.clients", "mcp.no-sign-in");
  for (const token of [undefined, "b".repeat(40)]) {
    const authProvider = provider(token);
    const client = new Client(info);
    await expect(client.connect(new StreamableHTTPClientTransport(running.url, { authProvider }))).rejects.toThrow(
      sentence,
    );
    expect(authProvider.opened).toEqual([]);
  }
  const plain = new Client(info);
  await expect(plain.connect(new StreamableHTTPClientTransport(running.url))).rejects.toThrow(sentence);
});

test("SDK v1 with a provider that has the token: access is granted", async () => {
  verifies("mcp.clients", "mcp.no-sign-in");
  const client = new Client(info);
  await client.connect(new StreamableHTTPClientTransport(running.url, { authProvider: provider(ada.token) }));
  expect((await client.listTools()).tools.length).toBeGreaterThan(5);
  await client.close();
});

const remote = () => [
  join(repository, "node_modules", "mcp-remote", "dist", "proxy.js"),
  running.url.href,
  "--transport",
  "http-only",
];
const environment = () => ({ PATH: process.env.PATH ?? "", HOME: home, MCP_REMOTE_CONFIG_DIR: home });

test("mcp-remote with the token as a header: a client that can only start programs has access", async () => {
  verifies("mcp.clients", "mcp.no-sign-in");
  const args = [...remote(), "--header", `Authorization: Bearer ${ada.token}`];
  const client = new Client(info);
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: environment(), stderr: "ignore" }),
  );
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("generate_image");
  await client.close();
}, 60_000);

test("mcp-remote without one: its output for the person contains our sentence", async () => {
  verifies("mcp.clients", "mcp.no-sign-in");
  const child = spawn(process.execPath, remote(), { env: environment(), stdio: ["pipe", "ignore", "pipe"] });
  let written = "";
  const said = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk) => {
      written += chunk;
      if (sentence.test(written)) {
        resolve();
      }
    });
    child.once("exit", () => resolve());
  });
  await said;
  child.kill();
  expect(written).toMatch(sentence);
}, 60_000);
