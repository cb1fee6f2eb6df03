import type { LocalizedText } from "../ground/locale.ts";

/** Why a platform did not take a message, and what a first answer says when its result is elsewhere or late. */
export const sendingMessages = {
  "sending.busy": { en: "{platform} asks us to wait", "zh-CN": "{platform} 要求稍后再试" },
  "sending.unreachable": { en: "{platform} cannot be reached", "zh-CN": "无法连接 {platform}" },
  "sending.refused": { en: "{platform} refused the message ({code})", "zh-CN": "{platform} 拒绝了此消息（{code}）" },
  "sending.answer-closed": { en: "the answer can no longer be edited", "zh-CN": "原回复已不能再编辑" },
  "sending.not-there": { en: "the bot is not in this conversation", "zh-CN": "机器人不在此会话中" },
  "sending.not-seen": { en: "the bot cannot see this channel", "zh-CN": "机器人无权查看此频道" },
  "sending.not-allowed": { en: "the bot is not allowed to write here", "zh-CN": "机器人无权在此发言" },
  "sending.conversation-gone": { en: "the channel is gone", "zh-CN": "频道已不存在" },
  "sending.message-gone": { en: "the answer was deleted", "zh-CN": "原回复已被删除" },
  "sending.archived": { en: "the conversation is archived or locked", "zh-CN": "会话已归档或锁定" },
  "sending.direct-blocked": { en: "direct messages from the bot are blocked", "zh-CN": "无法向该用户发送私信" },
  "sending.moderated": { en: "a rule of this server blocked the message", "zh-CN": "消息被服务器的规则拦截" },
  "sending.edits-used": {
    en: "{platform} allows no more edits of this message",
    "zh-CN": "{platform} 不再允许编辑此消息",
  },
  "sending.messages-used": {
    en: "{platform} allows no more messages here",
    "zh-CN": "{platform} 不再允许在此发送消息",
  },
  "sending.removed": {
    en: "the bot was removed from {platform}",
    "zh-CN": "机器人已从 {platform} 移除",
  },
  "sending.too-large": { en: "the files are too large", "zh-CN": "文件过大" },
  "sending.files-refused": { en: "{platform} refused the files ({code})", "zh-CN": "{platform} 拒绝了文件（{code}）" },
  "sending.files-unseen": {
    en: "{platform} has the files but does not show them",
    "zh-CN": "{platform} 已收到文件，但没有显示",
  },
  "sending.files-deleted": { en: "the files were deleted on {platform}", "zh-CN": "文件在 {platform} 上已被删除" },
  "sending.unclear": {
    en: "it may already be visible, but the bot cannot check",
    "zh-CN": "结果可能已显示，但机器人无法查看",
  },
} as const satisfies Record<string, LocalizedText>;
