import { type Locale, type LocalizedText, say } from "@toolcast/core";

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
  privateName: { en: "private", "zh-CN": "仅自己可见" },
  privateSummary: { en: "Only you see the answer. Default no.", "zh-CN": "只有您能看到回复，默认否。" },
  linkName: { en: "link", "zh-CN": "链接" },
  linkSummary: {
    en: "Instead of a file: a link, or something made or sent before.",
    "zh-CN": "代替文件：链接，或以前生成、上传过的内容。",
  },
} as const satisfies Record<string, LocalizedText>;

export type SentenceName = keyof typeof sentences;

/** Says a sentence of ours with its values. */
export function speak(name: SentenceName, locale: Locale, values?: Record<string, string>): string {
  return say(sentences[name], locale, values);
}
