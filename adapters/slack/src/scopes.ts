import type { LocalizedText } from "@toolcast/core";

/** The scopes the bot asks for, and what is lost without each. */
export const scopes: readonly { scope: string; lost: LocalizedText }[] = [
  { scope: "commands", lost: { en: "slash commands and shortcuts", "zh-CN": "斜杠命令和快捷操作" } },
  { scope: "chat:write", lost: { en: "every message of the bot's own", "zh-CN": "机器人自己的所有消息" } },
  { scope: "files:write", lost: { en: "results as files", "zh-CN": "以文件形式发送结果" } },
  {
    scope: "files:read",
    lost: { en: "files that people give, and proof that results arrived", "zh-CN": "读取用户文件，以及确认结果已送达" },
  },
  { scope: "im:write", lost: { en: "results by direct message", "zh-CN": "以私信发送结果" } },
  { scope: "im:history", lost: { en: "commands by direct message", "zh-CN": "私信中的命令" } },
  {
    scope: "app_mentions:read",
    lost: { en: "answers to mentions, commands in threads", "zh-CN": "回应提及，以及消息列中的命令" },
  },
  {
    scope: "channels:history",
    lost: { en: "finding a result after a crash in public channels", "zh-CN": "崩溃后在公开频道找回结果" },
  },
  {
    scope: "groups:history",
    lost: { en: "finding a result after a crash in private channels", "zh-CN": "崩溃后在私有频道找回结果" },
  },
  {
    scope: "mpim:history",
    lost: { en: "finding a result after a crash in group direct messages", "zh-CN": "崩溃后在多人私信中找回结果" },
  },
  {
    scope: "users:read",
    lost: {
      en: "everybody: nobody can be recognised as a member, so nobody may spend",
      "zh-CN": "无法识别成员，所有人都不能使用付费功能",
    },
  },
  { scope: "usergroups:read", lost: { en: "rules by user group", "zh-CN": "按用户组设置的规则" } },
];

const removal: LocalizedText = {
  en: "an immediate end of deliveries once the app is removed",
  "zh-CN": "应用移除后立即停止发送",
};

/** The events that the app subscribes to, and what is lost without each. */
export const events: readonly { event: string; lost: LocalizedText }[] = [
  { event: "message.im", lost: lostWithout("im:history") },
  { event: "app_mention", lost: lostWithout("app_mentions:read") },
  { event: "app_uninstalled", lost: removal },
  { event: "tokens_revoked", lost: removal },
];

function lostWithout(name: string): LocalizedText {
  return scopes.find(({ scope }) => scope === name)?.lost ?? { en: name, "zh-CN": name };
}
