import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LocalizedText, UsageError } from "@toolcast/core";
import type { Configuration } from "../configuration/configuration.ts";
import { isLoopbackHost } from "../configuration/loopback.ts";
import { ownSettings } from "../configuration/own-settings.ts";
import type { CommandContext } from "./command-context.ts";
import { instruction, mcpClients, type ServerAddress, type ServerStart } from "./mcp-clients.ts";
import { allowedFolders } from "./mcp-command.ts";

const entry = fileURLToPath(new URL("../../bin/toolcast.js", import.meta.url));

/** Options of `toolcast mcp config`. */
export interface McpConfigOptions {
  /** Folders whose files agents may name. Default none. */
  allow?: readonly string[];
  /**
   * Configures a server that is already running, at this address; `true`: at the configured one. Default: the client
   * starts its own.
   */
  http?: string | true;
}

const noFoldersOverHttp: LocalizedText = {
  en: "--allow is for servers that the client starts: over HTTP no local files are read.",
  "zh-CN": "--allow 仅用于由客户端启动的服务；HTTP 连接不读取本地文件。",
};

/** Always set for the client, whatever this terminal sets. */
const ours = ["TOOLCAST_DATA_DIR", "TOOLCAST_CONFIG_DIR", "TOOLCAST_LOCALE"];

/**
 * `toolcast mcp config <client>`: prints the configuration on standard output and what to do with it on standard error.
 * A client started from the desktop has neither our Node, nor our folder, nor this terminal's variables, so all of them
 * are included. Secrets are not: they belong in `.env`.
 */
export async function mcpConfigCommand(
  context: CommandContext,
  name: string,
  { allow = [], http }: McpConfigOptions = {},
): Promise<void> {
  const { output, source } = context;
  const client = Object.entries(mcpClients).find(([known]) => known === name)?.[1];
  if (client === undefined) {
    const names = Object.keys(mcpClients);
    throw new UsageError({
      en: `There is no client ${name}. Use one of ${names.join(", ")}.`,
      "zh-CN": `没有客户端 ${name}，可用的有 ${names.join("、")}。`,
    });
  }
  const configuration = await context.configuration();
  if (http !== undefined) {
    if (allow.length > 0) {
      throw new UsageError(noFoldersOverHttp, "allow");
    }
    show(context, client, addressOf(configuration, http));
    return;
  }
  const { open, secret } = terminalOnly(configuration, source.environment);
  const server: ServerStart = {
    command: process.execPath,
    args: [entry, "mcp", ...allowedFolders(allow, source.workingDirectory).flatMap((folder) => ["--allow", folder])],
    env: {
      TOOLCAST_DATA_DIR: configuration.dataDirectory,
      // Even if it is still empty: files added later are then found.
      TOOLCAST_CONFIG_DIR: source.workingDirectory,
      TOOLCAST_LOCALE: output.locale,
      ...Object.fromEntries(open.map((variable) => [variable, source.environment[variable]?.trim() ?? ""])),
    },
  };
  show(context, client, server);
  if (secret.length > 0) {
    const file = join(source.workingDirectory, ".env");
    output.note({
      en: `Secrets are not written here. ${secret.join(", ")} are set in this terminal only, where the client does not see them: put them into ${file} and run this command again.`,
      "zh-CN": `此处不输出密钥。${secret.join("、")} 仅在当前终端中设置，客户端无法读取：请写入 ${file} 后重新运行本命令。`,
    });
  }
  if (/[\\/]_npx[\\/]/.test(entry)) {
    output.note({
      en: "This copy of Toolcast is in npx's cache, which npm may clear. Install it first: npm install -g toolcast.",
      "zh-CN": "当前 Toolcast 位于 npx 缓存中，可能被 npm 清理。请先安装：npm install -g toolcast。",
    });
  }
}

function show(
  { output, source }: CommandContext,
  client: (typeof mcpClients)[keyof typeof mcpClients],
  server: ServerStart | ServerAddress,
): void {
  const document = "url" in server ? client.reached(server) : client.started(server);
  output.document(document);
  output.print(client.print?.(document) ?? JSON.stringify(document, null, 2));
  output.note(instruction(client, server, source));
}

/** Where `toolcast start` serves agents: the given address, otherwise the public one, otherwise this machine's. */
function addressOf({ publicListener, console: page, mcp }: Configuration, given: string | true): ServerAddress {
  const base = given === true ? (publicListener?.url ?? `http://127.0.0.1:${page.port}`) : given;
  const url = URL.parse(base);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      {
        en: `${base} is not an address. Give one like https://toolcast.example.com.`,
        "zh-CN": `${base} 不是地址，请使用类似 https://toolcast.example.com 的地址。`,
      },
      "http",
    );
  }
  if (url.pathname === "/") {
    url.pathname = "/mcp";
  }
  return { url: url.href, needsToken: mcp.tokens.length > 0 || !isLoopbackHost(url.hostname) };
}

/** Variables set in this terminal, grouped by whether their values may be printed. */
function terminalOnly(
  { definitions }: Configuration,
  environment: CommandContext["source"]["environment"],
): { open: string[]; secret: string[] } {
  const known = [
    ...Object.entries(ownSettings).map(([variable, { secret }]) => ({ variable, secret: secret ?? false })),
    ...definitions.flatMap(({ settings }) =>
      settings.map(({ variable, secret }) => ({ variable, secret: secret ?? false })),
    ),
  ].filter(({ variable }) => !ours.includes(variable) && (environment[variable]?.trim() ?? "") !== "");
  const named = (wanted: boolean) => known.filter(({ secret }) => secret === wanted).map(({ variable }) => variable);
  return { open: named(false), secret: named(true) };
}
