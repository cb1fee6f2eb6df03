import { isAbsolute } from "node:path";
import { settingSchema } from "@toolcast/core/provider";
import { defineAdapter } from "@toolcast/core/surface";
import { z } from "zod";

/** Telegram's own server; repeated from `bot-api.ts`, which is loaded only when the bot is configured. */
const cloud = "https://api.telegram.org";

const settings = [
  {
    variable: "TELEGRAM_BOT_TOKEN",
    summary: { en: "The bot's token", "zh-CN": "机器人的令牌" },
    required: true,
    secret: true,
    rule: {
      en: "the token of a Telegram bot: digits, a colon, and at least 30 letters, digits, dashes or underscores",
      "zh-CN": "Telegram 机器人令牌：数字、冒号，以及至少 30 个字母、数字、连字符或下划线",
    },
    example: "<BotFather: /newbot, or /token>",
  },
  {
    variable: "TELEGRAM_API_ROOT",
    summary: { en: "Another address for the Bot API", "zh-CN": "Bot API 的其他地址" },
    rule: {
      en: "an https address (http only for this machine) without path, query or user name",
      "zh-CN": "https 地址（仅本机可用 http），不含路径、查询参数和用户名",
    },
    example: "http://127.0.0.1:8081",
  },
  {
    variable: "TELEGRAM_FILES_DIR",
    summary: {
      en: "The folder of your own Bot API server in local mode (TELEGRAM_API_ROOT): files of up to 2,000 MB, read from it",
      "zh-CN": "自建 Bot API 服务器（TELEGRAM_API_ROOT，本地模式）的文件目录：支持最大 2,000 MB 的文件，直接从中读取",
    },
    rule: {
      en: "the absolute path of a folder, with TELEGRAM_API_ROOT set",
      "zh-CN": "目录的绝对路径，且须设置 TELEGRAM_API_ROOT",
    },
    example: "/var/lib/telegram-bot-api",
  },
  {
    variable: "TELEGRAM_WEBHOOK_SECRET",
    summary: {
      en: "Receives updates by webhook at PUBLIC_URL, verified with this secret; by long polling when unset",
      "zh-CN": "设置后通过 PUBLIC_URL 的 webhook 接收更新，并以此口令验证；未设置则使用长轮询",
    },
    secret: true,
    rule: {
      en: "16 to 256 letters, digits, dashes or underscores",
      "zh-CN": "16 到 256 个字母、数字、连字符或下划线",
    },
    example: "<openssl rand -hex 32>",
  },
] as const;

const isRoot = (value: string) => settingSchema.isSafeAddress(value) && new URL(value).pathname === "/";

const schema = z
  .object({
    TELEGRAM_BOT_TOKEN: z.string().regex(/^\d{1,20}:[\w-]{30,200}$/),
    TELEGRAM_API_ROOT: z.string().refine(isRoot).optional(),
    TELEGRAM_FILES_DIR: z.string().refine(isAbsolute).optional(),
    TELEGRAM_WEBHOOK_SECRET: z
      .string()
      .regex(/^[\w-]{16,256}$/)
      .optional(),
  })
  .refine(({ TELEGRAM_FILES_DIR: folder, TELEGRAM_API_ROOT: root }) => folder === undefined || root !== undefined, {
    path: ["TELEGRAM_FILES_DIR"],
  })
  .transform(
    ({
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_API_ROOT: root,
      TELEGRAM_FILES_DIR: filesDirectory,
      TELEGRAM_WEBHOOK_SECRET: webhookSecret,
    }) => ({
      token,
      apiRoot: new URL(root ?? cloud).origin,
      filesDirectory,
      webhookSecret,
    }),
  );

/** Commands, replies, pictures, voices and buttons on Telegram, through the operator's own bot. */
export const telegram = defineAdapter({
  id: "telegram",
  title: { en: "Telegram", "zh-CN": "Telegram" },
  settings,
  schema,
  hosts: ({ apiRoot }) => [new URL(apiRoot).host],
  async create(given, tools) {
    const { createTelegram } = await import("./connect.ts");
    return createTelegram({ ...given, ...tools });
  },
  async doctor(given, tools) {
    const { diagnoseTelegram } = await import("./doctor.ts");
    return diagnoseTelegram({ ...given, ...tools });
  },
});
