import { settingSchema } from "@toolcast/core/provider";
import { defineAdapter } from "@toolcast/core/surface";
import { z } from "zod";
import { slackHosts } from "./slack-hosts.ts";

const settings = [
  {
    variable: "SLACK_BOT_TOKEN",
    summary: { en: "The bot's token", "zh-CN": "机器人的令牌" },
    required: true,
    secret: true,
    rule: { en: "a bot token that begins with xoxb-", "zh-CN": "以 xoxb- 开头的机器人令牌" },
    example: "<api.slack.com/apps: OAuth & Permissions>",
  },
  {
    variable: "SLACK_APP_TOKEN",
    summary: {
      en: "Connects by Socket Mode, without a public address; needed unless SLACK_SIGNING_SECRET is set",
      "zh-CN": "通过 Socket Mode 连接，无需公网地址；未设置 SLACK_SIGNING_SECRET 时必填",
    },
    secret: true,
    rule: { en: "an app-level token that begins with xapp-", "zh-CN": "以 xapp- 开头的应用级令牌" },
    example: "<api.slack.com/apps: Basic Information, App-Level Tokens>",
  },
  {
    variable: "SLACK_SIGNING_SECRET",
    summary: {
      en: "Verifies what Slack sends to /slack/events on the public listener, if SLACK_APP_TOKEN is not set",
      "zh-CN": "未设置 SLACK_APP_TOKEN 时，在公网监听的 /slack/events 接收 Slack 的请求",
    },
    secret: true,
    rule: {
      en: "the app's signing secret, 16 to 200 letters and digits",
      "zh-CN": "应用的签名密钥，16 到 200 个字母或数字",
    },
    example: "<api.slack.com/apps: Basic Information>",
  },
  {
    variable: "SLACK_API_URL",
    summary: { en: "Another address for Slack's API", "zh-CN": "Slack API 的其他地址" },
    rule: {
      en: "an https address (http only for this machine) without query or user name",
      "zh-CN": "https 地址（仅本机可用 http），不含查询参数和用户名",
    },
    example: "http://127.0.0.1:8080/api/",
  },
] as const;

const schema = z
  .object({
    SLACK_BOT_TOKEN: z.string().regex(/^xoxb-[\x21-\x7e]{4,300}$/),
    SLACK_APP_TOKEN: z
      .string()
      .regex(/^xapp-[\x21-\x7e]{4,300}$/)
      .optional(),
    SLACK_SIGNING_SECRET: z
      .string()
      .regex(/^[A-Za-z0-9-]{16,200}$/)
      .optional(),
    SLACK_API_URL: z.string().refine(settingSchema.isSafeAddress).optional(),
  })
  .refine(({ SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }) => SLACK_APP_TOKEN ?? SLACK_SIGNING_SECRET, {
    path: ["SLACK_APP_TOKEN"],
  })
  .transform((values) => ({
    token: values.SLACK_BOT_TOKEN,
    appToken: values.SLACK_APP_TOKEN,
    signingSecret: values.SLACK_SIGNING_SECRET,
    apiUrl: values.SLACK_API_URL,
  }));

/** Slash commands, forms, shortcuts and direct messages on Slack, through the operator's own app. */
export const slack = defineAdapter({
  id: "slack",
  title: { en: "Slack", "zh-CN": "Slack" },
  settings,
  schema,
  hosts: ({ apiUrl }) => slackHosts(apiUrl),
  commands: {
    manifest: {
      summary: {
        en: "Print the app manifest to paste at api.slack.com/apps; PREFIX is put before each command's name",
        "zh-CN": "打印应用清单，可粘贴到 api.slack.com/apps；PREFIX 会加在每个命令名之前",
      },
      argument: "prefix",
      async run({ tools, publicUrl, argument, values }) {
        const { manifestFor } = await import("./manifest.ts");
        const isHttp = values.SLACK_SIGNING_SECRET !== undefined && values.SLACK_APP_TOKEN === undefined;
        const manifest = manifestFor({ tools, prefix: argument, publicUrl: isHttp ? publicUrl : null });
        return [JSON.stringify(manifest, null, 2)];
      },
    },
  },
  async create(given, tools) {
    const { createSlack } = await import("./connect.ts");
    return createSlack({ ...given, ...tools });
  },
  async doctor(given, tools) {
    const { diagnoseSlack } = await import("./doctor.ts");
    return diagnoseSlack({ ...given, ...tools });
  },
});
