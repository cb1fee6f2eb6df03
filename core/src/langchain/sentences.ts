import type { LocalizedText } from "../ground/locale.ts";

/** What a program's model is told besides the message itself. */
export const sentences = {
  readLater: {
    en: "It goes on by itself and stays in the store. Do not order it again: call {tool} with job {job} in about {seconds} s.",
    "zh-CN": "任务会自行继续并保存结果。请勿重复提交：约 {seconds} 秒后以任务编号 {job} 调用 {tool}。",
  },
  goesOn: {
    en: "It goes on by itself and stays in the store. Do not order it again.",
    "zh-CN": "任务会自行继续并保存结果，请勿重复提交。",
  },
  asset: {
    en: "{name} ({facts}): {id}. Use this id in any media input.",
    "zh-CN": "{name}（{facts}）：{id}，可作为任意媒体参数使用。",
  },
  link: { en: "{url} (until {until})", "zh-CN": "{url}（有效期至 {until}）" },
  code: { en: "Code", "zh-CN": "错误码" },
  charged: { en: "Charged", "zh-CN": "是否扣费" },
  next: { en: "Next", "zh-CN": "下一步" },
  again: {
    never: {
      en: "Do not repeat this call as it is.",
      "zh-CN": "请勿原样重复调用。",
    },
    later: {
      en: "The same call may succeed later.",
      "zh-CN": "稍后可再次调用。",
    },
    "after-change": {
      en: "Correct the input and call again.",
      "zh-CN": "请修改参数后重新调用。",
    },
    unresolved: {
      en: "Do not order it again: it may be at work and charged. A person must decide about job {job}.",
      "zh-CN": "请勿重复提交：任务可能仍在执行并已扣费，须由人工处理任务 {job}。",
    },
    held: {
      en: "Do not order it again: job {job} waits for a yes ({reason}), which a person or the program gives. Cancelling it costs nothing.",
      "zh-CN": "请勿重复提交：任务 {job} 正在等待用户或程序同意（{reason}）；取消不产生费用。",
    },
    "held-for-operator": {
      en: "Do not order it again: an operator has to decide about job {job}. Look again later.",
      "zh-CN": "请勿重复提交：任务 {job} 须由管理员决定，请稍后查看。",
    },
    agree: {
      en: "A person or the program must agree first ({reason}); the call made nothing and cost nothing.",
      "zh-CN": "须先由用户或程序同意（{reason}）；本次调用未执行任何操作，也未扣费。",
    },
  },
} as const satisfies Record<string, LocalizedText | Record<string, LocalizedText>>;
