import type { LocalizedText } from "@toolcast/core";
import { unreachable } from "@toolcast/core/chat";
import { AdapterStartError } from "@toolcast/core/surface";
import { platformName } from "./api-failure.ts";

/** Why people on Telegram get no answers. */
export const reasons = {
  token: {
    en: "TELEGRAM_BOT_TOKEN: Telegram does not accept the bot's token. Copy it again from BotFather (/mybots, API Token).",
    "zh-CN": "TELEGRAM_BOT_TOKEN：Telegram 不接受该机器人令牌，请在 BotFather（/mybots → API Token）重新复制。",
  },
  poller: {
    en: "Another program receives this bot's updates as well, and Telegram gives them to only one. Stop it, or give it its own bot; Toolcast then recovers on its own.",
    "zh-CN":
      "另有程序正在接收此机器人的更新，而 Telegram 只会发给其中一个。请停止该程序，或为它另建机器人；之后会自动恢复。",
  },
  webhook: {
    en: "Another program has set a webhook for this bot, so polling gets no updates. It has been removed; stop that program if this happens again.",
    "zh-CN": "另有程序为此机器人设置了 webhook，因此轮询收不到更新。现已移除；如再次出现，请停止该程序。",
  },
  webhookTaken: {
    en: "Another program has removed or replaced this bot's webhook, so no updates came. It has been set again; stop that program, or give it its own bot.",
    "zh-CN": "另有程序移除或替换了此机器人的 webhook，因此收不到更新。现已重新设置；请停止该程序，或为它另建机器人。",
  },
  unreachable: unreachable(platformName),
} as const satisfies Record<string, LocalizedText>;

export function invalidToken(): AdapterStartError {
  return new AdapterStartError("TELEGRAM_BOT_TOKEN", reasons.token);
}

/** Telegram refuses the webhook, in its own words. */
export function refusedWebhook(words: string): AdapterStartError {
  return new AdapterStartError("TELEGRAM_WEBHOOK_SECRET", {
    en: `TELEGRAM_WEBHOOK_SECRET: Telegram refuses the webhook at PUBLIC_URL (${words}). It must be https on port 443, 80, 88 or 8443. Without TELEGRAM_WEBHOOK_SECRET, updates come by long polling.`,
    "zh-CN": `TELEGRAM_WEBHOOK_SECRET：Telegram 拒绝了 PUBLIC_URL 的 webhook（${words}）。须为 443、80、88 或 8443 端口的 https 地址。不设置 TELEGRAM_WEBHOOK_SECRET 则使用长轮询。`,
  });
}

export function noPublicUrl(): AdapterStartError {
  return new AdapterStartError("TELEGRAM_WEBHOOK_SECRET", {
    en: "TELEGRAM_WEBHOOK_SECRET is set, but PUBLIC_URL is not: a webhook needs both. Set PUBLIC_URL, or leave out the secret for long polling.",
    "zh-CN":
      "已设置 TELEGRAM_WEBHOOK_SECRET，但未设置 PUBLIC_URL，而 webhook 两者都需要。请设置 PUBLIC_URL，或去掉该口令以使用长轮询。",
  });
}
