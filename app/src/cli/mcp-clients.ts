import { join } from "node:path";
import type { Json, LocalizedText } from "@toolcast/core";
import type { Home } from "../configuration/data-directory.ts";
import type { mcpClientNames } from "./choices.ts";

/** How a client starts our server. */
export interface ServerStart {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** Where a client reaches a server that is already running. */
export interface ServerAddress {
  url: string;
  /** Whether it requires a token. */
  needsToken: boolean;
}

/** An AI client that reads its MCP servers from a configuration file. */
interface McpClient {
  title: string;
  /** The entry in its file for a server that it starts. */
  started(server: ServerStart): Json;
  /** The entry in its file for a server at an address. */
  reached(server: ServerAddress): Json;
  /** Formats the entry as text. Default JSON. */
  print?(configuration: Json): string;
  /** Where the file is. */
  file(home: Home): string;
  /** What else the person has to do. */
  after: LocalizedText | ((server: ServerStart | ServerAddress, home: Home) => LocalizedText);
}

/** A placeholder for the person's token: secrets are not printed. */
const tokenHere = "<token>";
const authorization = `Bearer ${tokenHere}`;

/** The variable that Codex reads the token from. */
const codexTokenVariable = "TOOLCAST_MCP_TOKEN";

const headersOf = ({ needsToken }: ServerAddress): Record<string, Json> =>
  needsToken ? { headers: { Authorization: authorization } } : {};

/** Clients differ in the key that lists servers and in the key of the address. */
const under =
  (key: string, more: Record<string, Json> = {}) =>
  (server: ServerStart) => ({
    [key]: { toolcast: { ...more, ...server } },
  });
const at =
  (key: string, address: string, more: Record<string, Json> = {}) =>
  (server: ServerAddress) => ({
    [key]: { toolcast: { ...more, [address]: server.url, ...headersOf(server) } },
  });

const projectFile = (file: string): LocalizedText => ({
  en: `For one project only, use ${file} in its folder.`,
  "zh-CN": `若只用于某个项目，请写入该项目文件夹中的 ${file}。`,
});

/** The clients that `toolcast mcp config` knows, by the name it accepts. */
export const mcpClients: Readonly<Record<(typeof mcpClientNames)[number], McpClient>> = {
  "claude-desktop": {
    title: "Claude Desktop",
    started: under("mcpServers"),
    // Its file supports only programs; mcp-remote is a program that forwards to an address.
    reached: ({ url, needsToken }) => ({
      mcpServers: {
        toolcast: {
          command: "npx",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: mcp-remote fills it in from its environment
          args: ["-y", "mcp-remote", url, ...(needsToken ? ["--header", "Authorization:${AUTHORIZATION}"] : [])],
          ...(needsToken ? { env: { AUTHORIZATION: authorization } } : {}),
        },
      },
    }),
    file: (home) => join(settingsFolder(home), "Claude", "claude_desktop_config.json"),
    after: {
      en: "Then quit Claude Desktop and start it again.",
      "zh-CN": "然后完全退出并重新启动 Claude Desktop。",
    },
  },
  "claude-code": {
    title: "Claude Code",
    started: under("mcpServers", { type: "stdio" }),
    reached: at("mcpServers", "url", { type: "http" }),
    file: () => ".mcp.json",
    after(server, { platform }) {
      const entry =
        "url" in server ? { type: "http", url: server.url, ...headersOf(server) } : { type: "stdio", ...server };
      const json = JSON.stringify(entry).replaceAll("'", "'\\''");
      const command = platform === "win32" ? "" : `claude mcp add-json --scope user toolcast '${json}'`;
      return {
        en: `The file is in your project's folder.${command && ` For all projects, run instead:\n${command}`}`,
        "zh-CN": `该文件位于项目文件夹中。${command && `如需对所有项目生效，请改为运行：\n${command}`}`,
      };
    },
  },
  cline: {
    title: "Cline",
    started: under("mcpServers"),
    reached: at("mcpServers", "url", { type: "streamableHttp" }),
    file: ({ homeDirectory }) => join(homeDirectory, ".cline", "data", "settings", "cline_mcp_settings.json"),
    after: {
      en: "In an editor, open the file with MCP Servers > Configure > Configure MCP Servers.",
      "zh-CN": "在编辑器中，可通过 MCP Servers > Configure > Configure MCP Servers 打开该文件。",
    },
  },
  codex: {
    title: "Codex",
    // On a busy machine our start can take longer than the 10 seconds that Codex waits by default.
    started: under("mcp_servers", { startup_timeout_sec: 30 }),
    reached: ({ url, needsToken }) => ({
      mcp_servers: { toolcast: { url, ...(needsToken ? { bearer_token_env_var: codexTokenVariable } : {}) } },
    }),
    print: toml,
    file: ({ homeDirectory, environment }) =>
      join(environment.CODEX_HOME || join(homeDirectory, ".codex"), "config.toml"),
    after: (server) =>
      "url" in server && server.needsToken
        ? {
            en: `Codex reads the token from the variable ${codexTokenVariable}: set it before you start Codex.`,
            "zh-CN": `Codex 从环境变量 ${codexTokenVariable} 读取令牌，请在启动 Codex 前设置。`,
          }
        : {
            en: "Its extension for editors and the desktop app read the same file.",
            "zh-CN": "编辑器扩展和桌面应用也读取该文件。",
          },
  },
  cursor: {
    title: "Cursor",
    started: under("mcpServers"),
    reached: at("mcpServers", "url"),
    file: ({ homeDirectory }) => join(homeDirectory, ".cursor", "mcp.json"),
    after: projectFile(".cursor/mcp.json"),
  },
  "gemini-cli": {
    title: "Gemini CLI",
    started: under("mcpServers"),
    reached: at("mcpServers", "httpUrl"),
    file: ({ homeDirectory }) => join(homeDirectory, ".gemini", "settings.json"),
    after: projectFile(".gemini/settings.json"),
  },
  "lm-studio": {
    title: "LM Studio",
    started: under("mcpServers"),
    reached: at("mcpServers", "url"),
    file: ({ homeDirectory }) => join(homeDirectory, ".lmstudio", "mcp.json"),
    after: {
      en: "In the app, open the file with Program > Install > Edit mcp.json.",
      "zh-CN": "在应用中，可通过 Program > Install > Edit mcp.json 打开该文件。",
    },
  },
  vscode: {
    title: "VS Code",
    started: under("servers", { type: "stdio" }),
    reached: at("servers", "url", { type: "http" }),
    file: (home) => join(settingsFolder(home), "Code", "User", "mcp.json"),
    after: projectFile(".vscode/mcp.json"),
  },
  windsurf: {
    title: "Windsurf",
    started: under("mcpServers"),
    reached: at("mcpServers", "serverUrl"),
    file: ({ homeDirectory }) => join(homeDirectory, ".codeium", "windsurf", "mcp_config.json"),
    after: {
      en: "Then press refresh in Cascade's list of MCP servers.",
      "zh-CN": "然后在 Cascade 的 MCP 服务器列表中刷新。",
    },
  },
  zed: {
    title: "Zed",
    started: under("context_servers"),
    reached: at("context_servers", "url"),
    file: (home) =>
      home.platform === "win32"
        ? join(settingsFolder(home), "Zed", "settings.json")
        : join(home.environment.XDG_CONFIG_HOME || join(home.homeDirectory, ".config"), "zed", "settings.json"),
    after: projectFile(".zed/settings.json"),
  },
};

/** Where to put it, and what to do next. */
export function instruction(client: McpClient, server: ServerStart | ServerAddress, home: Home): LocalizedText {
  const { title, after } = client;
  const file = client.file(home);
  const then = typeof after === "function" ? after(server, home) : after;
  const token =
    "url" in server && server.needsToken && client.print === undefined
      ? {
          en: ` Replace ${tokenHere} with one of the tokens in MCP_TOKENS.`,
          "zh-CN": `请将 ${tokenHere} 换成 MCP_TOKENS 中的一个令牌。`,
        }
      : undefined;
  return {
    en: `${title}: put this into ${file}. If the file has other servers, add "toolcast" beside them.${token?.en ?? ""} ${then.en}`,
    "zh-CN": `${title}：将以上内容写入 ${file}；若文件中已有其他服务器，请将“toolcast”一项并列加入。${token?.["zh-CN"] ?? ""}${then["zh-CN"]}`,
  };
}

/** A table of tables in TOML. A JSON string is also a TOML string. */
function toml(configuration: Json): string {
  const lines: string[] = [];
  const write = (table: Record<string, Json>, path: string[]) => {
    const own = Object.entries(table).filter(([, value]) => !isTable(value));
    if (own.length > 0) {
      lines.push(`[${path.join(".")}]`, ...own.map(([key, value]) => `${key} = ${JSON.stringify(value)}`));
    }
    for (const [key, value] of Object.entries(table)) {
      if (isTable(value)) {
        write(value, [...path, key]);
      }
    }
  };
  write(configuration as Record<string, Json>, []);
  return lines.join("\n");
}

function isTable(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The folder where desktop programs keep their settings. */
function settingsFolder({ platform, homeDirectory, environment }: Home): string {
  switch (platform) {
    case "win32":
      return environment.APPDATA || join(homeDirectory, "AppData", "Roaming");
    case "darwin":
      return join(homeDirectory, "Library", "Application Support");
    default:
      return environment.XDG_CONFIG_HOME || join(homeDirectory, ".config");
  }
}
