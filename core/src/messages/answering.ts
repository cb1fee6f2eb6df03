import type { LocalizedText } from "../ground/locale.ts";

/** What a first answer on a chat platform says. `platform` is the platform's own name. */
export const answeringMessages = {
  "answer.unknown-command": {
    en: "This command no longer exists. {platform} may still show it for a few minutes.",
    "zh-CN": "此命令已不存在，{platform} 可能还会显示几分钟。",
  },
  "answer.button-gone": {
    en: "This button no longer does anything. Run the command again.",
    "zh-CN": "此按钮已失效，请重新运行命令。",
  },
  "answer.not-understood": {
    en: "{platform} sent this in a form that Toolcast cannot read. Nothing was started. Try again, or tell an operator.",
    "zh-CN": "无法识别 {platform} 发来的此次操作，未执行任何操作。请重试，或告知管理员。",
  },
  "answer.form-gone": {
    en: "This form has expired. Nothing was started. Run the command again.",
    "zh-CN": "此表单已过期，未执行任何操作，请重新运行命令。",
  },
  "answer.no-file-here": {
    en: "Text is expected here, not a file.",
    "zh-CN": "此处需要文字，而不是文件。",
  },
  "answer.too-large": {
    en: "This is too much for one request. Nothing was started. Send less text, or send it as a file.",
    "zh-CN": "内容超过了单次请求的上限，未执行任何操作。请缩短文字，或以文件发送。",
  },
  "answer.internal": {
    en: "Something went wrong on our side. Your job list shows whether anything was started.",
    "zh-CN": "系统内部出错。请在您的任务列表中查看是否已有任务开始。",
  },
  "answer.again-just-now": {
    en: "This was started a moment ago. Press again in a few seconds to start another one.",
    "zh-CN": "刚刚已经开始了一次。如需再来一次，请过几秒再点击。",
  },
  "answer.interrupted": {
    en: "Toolcast was interrupted before it could accept this request. Nothing was started or charged. Run the command again.",
    "zh-CN": "Toolcast 在接收此请求前中断，未开始任何任务，也未扣费。请重新运行命令。",
  },
  "answer.press-late": {
    en: "Toolcast was interrupted after you pressed. Nothing was started or charged. Press again if you still want it.",
    "zh-CN": "您点击之后 Toolcast 中断，未开始任何任务，也未扣费。如仍需要，请再次点击。",
  },
  "answer.still-working": {
    en: "This takes longer than {platform} lets one answer stay open. Your job list shows its progress.",
    "zh-CN": "处理时间超过了 {platform} 允许的回复时限，请在您的任务列表中查看进展。",
  },
  "answer.correct": { en: "Correct it", "zh-CN": "修改" },
  "answer.show-result": { en: "Show the result", "zh-CN": "显示结果" },
  "answer.closes": {
    en: "{platform} closes this answer after {minutes} minutes. Press “Show the result” to check on it, now or later.",
    "zh-CN": "{platform} 会在 {minutes} 分钟后关闭此回复。点击“显示结果”可随时查看进展。",
  },
  "answer.files-below": { en: "The files are in the thread below.", "zh-CN": "文件在下方的消息列中。" },
  "answer.result-below": { en: "The result is in a message below.", "zh-CN": "结果在下方的消息中。" },
  "answer.result-direct": { en: "The result was sent as a direct message.", "zh-CN": "结果已通过私信发送。" },
  "answer.goes-on-below": { en: "It continues in a message below.", "zh-CN": "后续见下方的消息。" },
  "answer.goes-on-direct": { en: "It continues in a direct message.", "zh-CN": "后续已通过私信发送。" },
  "answer.open-result": { en: "Go to the result", "zh-CN": "查看结果" },
  "answer.open-request": { en: "Go to the request", "zh-CN": "查看请求" },
} as const satisfies Record<string, LocalizedText>;
