import type { LocalizedText } from "@toolcast/core";

/** What the adapter itself says; everything else comes from core. */
export const sentences = {
  fillIn: { en: "Some inputs are missing.", "zh-CN": "还缺少一些参数。" },
  openForm: { en: "Open the form", "zh-CN": "打开表单" },
  openList: { en: "Open the list", "zh-CN": "打开列表" },
  submit: { en: "Go", "zh-CN": "开始" },
  cancel: { en: "Close", "zh-CN": "关闭" },
  chooseTitle: { en: "Toolcast", "zh-CN": "Toolcast" },
  choose: { en: "What would you like to make?", "zh-CN": "想要做什么？" },
  invite: {
    en: "To see progress and files here, invite the bot: /invite @{bot}",
    "zh-CN": "想在此看到进度和文件，请邀请机器人：/invite @{bot}",
  },
  hidden: {
    en: "The bot cannot read {name}, because it is not in this conversation. Nothing was started. Invite it (/invite @{bot}), or send it the file by direct message.",
    "zh-CN":
      "机器人无法读取 {name}，因为它不在此对话中，未执行任何操作。请邀请机器人（/invite @{bot}），或以私信将文件发给它。",
  },
  help: {
    en: "Begin a message with a command word to use it, for example: {example}. Commands: {commands}.",
    "zh-CN": "消息以命令词开头即可使用，例如：{example}。可用命令：{commands}。",
  },
  changed: { en: "The message above has changed.", "zh-CN": "上方的消息有更新。" },
  keepDetails: { en: "Inputs already filled in are kept.", "zh-CN": "已填写的参数会保留。" },
} as const satisfies Record<string, LocalizedText>;
