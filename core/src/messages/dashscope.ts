import type { LocalizedText } from "../ground/locale.ts";

/** Sentences that only DashScope needs. */
export const dashscopeMessages = {
  "provider.dashscope.task-canceled": {
    en: "The task was cancelled at {provider} before it ran.",
    "zh-CN": "任务在 {provider} 开始处理前已被取消。",
  },
  "provider.dashscope.task-forgotten": {
    en: "{provider} does not know this task: it keeps tasks for 24 hours and shows them only to the account that started them. The account's bill shows what became of it and whether it was charged.",
    "zh-CN":
      "{provider} 查不到该任务（任务仅保留 24 小时，且只有提交它的账号可以查询）。任务结果及是否扣费，请以账单为准。",
  },
  "provider.dashscope.picture-unfit": {
    en: "{provider} cannot make this picture speak ({message}). Nothing was started. Use a clear picture of one person facing the camera.",
    "zh-CN": "{provider} 无法让这张图片说话（{message}），尚未开始生成。请换一张清晰的单人正面照。",
  },
  "provider.dashscope.upload-refused": {
    en: "The temporary storage of {provider} did not take your file ({reason}). Nothing was started. If it happens again, an operator can set PUBLIC_URL, from which the file is then fetched.",
    "zh-CN":
      "{provider} 的临时存储未接收您的文件（{reason}），尚未开始生成。若再次出现，请管理员设置 PUBLIC_URL，文件将改由该地址下载。",
  },
  "provider.dashscope.upload-too-large": {
    en: "The temporary storage of {provider} takes files of at most {limit}. Nothing was started. Choose a smaller file, or ask an operator to set PUBLIC_URL.",
    "zh-CN":
      "{provider} 的临时存储仅接收不超过 {limit} 的文件，尚未开始生成。请换用较小的文件，或请管理员设置 PUBLIC_URL。",
  },
  "provider.dashscope.voice-undeployed": {
    en: "{provider} did not accept the voice made from this recording. Try a clear recording of 10 to 20 seconds.",
    "zh-CN": "{provider} 未通过由该录音生成的音色，请改用 10 至 20 秒的清晰录音。",
  },
  "provider.dashscope.voice-final": {
    en: "A voice of this model cannot be trained again at {provider}. Clone a new voice instead.",
    "zh-CN": "{provider} 的这类音色不支持重新训练，请另行克隆新音色。",
  },
  "provider.dashscope.cloning-region": {
    en: "{provider} makes no voices in the region {region}, only in Beijing and Singapore. Nothing was sent. An operator can use a key and an address of one of these regions.",
    "zh-CN":
      "{provider} 在{region}地域不提供声音复刻，仅北京和新加坡地域提供，尚未提交。请管理员改用这两个地域之一的密钥和地址。",
  },
  "provider.dashscope.cloning-model": {
    en: "{provider} makes no voices for {model} in the region {region}. Nothing was sent. An operator can set DASHSCOPE_SPEECH_MODEL to cosyvoice-v3-flash or cosyvoice-v3-plus, or use a key of Beijing.",
    "zh-CN":
      "{provider} 在{region}地域不支持为 {model} 复刻声音，尚未提交。请管理员将 DASHSCOPE_SPEECH_MODEL 设为 cosyvoice-v3-flash 或 cosyvoice-v3-plus，或改用北京地域的密钥。",
  },
  "provider.dashscope.cloning-own-voices": {
    en: "{model} of {provider} speaks only with the provider's own voices. Nothing was sent. To clone voices, an operator sets DASHSCOPE_SPEECH_MODEL to qwen3-tts-vc-2026-01-22 or a CosyVoice model; the provider's own voices remain available.",
    "zh-CN":
      "{provider} 的 {model} 只能使用服务商自带的音色，尚未提交。如需复刻声音，请管理员将 DASHSCOPE_SPEECH_MODEL 设为 qwen3-tts-vc-2026-01-22 或 CosyVoice 模型，自带音色仍可使用。",
  },
  "provider.dashscope.no-instructions": {
    en: "With this voice, {model} of {provider} follows no instructions. Leave them out or choose another voice: with CosyVoice, longanyang, longanhuan, longhuhu_v3 and cloned voices follow them; with Qwen, the voices of qwen3-tts-instruct-flash.",
    "zh-CN":
      "{provider} 的 {model} 在使用该音色时不支持朗读指令。请去掉指令或换用其他音色：CosyVoice 的 longanyang、longanhuan、longhuhu_v3 与克隆音色，或千问 qwen3-tts-instruct-flash 的音色。",
  },
  "provider.dashscope.languages": {
    en: "{model} of {provider} does not speak {actual}. It speaks: {languages}.",
    "zh-CN": "{provider} 的 {model} 不支持语言 {actual}，支持：{languages}。",
  },
  "provider.dashscope.size-sides": {
    en: "{model} of {provider} makes pictures with sides from {min} to {max} pixels; {actual} is out of range.",
    "zh-CN": "{provider} 的 {model} 要求图片每边为 {min} 到 {max} 像素，{actual} 超出范围。",
  },
  "provider.dashscope.size-area": {
    en: "{model} of {provider} makes pictures of {min} to {max} pixels in total, at most {maxRatio} times as long as wide; {actual} is out of range.",
    "zh-CN": "{provider} 的 {model} 要求图片总像素为 {min} 到 {max}，长宽比不超过 {maxRatio}，{actual} 超出范围。",
  },
  "provider.dashscope.size-pixels": {
    en: "{model} of {provider} makes pictures of {min} to {max} pixels in total; {actual} is out of range.",
    "zh-CN": "{provider} 的 {model} 要求图片总像素为 {min} 到 {max}，{actual} 超出范围。",
  },
  "provider.dashscope.size-listed": {
    en: "{model} of {provider} does not make pictures of the size {actual}. It makes, for example: {sizes}.",
    "zh-CN": "{provider} 的 {model} 不支持尺寸 {actual}，可选尺寸例如：{sizes}。",
  },
  "provider.dashscope.video-size": {
    en: "{model} of {provider} makes no videos of the size {actual}. It makes: {sizes}.",
    "zh-CN": "{provider} 的 {model} 不支持视频尺寸 {actual}，可选：{sizes}。",
  },
  "provider.dashscope.video-size-picture": {
    en: "{model} of {provider} gives a video the shape of its picture. Instead of {actual}, choose a resolution: {sizes}.",
    "zh-CN": "{provider} 的 {model} 生成的视频与图片比例一致，请不要填 {actual}，改为选择分辨率：{sizes}。",
  },
  "provider.dashscope.video-seconds": {
    en: "{model} of {provider} makes videos of {lengths} seconds; {actual} is not possible.",
    "zh-CN": "{provider} 的 {model} 支持的视频时长为 {lengths} 秒，不支持 {actual} 秒。",
  },
  "provider.price.dashscope-made-video": {
    en: "Charged by the second of video; the rate depends on the model {model}, the resolution {resolution} and the account. (Operators can state it in DASHSCOPE_PRICES as “{model} {resolution}”, or as “{model}” for every resolution.)",
    "zh-CN":
      "按视频秒数计费，单价取决于模型 {model}、分辨率 {resolution} 与账号（管理员可在 DASHSCOPE_PRICES 中以“{model} {resolution}”填写，或以“{model}”统一填写）。",
  },
  "provider.price.dashscope-image": {
    en: "Charged for each picture made; the rate depends on the model {model} and the account. (Operators can state it in DASHSCOPE_PRICES.)",
    "zh-CN": "按成功生成的图片张数计费，单价取决于模型 {model} 与账号（管理员可在 DASHSCOPE_PRICES 中填写）。",
  },
  "provider.price.dashscope-video": {
    en: "Charged by the length of the video in seconds; the rate depends on the model {model} and the account. (Operators can state it in DASHSCOPE_PRICES.)",
    "zh-CN": "按视频秒数计费，单价取决于模型 {model} 与账号（管理员可在 DASHSCOPE_PRICES 中填写）。",
  },
  "provider.price.dashscope-speech": {
    en: "Charged by the number of characters in the text; the rate depends on the model {model} and the account. (Operators can state it in DASHSCOPE_PRICES.)",
    "zh-CN": "按文本字符数计费，单价取决于模型 {model} 与账号（管理员可在 DASHSCOPE_PRICES 中填写）。",
  },
  "provider.price.dashscope-voice": {
    en: "Making a voice may be charged; it depends on the model {model} and the account. (Operators can state it in DASHSCOPE_PRICES.)",
    "zh-CN": "创建音色可能收费，取决于模型 {model} 与账号（管理员可在 DASHSCOPE_PRICES 中填写）。",
  },
  "provider.setting.prices": {
    en: '{variable} must be a JSON object of model names with amount and unit, e.g. {"wan2.7-image": {"amount": 0.2, "unit": "CNY"}}; a chat model has prompt and completion instead of amount.',
    "zh-CN":
      '{variable} 须为 JSON 对象，按模型名写明金额与单位，例如 {"wan2.7-image": {"amount": 0.2, "unit": "CNY"}}；问答模型以 prompt 和 completion 代替 amount。',
  },
  "provider.doctor.dashscope-key": {
    en: "DashScope knows the API key in the region {region}. (Asked about a task that does not exist, which costs nothing.)",
    "zh-CN": "百炼在 {region} 地域认可该 API Key（以查询不存在的任务验证，不产生费用）。",
  },
  "provider.doctor.dashscope-unproved": {
    en: "Cannot be verified without spending: which models the account may use and whether it can pay. DashScope does not report balances; see the Model Studio console.",
    "zh-CN": "不产生费用就无法验证：账号已开通哪些模型、余额是否充足。百炼没有余额接口，请到控制台查看。",
  },
  "provider.doctor.dashscope-uploads": {
    en: "PUBLIC_URL is not set, so pictures, recordings and videos for speaking people are uploaded to DashScope's temporary storage just before each start. DashScope keeps them for 48 hours and calls this an aid for testing, not for production: set PUBLIC_URL before many people use it.",
    "zh-CN":
      "未设置 PUBLIC_URL：用于生成说话人物的图片、录音和视频会在每次提交前上传到百炼的临时存储，保存 48 小时。百炼说明该方式仅供测试，请勿用于生产；正式使用前请设置 PUBLIC_URL。",
  },
  "provider.doctor.dashscope-region": {
    en: "A key works only in its own region, and {host} serves {region}. If the key is from another region, set DASHSCOPE_BASE_URL to that region's address.",
    "zh-CN":
      "API Key 只在所属地域有效，而 {host} 属于{region}。若密钥来自其他地域，请将 DASHSCOPE_BASE_URL 设为该地域的地址。",
  },
} as const satisfies Record<string, LocalizedText>;
