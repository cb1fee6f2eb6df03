import type { LocalizedText } from "@toolcast/core";
import { AdapterStartError } from "@toolcast/core/surface";

export function invalidToken(): AdapterStartError {
  return new AdapterStartError("SLACK_BOT_TOKEN", {
    en: "SLACK_BOT_TOKEN: Slack does not accept this token. Install the app to the workspace again and copy the bot token (api.slack.com/apps, OAuth & Permissions).",
    "zh-CN":
      "SLACK_BOT_TOKEN：Slack 不接受此令牌。请将应用重新安装到工作区并复制机器人令牌（api.slack.com/apps → OAuth & Permissions）。",
  });
}

export function invalidAppToken(): AdapterStartError {
  return new AdapterStartError("SLACK_APP_TOKEN", {
    en: "SLACK_APP_TOKEN: Slack refuses to open a socket for this token. Create an app-level token with the scope connections:write and switch Socket Mode on (api.slack.com/apps, Basic Information).",
    "zh-CN":
      "SLACK_APP_TOKEN：Slack 拒绝用此令牌建立连接。请创建含 connections:write 权限的应用级令牌，并启用 Socket Mode（api.slack.com/apps → Basic Information）。",
  });
}

export function noPublicUrl(): AdapterStartError {
  return new AdapterStartError("SLACK_SIGNING_SECRET", {
    en: "SLACK_SIGNING_SECRET is set without SLACK_APP_TOKEN, so Slack must reach Toolcast, but PUBLIC_URL is not set. Set PUBLIC_URL, or SLACK_APP_TOKEN for Socket Mode.",
    "zh-CN":
      "已设置 SLACK_SIGNING_SECRET 而未设置 SLACK_APP_TOKEN，因此 Slack 须能访问 Toolcast，但未设置 PUBLIC_URL。请设置 PUBLIC_URL，或设置 SLACK_APP_TOKEN 以使用 Socket Mode。",
  });
}

export const removedSentence: LocalizedText = {
  en: "The app was removed from the workspace, or its token was revoked. Install it again and set the new SLACK_BOT_TOKEN.",
  "zh-CN": "应用已从工作区移除，或令牌已被撤销。请重新安装，并设置新的 SLACK_BOT_TOKEN。",
};
