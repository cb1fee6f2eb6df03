import { settingSchema } from "@toolcast/core/provider";
import { defineAdapter } from "@toolcast/core/surface";
import { z } from "zod";
import { discordHosts } from "./file-hosts.ts";

const settings = [
  {
    variable: "DISCORD_TOKEN",
    summary: { en: "The bot's token", "zh-CN": "机器人的令牌" },
    required: true,
    secret: true,
    rule: {
      en: "the token of a Discord bot, 20 to 200 visible ASCII characters",
      "zh-CN": "Discord 机器人令牌，20 到 200 个可见 ASCII 字符",
    },
    example: "<Developer Portal: Bot, Reset Token>",
  },
  {
    variable: "DISCORD_GUILD_ID",
    summary: {
      en: "Register commands only in this server, at once; when unset, everywhere the bot is",
      "zh-CN": "只在该服务器注册命令（立即生效）；未设置则在机器人所在的所有地方",
    },
    rule: { en: "the id of a Discord server, 17 to 20 digits", "zh-CN": "Discord 服务器 ID，17 到 20 位数字" },
    example: "123456789012345678",
  },
  {
    variable: "DISCORD_API_URL",
    summary: { en: "Another address for Discord's API", "zh-CN": "Discord API 的其他地址" },
    rule: {
      en: "an https address (http only for this machine) without query or user name",
      "zh-CN": "https 地址（仅本机可用 http），不含查询参数和用户名",
    },
    example: "http://127.0.0.1:8080/api",
  },
] as const;

const schema = z
  .object({
    DISCORD_TOKEN: z.string().regex(/^[\x21-\x7e]{20,200}$/),
    DISCORD_GUILD_ID: z
      .string()
      .regex(/^\d{17,20}$/)
      .optional(),
    DISCORD_API_URL: z.string().refine(settingSchema.isSafeAddress).optional(),
  })
  .transform(({ DISCORD_TOKEN: token, DISCORD_GUILD_ID: guildId, DISCORD_API_URL: apiUrl }) => ({
    token,
    guildId,
    apiUrl,
  }));

/** Slash commands, messages and buttons on Discord, through the operator's own bot. */
export const discord = defineAdapter({
  id: "discord",
  title: { en: "Discord", "zh-CN": "Discord" },
  settings,
  schema,
  hosts: ({ apiUrl }) => discordHosts(apiUrl),
  async create(given, { trustedHosts, ...tools }) {
    const { createDiscord } = await import("./connect.ts");
    return createDiscord({ ...given, ...tools, fileHosts: trustedHosts });
  },
  async doctor(given, { tools }) {
    const { diagnoseDiscord } = await import("./doctor.ts");
    return diagnoseDiscord({ ...given, tools });
  },
});
