import type { LocalizedText } from "../ground/locale.ts";

/** What is said around messages on chat platforms. `platform` is the platform's own name, e.g. Slack. */
export const chatMessages = {
  "chat.link-until": {
    en: "The link to {name} works until {time}.",
    "zh-CN": "{name} 的链接有效期至 {time}。",
  },
  "chat.kept-only": {
    en: "{name} ({size}) could not be sent here. It is kept: an operator can open it in the web console, or set PUBLIC_URL, and the job then shows a link to it.",
    "zh-CN":
      "{name}（{size}）无法发送到此处，已保存。管理员可在网页控制台打开，或设置 PUBLIC_URL，之后任务中会显示下载链接。",
  },
  "chat.medium-gone": { en: "{name} is no longer kept.", "zh-CN": "{name} 已不再保存。" },
  "chat.open-original": { en: "Original: {name}", "zh-CN": "原文件：{name}" },
  "chat.delivered": { en: "Delivered", "zh-CN": "已送达" },
  "chat.file-wrong-kind": {
    en: "{name} is not {kind}. Nothing was started. Attach another file.",
    "zh-CN": "{name} 不是{kind}，未执行任何操作，请换一个文件。",
  },
  "chat.file-too-large": {
    en: "{name} is {size}; the limit is {limit}. Nothing was started. Attach a smaller file.",
    "zh-CN": "{name} 大小为 {size}，上限为 {limit}，未执行任何操作，请换一个较小的文件。",
  },
  "chat.file-unreachable": {
    en: "{name} could not be loaded from {platform}. Nothing was started. Attach it again.",
    "zh-CN": "无法从 {platform} 获取 {name}，未执行任何操作，请重新上传。",
  },
  "chat.kind.image": { en: "a picture", "zh-CN": "图片" },
  "chat.kind.audio": { en: "a recording", "zh-CN": "音频" },
  "chat.kind.video": { en: "a video", "zh-CN": "视频" },
  "chat.yes": { en: "Yes", "zh-CN": "是" },
  "chat.no": { en: "No", "zh-CN": "否" },
  "chat.unreachable": {
    en: "{platform} cannot be reached ({reason}). Check the network between this machine and {platform}.",
    "zh-CN": "无法访问 {platform}（{reason}）。请检查本机到 {platform} 的网络。",
  },
  "chat.unproved": {
    en: "Could not check {what} with {platform} ({reason}).",
    "zh-CN": "未能从 {platform} 查询{what}（{reason}）。",
  },
} as const satisfies Record<string, LocalizedText>;
