import type { LocalizedText } from "@toolcast/core";

/** What the console's server itself says. */
export const sentences = {
  hostRefused: {
    en: "The console does not answer at this address. Open it as 127.0.0.1 or localhost, or add the name to CONSOLE_NAMES.",
    "zh-CN": "控制台不接受通过此地址访问。请使用 127.0.0.1 或 localhost 打开，或将该名称加入 CONSOLE_NAMES。",
  },
  notLoopback: {
    en: "Without a token the console answers only on this machine.",
    "zh-CN": "未设置访问令牌时，控制台仅限本机访问。",
  },
  originRefused: {
    en: "The request came from another site and was not carried out.",
    "zh-CN": "请求来自其他网站，未执行。",
  },
  tokenNeeded: { en: "The console's token is required.", "zh-CN": "需要控制台的访问令牌。" },
  tokenWrong: { en: "That is not the console's token.", "zh-CN": "访问令牌不正确。" },
  tokenTooOften: {
    en: "Too many wrong tokens. Wait a minute and try again.",
    "zh-CN": "令牌错误次数过多，请一分钟后再试。",
  },
  notFound: { en: "There is nothing at this address.", "zh-CN": "此地址没有内容。" },
  assetNotFound: { en: "There is no such file, or it is not yours.", "zh-CN": "没有这个文件，或它不属于您。" },
  internal: {
    en: "Something went wrong on our side. An operator can find the cause in the log.",
    "zh-CN": "系统内部出错，管理员可在日志中查到原因。",
  },
  notJson: { en: "The request is not the JSON expected here.", "zh-CN": "请求内容不是此处要求的 JSON。" },
  bodyTooLarge: { en: "The request is larger than {limit}.", "zh-CN": "请求超过 {limit} 上限。" },
  linkUnknown: {
    en: "This upload link does not exist. Ask for a new one.",
    "zh-CN": "此上传链接不存在，请重新获取。",
  },
  linkTaken: {
    en: "A file is already being uploaded through this link.",
    "zh-CN": "此链接正在上传另一个文件。",
  },
  linkUsed: {
    en: "This upload link was already used: it takes one file. Ask for a new one.",
    "zh-CN": "此上传链接已使用过，每个链接只能上传一个文件，请重新获取。",
  },
  linkExpired: {
    en: "This upload link has expired. Ask for a new one.",
    "zh-CN": "此上传链接已过期，请重新获取。",
  },
  keyReused: {
    en: "This idempotency key was already used for another request.",
    "zh-CN": "该幂等键已用于另一个请求。",
  },
  keyWrong: {
    en: "An idempotency key has 1 to 100 letters, digits, dots, dashes or underscores.",
    "zh-CN": "幂等键须为 1 到 100 个字母、数字、点、连字符或下划线。",
  },
  conversationWrong: {
    en: "A conversation's name has 1 to 64 letters, digits, dashes or underscores.",
    "zh-CN": "会话名称须为 1 到 64 个字母、数字、连字符或下划线。",
  },
  conversationEmpty: { en: "Nothing has been said in this conversation yet.", "zh-CN": "此会话还没有任何内容。" },
  conversationGoes: {
    en: "A conversation is deleted with all its messages and jobs, and what these made.",
    "zh-CN": "会话会连同其中的所有消息、任务及其生成的文件一起删除。",
  },
  conversationWiped: {
    en: "This conversation can no longer be brought back.",
    "zh-CN": "此会话已无法恢复。",
  },
  noCommand: {
    en: "Commands begin with a slash. What should be done with this text?",
    "zh-CN": "命令以斜杠开头。要用这段文字做什么？",
  },
  openForm: { en: "Open as a form", "zh-CN": "用表单填写" },
  cannotKill: { en: "This server cannot be killed from here.", "zh-CN": "无法从这里终止此服务器。" },
  killed: { en: "The server is being killed now.", "zh-CN": "正在终止服务器。" },
  notBuilt: {
    en: "The console's page has not been built. Run: npm run bundle -w @toolcast/web",
    "zh-CN": "控制台页面尚未构建，请运行：npm run bundle -w @toolcast/web",
  },
} as const satisfies Record<string, LocalizedText>;

export type SentenceName = keyof typeof sentences;
