import { join } from "node:path";
import type { Json, LocalizedText } from "@toolcast/core";
import type { Home } from "../configuration/data-directory.ts";

/** How a client starts our server. */
export interface ServerStart {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** An AI client that starts MCP servers from a file of its own. */
interface McpClient {
  title: string;
  /** What its file holds. */
  configuration(server: ServerStart): Json;
  /** Where the file is and what to do. */
  instruction(home: Home, server: ServerStart): LocalizedText;
}

const paste = (title: string, file: string, after: LocalizedText): LocalizedText => ({
  en: `${title}: put this into ${file}. Where the file has other servers, add "toolcast" beside them. ${after.en}`,
  "zh-CN": `${title}：将以上内容写入 ${file}；若文件中已有其他服务器，请将“toolcast”一项并列加入。${after["zh-CN"]}`,
});

const plain = (server: ServerStart): Json => ({ mcpServers: { toolcast: { ...server } } });
const typed = (key: string) => (server: ServerStart) => ({ [key]: { toolcast: { type: "stdio", ...server } } });

/** The clients that `toolcast mcp config` knows, by the name it takes. */
export const mcpClients: Readonly<Record<string, McpClient>> = {
  "claude-desktop": {
    title: "Claude Desktop",
    configuration: plain,
    instruction: (home) =>
      paste("Claude Desktop", join(settingsFolder(home), "Claude", "claude_desktop_config.json"), {
        en: "Then quit Claude Desktop and start it again.",
        "zh-CN": "然后完全退出并重新启动 Claude Desktop。",
      }),
  },
  "claude-code": {
    title: "Claude Code",
    configuration: typed("mcpServers"),
    instruction: (home, server) => {
      const json = JSON.stringify({ type: "stdio", ...server }).replaceAll("'", "'\\''");
      const command = home.platform === "win32" ? "" : `claude mcp add-json --scope user toolcast '${json}'`;
      return paste("Claude Code", ".mcp.json", {
        en: `The file lies in your project's folder.${command && ` For all projects, run instead:\n${command}`}`,
        "zh-CN": `该文件位于项目文件夹中。${command && `如需对所有项目生效，请改为运行：\n${command}`}`,
      });
    },
  },
  cursor: {
    title: "Cursor",
    configuration: plain,
    instruction: ({ homeDirectory }) =>
      paste("Cursor", join(homeDirectory, ".cursor", "mcp.json"), {
        en: "For one project only, use .cursor/mcp.json in its folder.",
        "zh-CN": "若只用于某个项目，请写入该项目文件夹中的 .cursor/mcp.json。",
      }),
  },
  vscode: {
    title: "VS Code",
    configuration: typed("servers"),
    instruction: (home) =>
      paste("VS Code", join(settingsFolder(home), "Code", "User", "mcp.json"), {
        en: "For one project only, use .vscode/mcp.json in its folder.",
        "zh-CN": "若只用于某个项目，请写入该项目文件夹中的 .vscode/mcp.json。",
      }),
  },
};

/** Where desktop programs keep their settings. */
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
