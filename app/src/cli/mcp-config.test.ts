import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "./command-line.ts";
import { mcpClients } from "./mcp-clients.ts";

// @verifies mcp.config, understood.both-languages, safe.no-secrets

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-mcp-config-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(args: string[], environment: Record<string, string> = {}, platform: NodeJS.Platform = "linux") {
  const streams = { out: "", error: "" };
  const code = await runCommandLine(args, {
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: { write: (text) => (streams.out += text) },
    stderr: { write: (text) => (streams.error += text) },
    environment: { LANG: "en_US.UTF-8", ...environment },
    workingDirectory: directory,
    platform,
  });
  return { code, ...streams };
}

interface Server {
  type?: string;
  command: string;
  args: string[];
  env: Record<string, string>;
}

describe.each(Object.keys(mcpClients))("%s", (client) => {
  test("is given absolute paths and nothing to fill in", async () => {
    const { code, out, error } = await run(["mcp", "config", client]);
    expect(code).toBe(0);
    const document = JSON.parse(out) as Record<string, { toolcast: Server }>;
    const key = client === "vscode" ? "servers" : "mcpServers";
    expect(Object.keys(document)).toEqual([key]);
    const { command, args, env, type } = document[key]!.toolcast;
    expect(type).toBe(client === "vscode" || client === "claude-code" ? "stdio" : undefined);
    expect(command).toBe(process.execPath);
    expect(args.slice(1)).toEqual(["mcp"]);
    expect(existsSync(args[0]!)).toBe(true);
    expect(isAbsolute(args[0]!)).toBe(true);
    expect(Object.keys(env)).toEqual(["TOOLCAST_DATA_DIR", "TOOLCAST_LOCALE"]);
    expect(isAbsolute(env.TOOLCAST_DATA_DIR!)).toBe(true);
    expect(error).toMatch(/mcp\.json|claude_desktop_config\.json/);
  });

  test("--json prints the configuration alone", async () => {
    const { code, out, error } = await run(["mcp", "config", client, "--json"]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(JSON.parse(out)).toEqual(JSON.parse((await run(["mcp", "config", client])).out));
  });

  test("is explained in Chinese too", async () => {
    const { error } = await run(["mcp", "config", client, "--locale", "zh-CN"]);
    expect(error).toMatch(/写入/);
  });
});

const serverOf = ({ out }: { out: string }): Server => JSON.parse(out).mcpServers.toolcast;

test("a folder with settings is named, so that the client's working directory does not matter", async () => {
  writeFileSync(join(directory, ".env"), "LOG_LEVEL=error\n");
  const { env } = serverOf(await run(["mcp", "config", "cursor"]));
  expect(env).toEqual({
    TOOLCAST_DATA_DIR: join(directory, ".toolcast"),
    TOOLCAST_CONFIG_DIR: directory,
    TOOLCAST_LOCALE: "en",
  });
  const elsewhere = join(directory, "elsewhere");
  mkdirSync(elsewhere);
  const { out } = await run(["mcp", "config", "cursor"], { ...env });
  expect(serverOf({ out }).env).toEqual(env);
});

test("what only this terminal sets is passed on, but no secret", async () => {
  const secret = "s3cret-of-the-console-token";
  const environment = { SANDBOX_SPEED: "20", CONSOLE_TOKEN: secret, SPARK_API_KEY: "k3y-of-a-vendor" };
  const result = await run(["mcp", "config", "claude-code"], {
    ...environment,
    SPARK_APP_ID: "app",
    SPARK_API_SECRET: "s3cret-of-a-vendor",
  });
  expect(serverOf(result).env).toMatchObject({ SANDBOX_SPEED: "20", SPARK_APP_ID: "app" });
  for (const text of [result.out, result.error]) {
    expect(text).not.toMatch(/s3cret|k3y/);
  }
  expect(result.error).toContain("CONSOLE_TOKEN, SPARK_API_KEY, SPARK_API_SECRET");
  expect(result.error).toContain(join(directory, ".env"));
});

test("each system's place of the file is named", async () => {
  const told = async (client: string, platform: NodeJS.Platform, environment = {}) =>
    (await run(["mcp", "config", client], environment, platform)).error;
  expect(await told("claude-desktop", "darwin")).toContain(
    join("Library", "Application Support", "Claude", "claude_desktop_config.json"),
  );
  expect(await told("claude-desktop", "win32", { APPDATA: "C:\\Roaming" })).toContain("C:\\Roaming");
  expect(await told("vscode", "linux", { XDG_CONFIG_HOME: "/home/ada/.config" })).toContain(
    join("/home/ada/.config", "Code", "User", "mcp.json"),
  );
  expect(await told("claude-code", "linux")).toContain("claude mcp add-json --scope user toolcast '{");
});

test("an unknown client is wrong usage and lists the known ones", async () => {
  const { code, error } = await run(["mcp", "config", "constructor"]);
  expect(code).toBe(2);
  expect(error).toContain("claude-desktop, claude-code, cursor, vscode");
  expect(error).not.toContain("--client");
});
