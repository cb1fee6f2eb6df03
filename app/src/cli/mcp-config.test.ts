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

/** A minimal parser for the subset of TOML used: tables of strings, numbers and lists. */
function fromToml(text: string): Record<string, Record<string, unknown>> {
  const root: Record<string, Record<string, unknown>> = {};
  let table: Record<string, unknown> = root;
  for (const line of text.trim().split("\n")) {
    const path = /^\[(.*)\]$/.exec(line)?.[1]?.split(".");
    if (path !== undefined) {
      table = path.reduce<Record<string, unknown>>((at, key) => {
        at[key] ??= {};
        return at[key] as Record<string, unknown>;
      }, root);
    } else {
      const [, key, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
      table[key!] = JSON.parse(value!);
    }
  }
  return root;
}

const parsed = (client: string, out: string) => (client === "codex" ? fromToml(out) : JSON.parse(out));
const keyOf = (client: string) =>
  ({ vscode: "servers", codex: "mcp_servers", zed: "context_servers" })[client] ?? "mcpServers";
const fileOf =
  /mcp\.json|claude_desktop_config\.json|cline_mcp_settings\.json|config\.toml|settings\.json|mcp_config\.json/;

describe.each(Object.keys(mcpClients))("%s", (client) => {
  test("is given absolute paths and nothing to fill in", async () => {
    const { code, out, error } = await run(["mcp", "config", client]);
    expect(code).toBe(0);
    const document = parsed(client, out) as Record<string, { toolcast: Server }>;
    expect(Object.keys(document)).toEqual([keyOf(client)]);
    const { command, args, env, type } = document[keyOf(client)]!.toolcast;
    expect(type).toBe(client === "vscode" || client === "claude-code" ? "stdio" : undefined);
    expect(command).toBe(process.execPath);
    expect(args.slice(1)).toEqual(["mcp"]);
    expect(existsSync(args[0]!)).toBe(true);
    expect(isAbsolute(args[0]!)).toBe(true);
    expect(Object.keys(env)).toEqual(["TOOLCAST_DATA_DIR", "TOOLCAST_CONFIG_DIR", "TOOLCAST_LOCALE"]);
    expect(env.TOOLCAST_CONFIG_DIR).toBe(directory);
    expect(isAbsolute(env.TOOLCAST_DATA_DIR!)).toBe(true);
    expect(error).toMatch(fileOf);
  });

  test("keeps the folders that agents may read, wherever they are on the line", async () => {
    mkdirSync(join(directory, "pictures"));
    const folders = ["--allow", "pictures", "--allow", directory];
    for (const line of [
      ["mcp", "config", client, ...folders],
      ["mcp", ...folders, "config", client],
    ]) {
      const { toolcast } = parsed(client, (await run(line)).out)[keyOf(client)];
      expect(toolcast.args.slice(1)).toEqual(["mcp", "--allow", join(directory, "pictures"), "--allow", directory]);
    }
    const wrong = await run(["mcp", "config", client, "--allow", "nowhere"]);
    expect([wrong.code, wrong.out]).toEqual([2, ""]);
  });

  test("is given an address in its own form, and no secret", async () => {
    const token = "t".repeat(40);
    const environment = { MCP_TOKENS: `ada:${token}`, PUBLIC_URL: "https://toolcast.example" };
    const { code, out, error } = await run(["mcp", "config", client, "--http"], environment);
    expect(code).toBe(0);
    const { toolcast } = parsed(client, out)[keyOf(client)];
    const headers = { Authorization: "Bearer <token>" };
    const url = "https://toolcast.example/mcp";
    const forms: Record<string, unknown> = {
      "claude-desktop": {
        command: "npx",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: mcp-remote fills it in from its environment
        args: ["-y", "mcp-remote", url, "--header", "Authorization:${AUTHORIZATION}"],
        env: { AUTHORIZATION: "Bearer <token>" },
      },
      "claude-code": { type: "http", url, headers },
      cline: { type: "streamableHttp", url, headers },
      codex: { url, bearer_token_env_var: "TOOLCAST_MCP_TOKEN" },
      "gemini-cli": { httpUrl: url, headers },
      vscode: { type: "http", url, headers },
      windsurf: { serverUrl: url, headers },
    };
    expect(toolcast).toEqual(forms[client] ?? { url, headers });
    expect(`${out}${error}`).not.toContain(token);
    expect(error).toMatch(/MCP_TOKENS|TOOLCAST_MCP_TOKEN/);
    const local = parsed(client, (await run(["mcp", "config", client, "--http"])).out)[keyOf(client)].toolcast;
    expect(JSON.stringify(local)).toContain("http://127.0.0.1:3000/mcp");
    expect(JSON.stringify(local)).not.toMatch(/Bearer|bearer/);
    const other = await run(["mcp", "config", client, "--http", "https://other.example"]);
    expect(other.out).toContain("https://other.example/mcp");
  });

  test("--json prints only the configuration", async () => {
    const { code, out, error } = await run(["mcp", "config", client, "--json"]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(JSON.parse(out)).toEqual(parsed(client, (await run(["mcp", "config", client])).out));
  });

  test("is explained in Chinese, too", async () => {
    const { error } = await run(["mcp", "config", client, "--locale", "zh-CN"]);
    expect(error).toMatch(/写入/);
  });
});

test("a wrong address, and folders over HTTP, are wrong usage", async () => {
  for (const more of [
    ["--http", "nowhere"],
    ["--http", "ftp://x.example"],
    ["--http", "--allow", directory],
  ]) {
    const { code, out } = await run(["mcp", "config", "cursor", ...more]);
    expect([code, out]).toEqual([2, ""]);
  }
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

test("variables set only in this terminal are passed on, but no secrets", async () => {
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

test("the file's path on each system is named", async () => {
  const instructions = async (client: string, platform: NodeJS.Platform, environment = {}) =>
    (await run(["mcp", "config", client], environment, platform)).error;
  expect(await instructions("claude-desktop", "darwin")).toContain(
    join("Library", "Application Support", "Claude", "claude_desktop_config.json"),
  );
  expect(await instructions("claude-desktop", "win32", { APPDATA: "C:\\Roaming" })).toContain("C:\\Roaming");
  expect(await instructions("vscode", "linux", { XDG_CONFIG_HOME: "/home/ada/.config" })).toContain(
    join("/home/ada/.config", "Code", "User", "mcp.json"),
  );
  expect(await instructions("claude-code", "linux")).toContain("claude mcp add-json --scope user toolcast '{");
});

test("an unknown client is wrong usage and lists the known ones", async () => {
  const { code, error } = await run(["mcp", "config", "constructor"]);
  expect(code).toBe(2);
  expect(error).toContain(Object.keys(mcpClients).join(", "));
  expect(error).not.toContain("--client");
});
