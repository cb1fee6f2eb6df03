import type { State, Tool } from "@toolcast/core";
import { diagnoseBot } from "@toolcast/core/chat";
import type { Clock } from "@toolcast/core/engine";
import type { Finding } from "@toolcast/core/provider";
import { isTokenRefused, platformName, readFailure } from "./api-failure.ts";
import { type BotApi, createBotApi } from "./bot-api.ts";
import { groupFindings } from "./doctor-groups.ts";
import { changedLists } from "./register.ts";
import { invalidToken, noPublicUrl } from "./start-problem.ts";
import { webhookPath } from "./webhook.ts";

export interface DoctorOptions {
  token: string;
  apiRoot: string;
  webhookSecret?: string;
  publicUrl: string | null;
  clock: Clock;
  tools: readonly Tool[];
  /** Only read: the groups that the bot knows. */
  state: State;
}

/** Checks what can be checked without anybody noticing: token, privacy mode, webhook, commands, rights. */
export function diagnoseTelegram(options: DoctorOptions): Promise<Finding[]> {
  const api = createBotApi(options);
  return diagnoseBot({
    platform: platformName,
    readFailure,
    identify: () => api.call("getMe", {}),
    identified: ({ username = "", can_read_all_group_messages: readsAll, can_join_groups: joins }) => [
      {
        level: "ok",
        sentence: {
          en: `The token belongs to @${username}: https://t.me/${username}`,
          "zh-CN": `令牌属于 @${username}：https://t.me/${username}`,
        },
      },
      readsAll
        ? {
            level: "warning",
            sentence: {
              en: "Privacy mode is off: Telegram sends the bot every message of its groups. Commands and replies are enough; switch it on with BotFather (/setprivacy).",
              "zh-CN":
                "隐私模式已关闭：Telegram 会把群组的所有消息发给机器人。命令和回复已足够，请在 BotFather（/setprivacy）中开启。",
            },
          }
        : {
            level: "ok",
            sentence: {
              en: joins
                ? "In groups it reads only commands and replies."
                : "It cannot be added to groups (BotFather, /setjoingroups).",
              "zh-CN": joins ? "在群组中仅读取命令和回复。" : "机器人不能加入群组（BotFather，/setjoingroups）。",
            },
          },
    ],
    tokenProblem: (error) => (isTokenRefused(error) ? invalidToken().sentence : null),
    probes: [
      { what: { en: "its webhook", "zh-CN": "webhook 状态" }, run: async () => [await webhookFinding(api, options)] },
      {
        what: { en: "its commands", "zh-CN": "已注册的命令" },
        run: async () => [await commandFinding(api, options)],
      },
      {
        what: { en: "its rights in groups", "zh-CN": "在群组中的权限" },
        run: ({ id }) => groupFindings(api, options.state, id),
      },
    ],
  });
}

async function webhookFinding(api: BotApi, { webhookSecret, publicUrl }: DoctorOptions): Promise<Finding> {
  if (webhookSecret !== undefined && publicUrl === null) {
    return { level: "error", sentence: noPublicUrl().sentence };
  }
  const { url = "", pending_update_count: waiting, last_error_message: problem } = await api.call("getWebhookInfo", {});
  const wanted = webhookSecret === undefined || publicUrl === null ? "" : new URL(webhookPath, publicUrl).href;
  if (url !== wanted) {
    return {
      level: "warning",
      sentence: {
        en: "Telegram's webhook for this bot differs from the one configured here; another program may have set it. `toolcast start` corrects it.",
        "zh-CN": "Telegram 上的 webhook 与当前配置不一致，可能属于其他程序。运行 `toolcast start` 会更正。",
      },
    };
  }
  if (problem !== undefined) {
    return {
      level: "warning",
      sentence: {
        en: `Telegram's last delivery to the webhook failed (${problem}); ${waiting} update(s) are waiting.`,
        "zh-CN": `Telegram 上次未能送达 webhook（${problem}），有 ${waiting} 条更新等待中。`,
      },
    };
  }
  return {
    level: "ok",
    sentence: {
      en: `Updates come by ${wanted === "" ? "long polling" : "webhook"}; ${waiting} waiting.`,
      "zh-CN": `更新通过${wanted === "" ? "长轮询" : " webhook "}接收，${waiting} 条等待中。`,
    },
  };
}

async function commandFinding(api: BotApi, { tools, state }: Pick<DoctorOptions, "tools" | "state">): Promise<Finding> {
  const changed = await changedLists(api, tools, state);
  return changed.length === 0
    ? { level: "ok", sentence: { en: "All commands are registered.", "zh-CN": "命令均已注册。" } }
    : {
        level: "warning",
        sentence: {
          en: "The registered commands are out of date. `toolcast start` registers them.",
          "zh-CN": "已注册的命令与当前定义不一致，运行 `toolcast start` 会重新注册。",
        },
      };
}
