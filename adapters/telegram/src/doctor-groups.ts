import type { TelegramChatPermissions } from "@gramio/types";
import type { State } from "@toolcast/core";
import type { Finding } from "@toolcast/core/provider";
import { readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import { KnownGroups } from "./known-groups.ts";

/** Each group costs two requests, and all of them count against the bot's limit. */
const checked = 20;

/** What a group may forbid, and how results then suffer. */
const rights = [
  ["can_send_messages", { en: "messages", "zh-CN": "消息" }],
  ["can_send_photos", { en: "photos", "zh-CN": "图片" }],
  ["can_send_videos", { en: "videos", "zh-CN": "视频" }],
  ["can_send_audios", { en: "audio", "zh-CN": "音频" }],
  ["can_send_voice_notes", { en: "voice messages", "zh-CN": "语音" }],
  ["can_send_documents", { en: "files", "zh-CN": "文件" }],
] as const satisfies readonly (readonly [keyof TelegramChatPermissions, { en: string; "zh-CN": string }])[];

/** What the bot may do in the groups that have used it most recently. Nobody there notices. */
export async function groupFindings(api: BotApi, state: State, bot: number): Promise<Finding[]> {
  const groups = (await new KnownGroups(state).list()).slice(-checked);
  const findings: Finding[] = [];
  for (const group of groups) {
    findings.push(await groupFinding(api, group, bot));
  }
  return findings;
}

async function groupFinding(api: BotApi, { id, title }: { id: number; title: string }, bot: number): Promise<Finding> {
  const gone: Finding = {
    level: "warning",
    sentence: {
      en: `${title}: the bot is no longer in this group.`,
      "zh-CN": `${title}：机器人已不在该群组中。`,
    },
  };
  try {
    const member = await api.call("getChatMember", { chat_id: id, user_id: bot });
    switch (member.status) {
      case "left":
      case "kicked":
        return gone;
      case "administrator":
      case "creator":
        return {
          level: "ok",
          sentence: {
            en: `${title}: the bot is an administrator and may send everything.`,
            "zh-CN": `${title}：机器人是管理员，可发送所有内容。`,
          },
        };
      default: {
        const allowed =
          member.status === "restricted" ? member : ((await api.call("getChat", { chat_id: id })).permissions ?? {});
        const missing = rights.filter(([right]) => allowed[right] === false).map(([, words]) => words);
        return missing.length === 0
          ? {
              level: "ok",
              sentence: {
                en: `${title}: the bot is a member and may send results of every kind.`,
                "zh-CN": `${title}：机器人是普通成员，可发送各类结果。`,
              },
            }
          : {
              level: "warning",
              sentence: {
                en: `${title}: the bot is not allowed to send ${missing.map(({ en }) => en).join(", ")}, so such results are sent another way. Allow it, or make the bot an administrator.`,
                "zh-CN": `${title}：机器人不能发送${missing.map((words) => words["zh-CN"]).join("、")}，这类结果会改用其他方式发送。请开放相应权限，或将机器人设为管理员。`,
              },
            };
      }
    }
  } catch (error) {
    if (readFailure(error).kind === "refused") {
      return gone;
    }
    throw error;
  }
}
