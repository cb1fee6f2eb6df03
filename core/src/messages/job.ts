import type { LocalizedText } from "../ground/locale.ts";

/** What is said about jobs: their phases, their timeline, the buttons. */
export const jobMessages = {
  "job.queued": { en: "Accepted: {tool}. It starts in a moment.", "zh-CN": "已受理：{tool}，马上开始。" },
  "job.finishing": { en: "{tool}: finished; the result is on its way.", "zh-CN": "{tool}：已生成，结果即将送达。" },
  "job.going-on": { en: "{tool}: continuing in a moment.", "zh-CN": "{tool}：马上继续。" },
  "job.queued-next": {
    en: "Accepted: {tool}. {provider} is busy; you are next.",
    "zh-CN": "已受理：{tool}。{provider} 正忙，下一个就是您的任务。",
  },
  "job.queued-behind": {
    en: "Accepted: {tool}. {provider} is busy; {ahead} ahead of you.",
    "zh-CN": "已受理：{tool}。{provider} 正忙，前面还有 {ahead} 个任务。",
  },
  "job.queued-again": {
    en: "{tool}: not started yet. It will be retried automatically.",
    "zh-CN": "{tool}：尚未开始，将自动重试。",
  },
  "job.starting": { en: "{tool}: being sent to {provider}.", "zh-CN": "{tool}：正在提交给 {provider}。" },
  "job.running": { en: "{tool}: {provider} is working on it.", "zh-CN": "{tool}：{provider} 正在处理。" },
  "job.running-queued": { en: "{tool}: waiting in {provider}'s queue.", "zh-CN": "{tool}：正在 {provider} 排队。" },
  "job.step-of": { en: "Step {number} of {total}: {title}", "zh-CN": "第 {number} 步，共 {total} 步：{title}" },
  "job.elapsed": { en: "{elapsed} so far", "zh-CN": "已用时 {elapsed}" },
  "job.estimate": {
    en: "{elapsed} so far; usually {usual} (estimate)",
    "zh-CN": "已用时 {elapsed}，通常约 {usual}（估计值）",
  },
  "job.succeeded": { en: "Done: {tool}", "zh-CN": "已完成：{tool}" },
  "job.part-cut-off": {
    en: "Toolcast stopped before it was stored.",
    "zh-CN": "程序在保存该内容之前已终止。",
  },
  "job.part-missing": {
    en: "{count} of the results you asked for could not be made: {reason}",
    "zh-CN": "其中 {count} 项未能生成：{reason}",
  },
  "job.succeeded-cancelled": {
    en: "It was cancelled, but {provider} could no longer stop it. Here is the result.",
    "zh-CN": "此任务已被取消，但 {provider} 无法中途停止。以下是生成的结果。",
  },
  "job.failed": { en: "Failed: {tool}", "zh-CN": "未完成：{tool}" },
  "job.cancelled": { en: "Cancelled: {tool}", "zh-CN": "已取消：{tool}" },
  "job.cancelled-before-start": {
    en: "Nothing was started and nothing was charged.",
    "zh-CN": "尚未开始，未产生费用。",
  },
  "job.cancelled-after-steps": {
    en: "What was already finished is kept; the rest was not started.",
    "zh-CN": "已完成的部分会保留，其余步骤没有开始。",
  },
  "job.cancelled-at-vendor": {
    en: "{provider} stopped it before it was done. What was finished before that is kept.",
    "zh-CN": "{provider} 已在完成前停止该任务，此前完成的部分会保留。",
  },
  "job.cancel-goes-on": {
    en: "{provider} cannot stop work it has started. It continues in the background; the result will be kept for you.",
    "zh-CN": "{provider} 无法停止已开始的任务。任务会继续在后台进行，结果会为您保留。",
  },
  "job.stopped": {
    en: "Stopped. This is what had arrived; the tokens of the question and of the answer so far are charged all the same.",
    "zh-CN": "已停止，以下是已收到的部分。提问和已生成内容的 token 仍会计费。",
  },
  "job.stopped-at-once": {
    en: "Stopped before anything arrived. The tokens of the question are charged all the same.",
    "zh-CN": "已停止，尚未收到内容。提问的 token 仍会计费。",
  },
  "job.partial": {
    en: "Incomplete: this had arrived before it broke off.",
    "zh-CN": "内容不完整：以下是中断前已收到的部分。",
  },
  "job.cancel-noted": { en: "Your request to cancel has been noted.", "zh-CN": "已记录您的取消请求。" },
  "job.held": { en: "Waiting for a decision: {tool}", "zh-CN": "等待确认：{tool}" },
  "job.unresolved": { en: "Unclear: {tool}", "zh-CN": "结果不明：{tool}" },
  "job.unresolved-advice": {
    en: "It is not restarted automatically, because it could be charged twice: decide whether to start it again.",
    "zh-CN": "为避免重复扣费，系统不会自动重新开始，请决定是否重新开始。",
  },
  "job.unresolved-evidence-both": {
    en: "Evidence that {provider} offers: the account's balance and its list of work. Operators see both here.",
    "zh-CN": "{provider} 可提供的依据：账户余额和任务记录，管理员可在此查看。",
  },
  "job.unresolved-evidence-balance": {
    en: "Evidence that {provider} offers: the account's balance. Operators see it here.",
    "zh-CN": "{provider} 可提供的依据：账户余额，管理员可在此查看。",
  },
  "job.unresolved-evidence-records": {
    en: "Evidence that {provider} offers: its list of work. Operators see it here.",
    "zh-CN": "{provider} 可提供的依据：任务记录，管理员可在此查看。",
  },
  "job.unresolved-no-evidence": {
    en: "{provider} offers no evidence about it here. An operator can look in the vendor's own console.",
    "zh-CN": "{provider} 不提供可在此查询的依据，管理员可到服务商自己的控制台查看。",
  },
  "job.unresolved-looks": {
    en: "Toolcast keeps asking {provider} about it for about two days; if a result arrives, it is delivered here.",
    "zh-CN": "Toolcast 会在约两天内继续向 {provider} 查询，如有结果会送达此处。",
  },
  "job.further": { en: "Late result: {tool}", "zh-CN": "迟到的结果：{tool}" },
  "job.further-reason": {
    en: "{provider} has finished work that was started at {at} and whose outcome had been unclear.",
    "zh-CN": "{provider} 已完成 {at} 的一次提交，此前结果不明。",
  },
  "job.check-trouble": { en: "Toolcast keeps trying.", "zh-CN": "Toolcast 会继续重试。" },
  "job.provider-instead": {
    en: "{first} could not start it, so {provider} did it.",
    "zh-CN": "{first} 未能开始，由 {provider} 完成。",
  },
  "job.cut-off": {
    en: "The program stopped while {provider} was being asked. It is not known whether it started or was charged.",
    "zh-CN": "向 {provider} 提交时程序中断，无法确定任务是否已开始、是否扣费。",
  },
  "job.start-not-made": {
    en: "The program shut down before anything was sent to {provider}.",
    "zh-CN": "程序正在退出，未向 {provider} 提交。",
  },
  "job.overdue": {
    en: "{provider} has not finished after {limit}.",
    "zh-CN": "已超过 {limit}，{provider} 仍未完成。",
  },
  "job.overdue-trouble": {
    en: "{provider} gave no result within {limit}. The last error: {reason}",
    "zh-CN": "{limit} 内未能从 {provider} 取得结果。最近一次错误：{reason}",
  },
  "job.not-now": {
    en: "That is no longer possible: the job has moved on.",
    "zh-CN": "操作已失效：任务状态已变化。",
  },
  "job.not-found": {
    en: "There is no job {id}, or it is not yours.",
    "zh-CN": "没有编号为 {id} 的任务，或它不属于您。",
  },
  "job.key-taken": {
    en: "This key belongs to another request, job {id}. Use a new key for a new request.",
    "zh-CN": "此幂等键已用于另一个请求（任务 {id}）。新的请求请使用新的幂等键。",
  },
  "job.record-removed": {
    en: "This request ended as job {id}, whose record was deleted by its owner or after its time. Nothing was started again; to repeat it, make a new request.",
    "zh-CN":
      "此请求已作为任务 {id} 结束，其记录已由所有者删除，或已过保留期。没有重新启动；如需再做一次，请提交新的请求。",
  },
  "job.already": {
    en: "This request was received before; this is its current state.",
    "zh-CN": "该请求此前已收到，当前状态如下。",
  },
  "job.hold.consent": {
    en: "A copy of a voice may only be made with its owner's permission. Confirm that this is your voice or that you have that permission. Who confirmed, when and for which recording is kept.",
    "zh-CN": "克隆声音须经声音本人许可。请确认这是您本人的声音，或您已获得授权。确认人、时间和所用录音都会留档。",
  },
  "job.hold.price": {
    en: "Please check the price. Nothing starts until you agree.",
    "zh-CN": "请先确认价格，同意后才会开始。",
  },
  "job.sandbox": {
    en: "This was made by the sandbox: an example, not a vendor's work, and no vendor charged anything.",
    "zh-CN": "这是沙箱生成的示例，并非服务商的真实结果，也没有服务商扣费。",
  },
  "quote.title": { en: "Nothing was started. This would be: {tool}", "zh-CN": "尚未开始。将执行：{tool}" },
  "quote.asks": { en: "Start this? {tool}", "zh-CN": "是否开始？{tool}" },
  "quote.price-later": { en: "known once the files are fetched", "zh-CN": "下载文件后可知" },
  "quote.reads": {
    en: "This costs nothing and starts nothing: just use it.",
    "zh-CN": "此操作不收费，也不会开始任务，直接使用即可。",
  },
  "job.hold.too-large-audio": {
    en: "This will last about {length}, too long to be sent here even as a small MP3 ({limit} can be sent). It would be kept, and an operator could open it in the web console. Nothing starts until you agree.",
    "zh-CN":
      "生成的音频约 {length}，即使压缩为 MP3 也会超过此处可发送的 {limit}。结果会保存，管理员可在网页控制台打开。同意后才会开始。",
  },
  "job.hold.too-large-video": {
    en: "This will last about {length} and will probably be larger than the {limit} that can be sent here. It would be kept, and an operator could open it in the web console. Nothing starts until you agree.",
    "zh-CN":
      "生成的视频约 {length}，很可能超过此处可发送的 {limit}。结果会保存，管理员可在网页控制台打开。同意后才会开始。",
  },
  "job.hold.budget-person": {
    en: "You have reached your daily limit of {max} paid starts. An operator can let this one through, or you can try again tomorrow.",
    "zh-CN": "您今天的 {max} 次付费额度已用完。管理员可以放行此任务，您也可以明天再试。",
  },
  "job.hold.budget-total": {
    en: "Today's limit of {max} paid starts for everybody has been reached. An operator can let this one through, or you can try again tomorrow.",
    "zh-CN": "今天全员共 {max} 次的付费额度已用完。管理员可以放行此任务，您也可以明天再试。",
  },
  "job.hold.parked": {
    en: "It needs {missing}, which is not available here at the moment. It continues once that is back.",
    "zh-CN": "此任务需要 {missing}，目前此处不可用，恢复后会继续。",
  },
  "job.hold.set-aside": {
    en: "{times} times in a row, the process that worked on this was cut off. It was set aside so that it does not stop other work. An operator can let it be tried again; nothing more has started meanwhile.",
    "zh-CN":
      "处理此任务的进程已连续 {times} 次中断。为避免影响其他任务，此任务已被搁置，期间没有开始新的付费请求。管理员可以放行，让它再试一次。",
  },
  "job.set-aside": {
    en: "{times} times in a row, the process that looked at this work at {provider} was cut off. It was set aside so that it does not stop other work. {provider} may have finished it.",
    "zh-CN":
      "查看 {provider} 上这项工作的进程已连续 {times} 次中断。为避免影响其他任务，此任务已被搁置。{provider} 可能已经完成这项工作。",
  },
  "job.delivery-set-aside": {
    en: "{times} times in a row, the process that delivered it was cut off",
    "zh-CN": "送达它的进程已连续 {times} 次中断",
  },
  "job.hold.newer-format": {
    en: "A newer version of Toolcast stored this job: its record has format {format}, and this program reads up to {known}. It continues there, or here once this program is updated.",
    "zh-CN":
      "此任务由更新版本的 Toolcast 保存：记录格式为 {format}，本程序只支持到 {known}。任务会在新版本中继续，或在本程序升级后继续。",
  },
  "job.newer-format": {
    en: "A newer version of Toolcast stored this job. Decide about it there, or update this program.",
    "zh-CN": "此任务由更新版本的 Toolcast 保存。请在新版本中操作，或先升级本程序。",
  },
  "job.charged.yes": { en: "charged", "zh-CN": "已扣费" },
  "job.charged.before": {
    en: "this step was not; the steps before it were",
    "zh-CN": "此步骤未扣费，之前的步骤已扣费",
  },
  "job.charged.before-unknown": {
    en: "this step was not; the vendor's bill shows whether the steps before it were",
    "zh-CN": "此步骤未扣费，之前的步骤是否扣费以服务商账单为准",
  },
  "job.charged.no": { en: "not charged", "zh-CN": "未扣费" },
  "job.charged.unknown": {
    en: "unknown: the vendor's bill shows it",
    "zh-CN": "不确定，以服务商账单为准",
  },
  "job.charged.open": {
    en: "not known yet: work that has started may still be charged",
    "zh-CN": "尚不确定，已开始的部分仍可能扣费",
  },
  "job.field.job": { en: "Job", "zh-CN": "任务编号" },
  "job.field.provider": { en: "Provider", "zh-CN": "服务商" },
  "job.field.price": { en: "Price", "zh-CN": "价格" },
  "job.field.cost": { en: "Cost", "zh-CN": "费用" },
  "job.field.charged": { en: "Charged", "zh-CN": "是否扣费" },
  "job.field.code": { en: "Vendor's code", "zh-CN": "错误码" },
  "job.field.words": { en: "Vendor's message", "zh-CN": "服务商原文" },
  "job.field.request": { en: "Request id", "zh-CN": "请求编号" },
  "job.field.actor": { en: "Who can fix it", "zh-CN": "由谁处理" },
  "job.field.next": { en: "What to do", "zh-CN": "处理建议" },
  "job.next.again": {
    en: "It will not be sent again automatically. Ask again in a while.",
    "zh-CN": "系统不再自动重试，请稍后重新发起。",
  },
  "job.field.input": { en: "Input at fault", "zh-CN": "有误的参数" },
  "job.field.task": { en: "Vendor's task", "zh-CN": "服务商任务编号" },
  "job.field.asked-at": { en: "Request sent at", "zh-CN": "请求时间" },
  "job.field.balance-before": { en: "Balance before", "zh-CN": "此前余额" },
  "job.field.records": { en: "Listed by the vendor since", "zh-CN": "此后服务商侧的记录" },
  "job.records-none": { en: "nothing", "zh-CN": "无" },
  "job.records-not-covered": {
    en: "unknown: the vendor's list does not cover this kind of work",
    "zh-CN": "无从查看：服务商的记录不包含此类任务",
  },
  "job.records-only-others": {
    en: "only work of other jobs ({count})",
    "zh-CN": "只有其他任务的记录（{count} 条）",
  },
  "job.records-of-others": {
    en: "{count} more from other jobs",
    "zh-CN": "另有 {count} 条属于其他任务",
  },
  "job.records-more": { en: "{count} more", "zh-CN": "另有 {count} 条" },
  "job.records-own": { en: "this job", "zh-CN": "即本任务" },
  "job.field.alongside": { en: "Other jobs at this vendor meanwhile", "zh-CN": "同期在该服务商的其他任务" },
  "job.alongside": {
    en: "{jobs} (the figures above may be theirs)",
    "zh-CN": "{jobs}（以上数据可能与其有关）",
  },
  "job.alongside-more": {
    en: "{jobs} and {count} more (the figures above may be theirs)",
    "zh-CN": "{jobs} 等，另有 {count} 个（以上数据可能与其有关）",
  },
  "job.field.balance-now": { en: "Balance now", "zh-CN": "当前余额" },
  "job.field.state": { en: "State", "zh-CN": "状态" },
  "job.field.time": { en: "Time taken", "zh-CN": "用时" },
  "job.field.reason": { en: "Reason", "zh-CN": "原因" },
  "job.field.delivery": { en: "Delivery", "zh-CN": "送达情况" },
  "unit.points": { en: "points", "zh-CN": "点" },
  "unit.points.one": { en: "point", "zh-CN": "点" },
  "unit.images": { en: "pictures", "zh-CN": "张图片" },
  "unit.images.one": { en: "picture", "zh-CN": "张图片" },
  "unit.seconds": { en: "seconds", "zh-CN": "秒" },
  "unit.seconds.one": { en: "second", "zh-CN": "秒" },
  "unit.characters": { en: "characters", "zh-CN": "字符" },
  "unit.characters.one": { en: "character", "zh-CN": "字符" },
  "unit.voices": { en: "voices", "zh-CN": "个音色" },
  "unit.voices.one": { en: "voice", "zh-CN": "个音色" },
  "unit.tokens": { en: "tokens", "zh-CN": "tokens" },
  "job.amount": { en: "{amount} {unit}", "zh-CN": "{amount} {unit}" },
  "job.price-unknown": { en: "not known in advance: {dependsOn}", "zh-CN": "无法预知：{dependsOn}" },
  "job.price-at-most": { en: "at most {amount}", "zh-CN": "最多 {amount}" },
  "job.price-in-units": {
    en: "its steps are charged in different units: {amounts}",
    "zh-CN": "各步骤的计费单位不同：{amounts}",
  },
  "job.actor.user": { en: "you", "zh-CN": "您本人" },
  "job.actor.operator": { en: "an operator", "zh-CN": "管理员" },
  "job.actor.vendor": { en: "the vendor", "zh-CN": "服务商" },
  "job.actor.nobody": { en: "nobody needs to act", "zh-CN": "无需处理" },
  "job.phase.held": { en: "waiting for a decision", "zh-CN": "等待确认" },
  "job.phase.queued": { en: "queued", "zh-CN": "排队中" },
  "job.phase.starting": { en: "starting", "zh-CN": "提交中" },
  "job.phase.running": { en: "running", "zh-CN": "处理中" },
  "job.phase.succeeded": { en: "done", "zh-CN": "已完成" },
  "job.phase.failed": { en: "failed", "zh-CN": "失败" },
  "job.phase.cancelled": { en: "cancelled", "zh-CN": "已取消" },
  "job.phase.unresolved": { en: "unclear", "zh-CN": "结果不明" },
  "job.delivery.undelivered": {
    en: "finished, but it could not be posted; it is kept here",
    "zh-CN": "已生成，但未能发送到会话，结果保留在此",
  },
  "action.cancel": { en: "Cancel", "zh-CN": "取消" },
  "action.stop": { en: "Stop", "zh-CN": "停止" },
  "action.again": { en: "Again", "zh-CN": "再来一次" },
  "action.change": { en: "Change", "zh-CN": "修改" },
  "action.confirm-consent": { en: "I have permission", "zh-CN": "我确认已获授权" },
  "action.release": { en: "Let it through", "zh-CN": "放行" },
  "action.agree-price": { en: "Agree", "zh-CN": "同意" },
  "action.start-this": { en: "Start this", "zh-CN": "开始执行" },
  "action.start-again": { en: "Start again (may cost twice)", "zh-CN": "重新开始（可能重复扣费）" },
  "action.look-again": { en: "Check again", "zh-CN": "再查一次" },
  "action.leave": { en: "Leave it", "zh-CN": "不再处理" },
  "action.explain": { en: "Explain the code", "zh-CN": "解释错误码" },
  "action.details": { en: "Timeline", "zh-CN": "查看过程" },
  "action.share": { en: "Share with everybody", "zh-CN": "共享给所有人" },
  "action.unshare": { en: "Stop sharing", "zh-CN": "取消共享" },
  "action.ask-more": { en: "Ask more about it", "zh-CN": "继续追问" },
  "action.speak": { en: "{tool} with it", "zh-CN": "用它进行{tool}" },
  "action.speak-with": { en: "{tool} with “{name}”", "zh-CN": "用“{name}”进行{tool}" },
  "action.use-which": { en: "No. {number}: {name}", "zh-CN": "第 {number} 个：{name}" },
  "action.use-in": { en: "Use: {tool}", "zh-CN": "用于：{tool}" },
  "person.you": { en: "you", "zh-CN": "您" },
  "timeline.created": { en: "Requested by {by}", "zh-CN": "{by} 提出请求" },
  "timeline.prepared": { en: "Files fetched and checked", "zh-CN": "文件已获取并校验" },
  "timeline.released": { en: "Approved by {by}", "zh-CN": "{by} 已确认" },
  "timeline.dispatched": { en: "Sending step “{step}” to the vendor", "zh-CN": "正在向服务商提交步骤“{step}”" },
  "timeline.operation-begun": {
    en: "The vendor has started ({reference})",
    "zh-CN": "服务商已开始处理（{reference}）",
  },
  "timeline.start-unanswered": {
    en: "No clear answer yet ({reason}). The vendor is asked again with the same key, under which it starts and charges only once.",
    "zh-CN": "尚无明确答复（{reason}）。将以同一幂等键再次请求服务商，同一幂等键只会开始并扣费一次。",
  },
  "timeline.text-grew": { en: "Part of the text has arrived", "zh-CN": "已收到部分文本" },
  "timeline.step-done": { en: "Step “{step}” is done", "zh-CN": "步骤“{step}”已完成" },
  "timeline.step-done-charged": {
    en: "Step “{step}” is done; charged {amount} {unit}",
    "zh-CN": "步骤“{step}”已完成，扣费 {amount} {unit}",
  },
  "job.provider-rests": {
    en: "{provider} has failed to answer several times in a row and will not be asked again until {until}.",
    "zh-CN": "{provider} 连续多次没有响应，暂停使用至 {until}。",
  },
  "timeline.provider-changed": {
    en: "{from} did not start it: {reason} Trying {to} instead",
    "zh-CN": "{from} 未能开始：{reason}改由 {to} 处理",
  },
  "timeline.waited": {
    en: "No free slot at the provider; {ahead} ahead of it",
    "zh-CN": "服务商暂无空位，前面还有 {ahead} 个任务",
  },
  "timeline.result-made": { en: "The vendor has finished; copying the result", "zh-CN": "服务商已生成，正在转存结果" },
  "timeline.progressed": { en: "Checked with the vendor: not finished yet", "zh-CN": "已查询：尚未完成" },
  "timeline.finished": { en: "Finished", "zh-CN": "全部完成" },
  "timeline.cancel-wished": { en: "{by} asked to cancel", "zh-CN": "{by} 请求取消" },
  "timeline.vendor-stopped": { en: "The vendor has stopped it", "zh-CN": "服务商已停止" },
  "timeline.vendor-goes-on": { en: "The vendor cannot stop it; it continues", "zh-CN": "服务商无法停止，任务继续" },
  "timeline.started-again": { en: "{by} decided to start again", "zh-CN": "{by} 决定重新开始" },
  "timeline.looked-again": { en: "{by} asked to check again", "zh-CN": "{by} 要求再次查询" },
  "timeline.left": { en: "{by} decided to leave it", "zh-CN": "{by} 决定不再处理" },
  "timeline.looked-in-vain": {
    en: "Asked the vendor about an unclear start: no outcome yet",
    "zh-CN": "已向服务商查询结果不明的提交：尚无结果",
  },
  // The delivery routes, under the names in stored sentences.
  "rung.edit": { en: "in the first answer", "zh-CN": "更新首条回复" },
  "rung.post": { en: "as a message", "zh-CN": "发送消息" },
  "rung.direct": { en: "as a direct message", "zh-CN": "发送私信" },
  "timeline.delivered": { en: "Delivered ({rung})", "zh-CN": "已送达（{rung}）" },
  "timeline.delivery-trouble": { en: "Could not be delivered: {reason}", "zh-CN": "未能送达：{reason}" },
  "timeline.kept": { en: "Kept for the person who asked", "zh-CN": "已保留，等待请求者查看" },
  "failure.internal": {
    en: "Something went wrong on our side. An operator can find the cause in the log.",
    "zh-CN": "系统内部出错，管理员可在日志中查到原因。",
  },
} as const satisfies Record<string, LocalizedText>;
