import type { LocalizedText } from "../ground/locale.ts";
import { dashscopeMessages } from "./dashscope.ts";

/** What is said about vendors and what they answer. */
export const providerMessages = {
  ...dashscopeMessages,
  "provider.size-form": {
    en: "Give the size as width x height in pixels, e.g. 1024x1024; {actual} is not valid.",
    "zh-CN": "尺寸须写作“宽×高”（像素），例如 1024x1024，当前为 {actual}。",
  },
  "provider.refused": {
    en: "{provider} refused: {meaning}",
    "zh-CN": "{provider} 拒绝了请求：{meaning}",
  },
  "provider.refused-unknown-code": {
    en: "{provider} refused with code {code}, which is not in its documentation.",
    "zh-CN": "{provider} 返回了文档中没有的错误码 {code}。",
  },
  "provider.refused-status": {
    en: "{provider} refused the request (HTTP {status}) without a code of its own. Nothing was started.",
    "zh-CN": "{provider} 拒绝了请求（HTTP {status}），未给出错误码，任务没有开始。",
  },
  "provider.too-many-now": {
    en: "{provider} accepts no more requests right now (HTTP 429). Nothing was started.",
    "zh-CN": "{provider} 暂时不再接受更多请求（HTTP 429），任务没有开始。",
  },
  "provider.unreachable": {
    en: "{provider} could not be reached ({reason}). Nothing was sent.",
    "zh-CN": "无法连接 {provider}（{reason}），请求未发出。",
  },
  "provider.no-answer": {
    en: "{provider} was asked, but sent no readable answer ({reason}). It is not known whether it started or was charged.",
    "zh-CN": "已向 {provider} 发出请求，但没有收到可读的响应（{reason}），无法确定任务是否已开始、是否扣费。",
  },
  "provider.not-readable-now": {
    en: "{provider} cannot be asked right now ({reason}).",
    "zh-CN": "暂时无法查询 {provider}（{reason}）。",
  },
  "provider.ended-without-result": {
    en: "{provider} says it has finished, but gives no result.",
    "zh-CN": "{provider} 表示任务已完成，但没有给出结果。",
  },
  "provider.operation-failed": {
    en: "{provider} could not finish: {message}",
    "zh-CN": "{provider} 未能完成：{message}",
  },
  "provider.reason.connect": { en: "no connection", "zh-CN": "无法建立连接" },
  "provider.reason.timeout": { en: "no answer in time", "zh-CN": "等待响应超时" },
  "provider.reason.reset": { en: "the connection broke", "zh-CN": "连接中断" },
  "provider.reason.too-large": { en: "the answer was too large", "zh-CN": "响应内容过大" },
  "provider.reason.blocked": { en: "its address is not allowed here", "zh-CN": "此处不允许访问该地址" },
  "provider.reason.cancelled": { en: "stopped on our side", "zh-CN": "已在本机中止" },
  "provider.reason.protocol": { en: "the answer was not valid HTTP", "zh-CN": "响应不符合 HTTP 协议" },
  "provider.reason.unreadable": { en: "the answer could not be read", "zh-CN": "响应内容无法解析" },
  "provider.reason.incomplete": { en: "the answer lacks its result", "zh-CN": "响应中缺少结果" },
  "provider.no-reason-given": { en: "no reason given", "zh-CN": "对方未说明原因" },
  "provider.text-empty": { en: "The text is empty.", "zh-CN": "文本内容为空。" },
  "provider.text-too-long": {
    en: "{provider} accepts at most {limit} characters here; this has {actual}.",
    "zh-CN": "{provider} 在此最多接受 {limit} 个字符，当前为 {actual} 个。",
  },
  "provider.too-many-tokens": {
    en: "{provider} accepts at most {limit} tokens here; this has about {actual}.",
    "zh-CN": "{provider} 在此最多接受 {limit} 个 token，当前约为 {actual} 个。",
  },
  "provider.field-not-offered": {
    en: "{provider} does not offer “{field}”. Leave it out, or choose another provider.",
    "zh-CN": "{provider} 不支持“{field}”。请去掉该项，或换用其他服务商。",
  },
  "provider.sees-no-pictures": {
    en: "{model} of {provider} sees no pictures. Ask without one, or choose another provider.",
    "zh-CN": "{provider} 的 {model} 不支持图片。请去掉图片，或换用其他服务商。",
  },
  "provider.size-not-offered": {
    en: "{provider} does not make pictures of size {actual}. Choose one of {sizes}.",
    "zh-CN": "{provider} 不支持尺寸 {actual}，可选尺寸：{sizes}。",
  },
  "provider.ratio-range": {
    en: "“{field}” must be from {min} to {max}; it is {actual}.",
    "zh-CN": "“{field}”须在 {min} 到 {max} 之间，当前为 {actual}。",
  },
  "provider.ratio-positive": {
    en: "“{field}” must be a number greater than 0.",
    "zh-CN": "“{field}”须为大于 0 的数。",
  },
  "provider.avatar.nothing-to-say": {
    en: "Give a text to speak, or a video together with a text or a recording.",
    "zh-CN": "请提供要朗读的文本，或提供视频并配上文本或录音。",
  },
  "provider.avatar.video-needs-words": {
    en: "The person in the video has nothing to say: add a text or a recording.",
    "zh-CN": "视频中的人物没有可说的内容：请补充文本或录音。",
  },
  "provider.avatar.audio-needs-video": {
    en: "A recording needs a video of the person who will speak it.",
    "zh-CN": "使用录音时，还需提供说话人的视频。",
  },
  "provider.avatar.audio-and-text": {
    en: "Give either a recording or a text, not both.",
    "zh-CN": "录音与文本只能二选一。",
  },
  "provider.cross-language-lite-only": {
    en: "{provider} offers other languages only with LITE voices; this voice is PRO.",
    "zh-CN": "{provider} 仅 LITE 版音色支持跨语言，当前音色为 PRO 版。",
  },
  "provider.voice-missing": { en: "Choose the voice that should speak.", "zh-CN": "请指定要使用的音色。" },
  "provider.voice-quota-used-up": {
    en: "The {provider} account has used all its {tier} voices ({used} of {total}). Nothing was sent. An operator can buy more, or an existing voice can be trained again.",
    "zh-CN":
      "{provider} 账号的 {tier} 版音色名额已用完（已用 {used} 个，共 {total} 个），请求未发出。可由管理员增购音色，或对已有音色重新训练。",
  },
  "provider.quota.voice-lite": { en: "cloned voices, LITE", "zh-CN": "LITE 版音色" },
  "provider.quota.voice-pro": { en: "cloned voices, PRO", "zh-CN": "PRO 版音色" },
  "provider.doctor.openai-model": {
    en: "{host} accepts the key and offers {model}.",
    "zh-CN": "{host} 接受该密钥，并提供 {model}。",
  },
  "provider.doctor.openai-no-model": {
    en: "{host} accepts the key but does not list {model}. Check OPENAI_MODEL.",
    "zh-CN": "{host} 接受该密钥，但其列表中没有 {model}，请核对 OPENAI_MODEL。",
  },
  "provider.price.spark-image-understanding": {
    en: "Charged in tokens by the size of the picture and the length of question, answer and what was said before.",
    "zh-CN": "按 token 计费，取决于图片大小以及问题、回答和历史问答的长度。",
  },
  "provider.price.xjc-video": {
    en: "Charged in points by the length of the result; the rate depends on the AI-XJC plan.",
    "zh-CN": "按成品时长扣除积分，单价取决于 AI-XJC 套餐。",
  },
  "provider.price.xjc-voice": {
    en: "A new voice uses one of the voices included in the AI-XJC plan; retraining one counts towards its ten trainings.",
    "zh-CN": "新音色会占用 AI-XJC 套餐中的一个音色名额；重新训练计入该音色的十次训练上限。",
  },
  "provider.price.xjc-voice-quota": {
    en: "A new voice uses one of the {tier} voices of your plan with AI-XJC: {used} of {total} are used.",
    "zh-CN": "新音色会占用 AI-XJC 套餐中的一个 {tier} 音色名额：已用 {used} 个，共 {total} 个。",
  },
  "provider.price.xjc-speech": {
    en: "The price of speech is not published; it depends on the AI-XJC plan.",
    "zh-CN": "语音合成的价格未公开，取决于 AI-XJC 套餐。",
  },
  "provider.setting.token-prices": {
    en: '{variable} must be a JSON object of model names with prompt, completion and unit, e.g. {"MODEL": {"prompt": 1, "completion": 4, "unit": "USD"}} for 1,000,000 tokens each.',
    "zh-CN":
      '{variable} 须为 JSON 对象，按模型名写明 prompt、completion（每百万 token）与单位，例如 {"MODEL": {"prompt": 1, "completion": 4, "unit": "USD"}}。',
  },
  "provider.setting.xjc-prices": {
    en: '{variable} must be a JSON object of video, lite-speech and pro-speech, or some of them, with amount and unit, e.g. {"video": {"amount": 1, "unit": "points"}}.',
    "zh-CN":
      '{variable} 须为 JSON 对象，可含 video、lite-speech、pro-speech，各写明金额与单位，例如 {"video": {"amount": 1, "unit": "points"}}。',
  },
  "provider.setting.missing": {
    en: "{variable} is not set.",
    "zh-CN": "未设置 {variable}。",
  },
  "provider.setting.number": {
    en: "{variable} must be a number {range}.",
    "zh-CN": "{variable} 须为{range}的数。",
  },
  "provider.setting.whole-number": {
    en: "{variable} must be a whole number {range}.",
    "zh-CN": "{variable} 须为{range}的整数。",
  },
  "provider.setting.choice": {
    en: "{variable} must be one of: {choices}.",
    "zh-CN": "{variable} 须为以下之一：{choices}。",
  },
  "provider.setting.address": {
    en: "{variable} must be an http or https address without user, query or fragment, e.g. {example}.",
    "zh-CN": "{variable} 须为不含用户名、查询参数和片段的 http 或 https 地址，例如 {example}。",
  },
  "provider.setting.extra": {
    en: "{variable} must be a JSON object of plain values, e.g. {example}, and must not contain: {reserved}.",
    "zh-CN": "{variable} 须为由简单值组成的 JSON 对象，例如 {example}，且不得包含：{reserved}。",
  },
  "provider.doctor.spark-keys": {
    en: "Spark accepted the signature: key and secret are right. (Checked with an incomplete request, which costs nothing.)",
    "zh-CN": "星火已通过签名校验：APIKey 与 APISecret 正确（以不完整的请求验证，不产生费用）。",
  },
  "provider.doctor.spark-unproved": {
    en: "Whether this app may make pictures, and how many points are left, cannot be checked for free. See the iFlytek console.",
    "zh-CN": "该应用是否已开通图片生成、剩余多少点数，不产生费用无法验证，请到讯飞开放平台控制台查看。",
  },
  "provider.doctor.clock": {
    en: "This machine's clock is off by {skew}. Requests to {provider} are corrected for it; please set the clock.",
    "zh-CN": "本机时钟偏差 {skew}。发往 {provider} 的请求已自动校正，请尽快校准时钟。",
  },
  "provider.doctor.refused": {
    en: "{provider} refused ({code}): {meaning} {remedy}",
    "zh-CN": "{provider} 拒绝了请求（{code}）：{meaning}{remedy}",
  },
  "provider.doctor.unexpected": {
    en: "{provider} gave an unexpected answer ({code}), so the keys could not be verified.",
    "zh-CN": "{provider} 返回了意外的响应（{code}），无法确认密钥是否正确。",
  },
  "provider.doctor.xjc-keys": {
    en: "AI-XJC issued a token: access key and secret key are right.",
    "zh-CN": "AI-XJC 已签发 token：AccessKey 与 SecretKey 正确。",
  },
  "provider.doctor.xjc-balance": {
    en: "Balance: {amount} points; voices used: LITE {liteUsed} of {liteTotal}, PRO {proUsed} of {proTotal}.",
    "zh-CN": "余额：{amount} 积分；已用音色：LITE {liteUsed}/{liteTotal}，PRO {proUsed}/{proTotal}。",
  },
  "provider.doctor.xjc-documentation-host": {
    en: "XJC_BASE_URL is {host}, the host of the documentation. It works, but may not be meant for production: ask the vendor for the production address.",
    "zh-CN": "XJC_BASE_URL 指向文档站 {host}。该地址可用，但未必适合生产环境，请向服务商索取正式地址。",
  },
  "provider.doctor.not-encrypted": {
    en: "{variable} is not https: anything sent to {host} can be read in transit.",
    "zh-CN": "{variable} 不是 https 地址：发往 {host} 的内容可能在传输中被窃取。",
  },
} as const satisfies Record<string, LocalizedText>;
