import type { LocalizedText } from "@toolcast/core";
import { AdapterStartError } from "@toolcast/core/surface";
import { invitation } from "./invitation.ts";

export const reconnecting: LocalizedText = {
  en: "The connection to Discord was lost; it is being restored.",
  "zh-CN": "与 Discord 的连接已中断，正在恢复。",
};

export function invalidToken(): AdapterStartError {
  return new AdapterStartError("DISCORD_TOKEN", {
    en: "DISCORD_TOKEN: Discord does not accept this token. Copy a new one from the Developer Portal (your application, Bot, Reset Token).",
    "zh-CN": "DISCORD_TOKEN：Discord 不接受此令牌。请在 Developer Portal（您的应用 → Bot → Reset Token）重新复制一个。",
  });
}

/** The gateway's close codes that reconnecting does not fix. */
export function refusedByGateway(code: number): AdapterStartError {
  switch (code) {
    case 4004:
      return invalidToken();
    case 4014:
    case 4013:
      return new AdapterStartError("DISCORD_TOKEN", {
        en: "DISCORD_TOKEN: Discord refuses this application's gateway intents. Toolcast asks for none; check in the Developer Portal (Bot) whether the application is limited or disabled.",
        "zh-CN":
          "DISCORD_TOKEN：Discord 拒绝了该应用的网关 intents。Toolcast 不需要任何 intent，请在 Developer Portal（Bot）检查应用是否受限或被停用。",
      });
    default:
      return new AdapterStartError("DISCORD_TOKEN", {
        en: `DISCORD_TOKEN: Discord closed the connection for good (code ${code}). Check the application in the Developer Portal.`,
        "zh-CN": `DISCORD_TOKEN：Discord 永久关闭了连接（代码 ${code}）。请在 Developer Portal 检查该应用。`,
      });
  }
}

/** The bot is not in the server, or was invited without the scope for commands. */
export function notInGuild(guild: string, application: string): AdapterStartError {
  const link = invitation(application);
  return new AdapterStartError("DISCORD_GUILD_ID", {
    en: `DISCORD_GUILD_ID: commands cannot be registered in server ${guild}. Invite the bot there with the scopes bot and applications.commands: ${link}`,
    "zh-CN": `DISCORD_GUILD_ID：无法在服务器 ${guild} 注册命令。请用包含 bot 和 applications.commands 权限范围的链接邀请机器人：${link}`,
  });
}
