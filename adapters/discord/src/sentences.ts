import type { Locale, LocalizedText } from "@toolcast/core";

/** What the adapter itself says; everything else comes from core. */
export const sentences = {
  unknownCommand: {
    en: "This command is not here any more. Discord may show it for some minutes more.",
    "zh-CN": "此命令已不存在，Discord 可能还会显示几分钟。",
  },
  buttonGone: {
    en: "This button no longer does anything. Run the command again.",
    "zh-CN": "此按钮已失效，请重新运行命令。",
  },
  formGone: {
    en: "This form has expired. Nothing was started. Run the command again.",
    "zh-CN": "此表单已过期，未执行任何操作，请重新运行命令。",
  },
  internal: {
    en: "Something went wrong on our side. /jobs shows whether anything was started.",
    "zh-CN": "系统内部出错。可用 /jobs 查看是否已有任务开始。",
  },
  interrupted: {
    en: "Toolcast was interrupted before it could take this request. Nothing was started or charged. Run the command again.",
    "zh-CN": "Toolcast 在接收此请求前中断，未开始任何任务，也未扣费。请重新运行命令。",
  },
  stillWorking: {
    en: "This takes longer than Discord lets one answer stay open. /jobs shows how it goes on.",
    "zh-CN": "处理时间超过了 Discord 允许的回复时限，请用 /jobs 查看进展。",
  },
  correct: { en: "Correct it", "zh-CN": "修改" },
  showResult: { en: "Show the result", "zh-CN": "显示结果" },
  showHint: {
    en: "Discord closes this answer after 15 minutes. Press “Show the result” to see how it stands, now or later.",
    "zh-CN": "Discord 会在 15 分钟后关闭此回复。点击“显示结果”可随时查看进展。",
  },
  resultBelow: { en: "The result is in a message below.", "zh-CN": "结果在下方的消息中。" },
  resultDirect: { en: "The result was sent as a direct message.", "zh-CN": "结果已通过私信发送。" },
  continuedBelow: { en: "It goes on in a message below.", "zh-CN": "后续见下方的消息。" },
  continuedDirect: { en: "It goes on in a direct message.", "zh-CN": "后续已通过私信发送。" },
  openResult: { en: "Go to the result", "zh-CN": "查看结果" },
  openRequest: { en: "Go to the request", "zh-CN": "查看请求" },
  openOriginal: { en: "Original: {name}", "zh-CN": "原文件：{name}" },
  linkUntil: { en: "The link to {name} works until {time}.", "zh-CN": "{name} 的链接有效期至 {time}。" },
  keptOnly: {
    en: "{name} ({size}) is too large to be sent here. It is kept: /jobs shows it.",
    "zh-CN": "{name}（{size}）太大，无法发送到此处，已保存，可用 /jobs 查看。",
  },
  mediumGone: { en: "{name} is not kept any more.", "zh-CN": "{name} 已不再保存。" },
  delivered: { en: "Delivered", "zh-CN": "已送达" },
  fileWrongKind: {
    en: "{name} is not {kind}. Nothing was started. Attach another file.",
    "zh-CN": "{name} 不是{kind}，未执行任何操作，请换一个文件。",
  },
  fileTooLarge: {
    en: "{name} is {size}; {limit} is the most. Nothing was started. Attach a smaller file.",
    "zh-CN": "{name} 大小为 {size}，上限为 {limit}，未执行任何操作，请换一个较小的文件。",
  },
  fileUnreachable: {
    en: "{name} could not be loaded from Discord. Nothing was started. Attach it again.",
    "zh-CN": "无法从 Discord 获取 {name}，未执行任何操作，请重新上传。",
  },
  image: { en: "a picture", "zh-CN": "图片" },
  audio: { en: "a recording", "zh-CN": "音频" },
  video: { en: "a video", "zh-CN": "视频" },
  privateName: { en: "private", "zh-CN": "仅自己可见" },
  privateSummary: { en: "Only you see the answer. Default no.", "zh-CN": "只有您能看到回复，默认否。" },
  linkName: { en: "link", "zh-CN": "链接" },
  linkSummary: {
    en: "Instead of a file: a link, or something made or sent before.",
    "zh-CN": "代替文件：链接，或以前生成、上传过的内容。",
  },
  yes: { en: "Yes", "zh-CN": "是" },
  no: { en: "No", "zh-CN": "否" },
} as const satisfies Record<string, LocalizedText>;

export type SentenceName = keyof typeof sentences;

/** Says a sentence of ours with its values. */
export function speak(name: SentenceName, locale: Locale, values: Record<string, string> = {}): string {
  return sentences[name][locale].replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}

/** The same in every language, for core to say. */
export function wordsOfBoth(name: SentenceName, values: Record<string, string> = {}): LocalizedText {
  return { en: speak(name, "en", values), "zh-CN": speak(name, "zh-CN", values) };
}
