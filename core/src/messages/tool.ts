import type { LocalizedText } from "../ground/locale.ts";

/** What is said about inputs, policy and the answers of tools. */
export const toolMessages = {
  "size.of": { en: "{size} ({makers})", "zh-CN": "{size}（{makers}）" },
  "bills.title": { en: "Bills, page {page}", "zh-CN": "账单明细，第 {page} 页" },
  "bills.total": { en: "{total} in total", "zh-CN": "共 {total} 条" },
  "bills.none": {
    en: "No configured provider lists its bills.",
    "zh-CN": "当前配置的服务商都不提供账单明细。",
  },
  "bills.xjc-covers": {
    en: "These lines cover videos only; voices and speech are not listed.",
    "zh-CN": "仅包含视频合成的扣费，不含音色训练与语音合成。",
  },
  "describe.usual-question": { en: "What does this picture show?", "zh-CN": "这张图片里有什么？" },
  "describe.warning": { en: "The vendor warns", "zh-CN": "服务商提醒" },
  "input.unknown": {
    en: "There is no input “{name}”. Available: {names}.",
    "zh-CN": "没有名为“{name}”的参数。可用参数：{names}。",
  },
  "input.missing": { en: "{name} is required. {summary}", "zh-CN": "缺少必填项：{name}。{summary}" },
  "input.too-long": {
    en: "{name} has {actual} characters; at most {maximum} are accepted.",
    "zh-CN": "{name}共 {actual} 个字符，最多 {maximum} 个。",
  },
  "input.too-short": {
    en: "{name} needs at least {minimum} characters.",
    "zh-CN": "{name}至少需要 {minimum} 个字符。",
  },
  "input.not-integer": {
    en: "{name} must be a whole number from {minimum} to {maximum}.",
    "zh-CN": "{name}须为 {minimum} 到 {maximum} 之间的整数。",
  },
  "input.not-number": {
    en: "{name} must be a number from {minimum} to {maximum}.",
    "zh-CN": "{name}须为 {minimum} 到 {maximum} 之间的数值。",
  },
  "input.not-flag": { en: "{name} must be yes or no.", "zh-CN": "{name}只能填“是”或“否”（yes / no）。" },
  "input.not-choice": { en: "{name} must be one of: {choices}.", "zh-CN": "{name}只能是以下之一：{choices}。" },
  "input.not-media": {
    en: "{name} must be a file, a public link or the id of a stored file.",
    "zh-CN": "{name}须为文件、可公开访问的链接或已存文件的编号。",
  },
  "tool.unknown": {
    en: "There is no command “{name}”. Available: {names}.",
    "zh-CN": "没有“{name}”命令。可用命令：{names}。",
  },
  "tool.misspelt": {
    en: "There is no command “{name}”. Did you mean {meant}?",
    "zh-CN": "没有“{name}”命令。您要输入的是不是 {meant}？",
  },
  "tool.not-here": {
    en: "You are not allowed to use “{name}” here. Ask an operator.",
    "zh-CN": "您在此处无权使用“{name}”，请联系管理员。",
  },
  "tool.operators-only": { en: "“{name}” is for operators only.", "zh-CN": "“{name}”仅限管理员使用。" },
  "provider.none-text": {
    en: "No language model is set up here; whoever runs Toolcast can add one with the keys of Spark or DashScope, or with OPENAI_MODEL.",
    "zh-CN": "此处尚未配置语言模型，请管理员填写星火或阿里云百炼的密钥，或设置 OPENAI_MODEL。",
  },
  "provider.none": {
    en: "No configured provider can do this ({capability}). Ask an operator to configure one.",
    "zh-CN": "当前没有已配置的服务商支持此功能（{capability}），请联系管理员配置。",
  },
  "provider.unknown": {
    en: "There is no provider “{name}” that can do this. Available: {names}.",
    "zh-CN": "没有可用的服务商“{name}”。可选：{names}。",
  },
  "provider.cannot-reach-us": {
    en: "{provider} must fetch your file from a public address, and none is set up here. An operator has to set PUBLIC_URL to an https address that reaches Toolcast. Nothing was spent.",
    "zh-CN":
      "{provider} 需要从公网地址获取您的文件，但此处尚未配置公网地址。请管理员将 PUBLIC_URL 设为可从公网访问的 https 地址。未产生费用。",
  },
  "avatar.image-unserved": {
    en: "No configured provider can animate a single picture. Give a video of the person (10 seconds to 5 minutes) instead.",
    "zh-CN": "当前没有服务商支持用单张图片生成数字人，请改用一段人物视频（10 秒至 5 分钟）。",
  },
  "avatar.video-and-image": { en: "Give a video or a picture, not both.", "zh-CN": "视频和图片只能提供一个。" },
  "avatar.audio-and-text": {
    en: "Give audio or text, not both: one of them drives the person's mouth.",
    "zh-CN": "音频和文本只能提供一个，用来驱动口型。",
  },
  "avatar.nothing": {
    en: "Give a video with audio or text, or text alone for speech only.",
    "zh-CN": "请提供视频加音频或文本；仅需语音时，只填文本即可。",
  },
  "avatar.audio-needs-video": {
    en: "Audio alone does not make a video: give the person's video, too.",
    "zh-CN": "仅有音频无法生成视频，请同时提供人物视频。",
  },
  "avatar.needs-words": {
    en: "Give what the person should say: audio or text.",
    "zh-CN": "请提供音频或文本，作为人物要说的内容。",
  },
  "avatar.image-needs-sound": {
    en: "A picture has no voice of its own: give a recording, or one of your voices together with the text.",
    "zh-CN": "图片没有自带声音：请提供录音，或为文本指定一个您的音色。",
  },
  "avatar.voice-needs-text": { en: "A voice needs text to speak.", "zh-CN": "使用音色时须提供文本。" },
  "avatar.voice-needs-video": {
    en: "For speech without a video, ask for speech alone.",
    "zh-CN": "只有音色和文本、没有视频时，请改用语音合成。",
  },
  "avatar.voice-text-short": {
    en: "The spoken text must last at least 5 seconds to drive a video: write at least about {minimum} characters.",
    "zh-CN": "驱动视频的语音至少要 5 秒：文本请至少写 {minimum} 个字左右。",
  },
  "image.edit-unserved": {
    en: "No configured provider can change a picture. Leave the picture out, or ask an operator for one that can, such as DashScope with wan2.7-image.",
    "zh-CN": "当前没有服务商支持修改图片。请去掉图片，或请管理员配置支持的服务商，例如使用 wan2.7-image 的百炼。",
  },
  "image.count-seed": {
    en: "With a seed, every picture would be the same: leave out the seed, or ask for one picture.",
    "zh-CN": "指定种子后每张图片都会相同：请去掉种子，或只生成一张。",
  },
  "voice.not-found": {
    en: "There is no voice “{name}” that you may use. Choose one from the list of your voices.",
    "zh-CN": "没有您可用的音色“{name}”，请从您的音色列表中选择。",
  },
  "voice.elsewhere": {
    en: "The voice “{name}” works only with {provider}.",
    "zh-CN": "音色“{name}”只能在{provider}使用。",
  },
  "voice.not-yours": {
    en: "Only the person who made the voice “{name}” can train it again.",
    "zh-CN": "只有创建者可以重新训练音色“{name}”。",
  },
  "voice.not-yours-to-share": {
    en: "Only the person who made the voice “{name}” can share it.",
    "zh-CN": "只有创建者可以共享音色“{name}”。",
  },
  "voice.name-taken": { en: "You already have a voice “{name}”.", "zh-CN": "您已有名为“{name}”的音色。" },
  "voice.name-or-voice": {
    en: "Give a name for a new voice, or an existing voice to train again; not both.",
    "zh-CN": "新建音色请填名称，重新训练请选已有音色，二者只能选一个。",
  },
  "voice.name-needed": { en: "Give the new voice a name.", "zh-CN": "请为新音色取一个名称。" },
  "voice.tier-fixed": {
    en: "The voice “{name}” is {tier}; a voice's tier cannot be changed.",
    "zh-CN": "音色“{name}”为 {tier} 版，版本不可更改。",
  },
  "voice.trained-out": {
    en: "The voice “{name}” has been trained {max} times, which is the vendor's limit.",
    "zh-CN": "音色“{name}”已训练 {max} 次，达到服务商上限。",
  },
  "voice.ready": { en: "The voice “{name}” is ready.", "zh-CN": "音色“{name}”已可使用。" },
  "voices.title": { en: "Voices you may use: {count}", "zh-CN": "您可使用的音色：{count} 个" },
  "voices.none": {
    en: "No voices yet. Clone one from a recording first.",
    "zh-CN": "还没有音色，请先用录音克隆一个。",
  },
  "voices.presets": { en: "{provider}: {languages}", "zh-CN": "{provider}：{languages}" },
  "voices.preset": { en: "{name} ({character})", "zh-CN": "{name}（{character}）" },
  "voices.line": {
    en: "{tier}, trained {trainings}×, by {owner}",
    "zh-CN": "{tier}，已训练 {trainings} 次，创建者 {owner}",
  },
  "voices.line-shared": {
    en: "{tier}, trained {trainings}×, by {owner}, shared",
    "zh-CN": "{tier}，已训练 {trainings} 次，创建者 {owner}，已共享",
  },
  "voices.line-shared-with": {
    en: "{tier}, trained {trainings}×, by {owner}, shared with: {people}",
    "zh-CN": "{tier}，已训练 {trainings} 次，创建者 {owner}，已共享给：{people}",
  },
  "balance.title": { en: "Balances", "zh-CN": "账户余额" },
  "balance.not-offered": { en: "the vendor offers no balance query", "zh-CN": "服务商未提供查询接口" },
  "balance.none": { en: "No provider is configured.", "zh-CN": "尚未配置任何服务商。" },
  "balance.probable": { en: "probably charged, not confirmed by the vendor", "zh-CN": "可能已扣费，服务商未确认" },
  "balance.unpriced": { en: "{count} × price unknown", "zh-CN": "{count} 次价格未知" },
  "balance.quota": { en: "{used} of {total} used", "zh-CN": "已用 {used} / 共 {total}" },
  about: { en: "{subject}: {words}", "zh-CN": "{subject}：{words}" },
  "jobs.title": { en: "Your jobs: {count}", "zh-CN": "您的任务：{count} 个" },
  "jobs.title-newest": { en: "Your newest jobs: {count}", "zh-CN": "您最近的任务：{count} 个" },
  "jobs.none": { en: "No jobs.", "zh-CN": "没有任务。" },
  "action.unknown": { en: "There is no action “{action}”.", "zh-CN": "没有“{action}”操作。" },
  "action.asker-only": {
    en: "Only the person who asked for this, or an operator, can use this button. Nothing was changed.",
    "zh-CN": "只有发起人或管理员可以使用此按钮，未做任何更改。",
  },
  "action.not-yours": { en: "You are not allowed to make this decision.", "zh-CN": "您无权做此决定。" },
  "doctor.space-short": {
    en: "Only {free} is left on the disk. Free up space: once it is full, nothing can be stored and nothing new is started.",
    "zh-CN": "磁盘仅剩 {free}。请清理空间：磁盘写满后将无法保存内容，也不会开始新的任务。",
  },
  "doctor.clock-back": {
    en: "This machine's clock was set back by {by} (at {at}). Jobs continued and nothing was started twice; keep the clock synchronised with NTP.",
    "zh-CN": "本机时钟曾被调慢 {by}（{at}）。任务照常进行，没有重复提交；请通过 NTP 保持时钟准确。",
  },
  "doctor.clock-forward": {
    en: "This machine slept, or its clock was set forward, by {by} (at {at}). Jobs continued and nothing was started twice.",
    "zh-CN": "本机曾休眠，或时钟被调快 {by}（{at}）。任务照常进行，没有重复提交。",
  },
  "doctor.records-disagree": {
    en: "The records of jobs and of media disagree, as they do when some of them were lost: {missing} of the newest results have no record, {strangers} of the newest media belong to no known job. Nothing is deleted because of it; restore the data directory from a backup.",
    "zh-CN":
      "任务记录与媒体记录不一致（例如部分记录已丢失）：最近的结果中有 {missing} 个没有媒体记录，最近的媒体中有 {strangers} 个找不到所属任务。系统不会因此删除任何内容；请从备份恢复数据目录。",
  },
  "doctor.files-set-aside": {
    en: "Files in media/set-aside that no record names: {count}. They are put back automatically once their records are restored, and deleted {days} days after they were set aside.",
    "zh-CN": "media/set-aside 中没有对应记录的文件：{count} 个。记录恢复后会自动放回；否则将在移入 {days} 天后删除。",
  },
  "identity.changed": {
    en: "PUBLIC_URL or the secret key has changed since the last start: vendors will treat every video as a new avatar.",
    "zh-CN": "PUBLIC_URL 或密钥与上次启动时不同：服务商会把所有视频都当作新的数字人。",
  },
  "explain.title": { en: "What it means", "zh-CN": "错误含义" },
  "explain.unknown-provider": {
    en: "{actual} is not a vendor known here. Choose one of: {providers}.",
    "zh-CN": "这里没有名为 {actual} 的服务商，可选：{providers}。",
  },
  "explain.no-failed-job": {
    en: "You have no failed job. Give a code or paste the error.",
    "zh-CN": "您没有失败的任务。请提供错误码或粘贴报错内容。",
  },
  "explain.last-without-code": {
    en: "Your last failed job ended without a vendor's code.",
    "zh-CN": "您最近一次失败的任务没有服务商错误码。",
  },
  "explain.none": {
    en: "No known vendor's error code was found in this text.",
    "zh-CN": "这段文字里没有已知服务商的错误码。",
  },
  "explain.field.meaning": { en: "Meaning", "zh-CN": "含义" },
} as const satisfies Record<string, LocalizedText>;
