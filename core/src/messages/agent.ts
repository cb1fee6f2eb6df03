import type { LocalizedText } from "../ground/locale.ts";

/** What is said to programs and their models in addition to what people read. */
export const agentMessages = {
  "agent.next": { en: "Next", "zh-CN": "下一步" },
  "agent.code": { en: "Code", "zh-CN": "错误码" },
  "agent.charged": { en: "Charged", "zh-CN": "是否扣费" },
  "agent.repeat": { en: "Repeat", "zh-CN": "能否重试" },
  "agent.look-again": {
    en: "not finished. Call {look} with {field} {job} in about {seconds} s; it waits for the end. Do not order it again.",
    "zh-CN": "尚未完成。约 {seconds} 秒后以 {field} {job} 调用 {look}，它会等待任务结束。请勿重复提交。",
  },
  "agent.goes-on": {
    en: "it continues by itself, and its result is kept. Do not order it again.",
    "zh-CN": "任务会自行继续并保存结果，请勿重复提交。",
  },
  "agent.held": {
    en: "do not order it again: job {job} is waiting for approval ({reason}) from a person or the program. Cancelling it costs nothing.",
    "zh-CN": "请勿重复提交：任务 {job} 正在等待用户或程序同意（{reason}）；取消不产生费用。",
  },
  "agent.held-operator": {
    en: "an operator has to decide about job {job}; look again later. Do not order it again.",
    "zh-CN": "任务 {job} 须由管理员决定，请稍后查看，请勿重复提交。",
  },
  "agent.unresolved": {
    en: "do not order it again: it may be running, and may have been charged. Tell your user; an operator can look up job {job} in the console, see the evidence and decide.",
    "zh-CN": "请勿重复提交：任务可能仍在执行并已扣费。请告知用户；管理员可在控制台中以任务编号 {job} 查看依据并处理。",
  },
  "agent.use-media": {
    en: "the asset ids can be used in any media input.",
    "zh-CN": "资源编号可用于任意媒体参数。",
  },
  "agent.agree-first": {
    en: "a person or the program must agree first ({reason}); the call made nothing and cost nothing.",
    "zh-CN": "须先由用户或程序同意（{reason}）；本次调用未执行任何操作，也未扣费。",
  },
  "agent.repeat.never": { en: "no: the same call would fail again.", "zh-CN": "否，原样重试仍会失败。" },
  "agent.repeat.later": {
    en: "yes, later: nothing was started.",
    "zh-CN": "可以，请稍后重试，本次没有开始任何任务。",
  },
  "agent.repeat.after-change": { en: "yes, after correcting the input.", "zh-CN": "可以，请先修改参数。" },
  "agent.next.never": {
    en: "tell your user; do not repeat this call as it is.",
    "zh-CN": "请告知用户，不要原样重复调用。",
  },
  "agent.next.later": { en: "call again in a few minutes.", "zh-CN": "请几分钟后再次调用。" },
  "agent.next.after-change": { en: "correct {field} and call again.", "zh-CN": "请修改 {field} 后再次调用。" },
  "agent.the-input": { en: "the input", "zh-CN": "参数" },
} as const satisfies Record<string, LocalizedText>;
