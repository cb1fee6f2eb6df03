import type { Locale, LocalizedText } from "@toolcast/core";
import { say } from "@toolcast/core/surface";

/** What the server itself says to agents and to the people behind them. */
export const sentences = {
  idempotencyKey: {
    en: "Repeats with the same key are not charged.",
    "zh-CN": "重试沿用则不重复计费。",
  },
  outDir: { en: "Allowed folder to save in.", "zh-CN": "保存到的文件夹，须在允许之列。" },
  outDirNeeded: {
    en: "out_name needs out_dir: the folder to save in.",
    "zh-CN": "使用 out_name 时须同时指定 out_dir。",
  },
  wrongText: { en: "{name} must be text.", "zh-CN": "{name} 须为文本。" },
  folderNotAllowed: {
    en: "This folder is not allowed. Allow folders with --allow <folder> or MCP_FOLDERS. Allowed: {folders}.",
    "zh-CN": "不是允许的文件夹。可用 --allow <文件夹> 或 MCP_FOLDERS 添加。目前允许：{folders}。",
  },
  foldersNotHere: {
    en: "Nothing is saved to this machine over HTTP: load the result from its address.",
    "zh-CN": "HTTP 连接不会将结果保存到本机，请从结果地址下载。",
  },
  saved: { en: "saved as {path}", "zh-CN": "已保存为 {path}" },
  spends: {
    en: "Paid. Returns the result or a job for {look}; only {cancel} ends it.",
    "zh-CN": "付费。返回结果或任务：{look} 查看，{cancel} 取消。",
  },
  mediaByLink: {
    en: "Link, asset id, data: address, or POST to {upload} first.",
    "zh-CN": "链接、编号、data: 地址，或先 POST 到 {upload}。",
  },
  mediaByPath: {
    en: "Link, asset id, data: address or allowed path.",
    "zh-CN": "链接、编号、data: 地址或允许的路径。",
  },
  file: { en: "file {path}", "zh-CN": "文件 {path}" },
  until: { en: "{url} (until {until})", "zh-CN": "{url}（有效期至 {until}）" },
  whileConnected: { en: "{url} (while you are connected)", "zh-CN": "{url}（仅在连接期间有效）" },
  gone: { en: "{asset}: no longer kept.", "zh-CN": "{asset}：已不再保存。" },
  lookLater: {
    en: "the job is stored and continues by itself. Call {look} with {field} {job} in a minute. Do not order it again.",
    "zh-CN": "任务已保存并会自行继续。请一分钟后以 {field} {job} 调用 {look}。请勿重复提交。",
  },
  askHeld: {
    en: "tell your user that it is waiting for their approval, which you cannot give: they can answer in Toolcast's console or, on the machine it runs on, with: toolcast job {job} --press release. Then call {look}. Or cancel it with {cancel}, which costs nothing.",
    "zh-CN":
      "请告知用户：任务正在等待用户本人同意，您无法代为同意。用户可在 Toolcast 控制台中答复，或在运行 Toolcast 的机器上执行：toolcast job {job} --press release。之后用 {look} 查看；也可用 {cancel} 取消，不产生费用。",
  },
  agree: { en: "I agree", "zh-CN": "我同意" },
  agreeSummary: { en: "Nothing starts without it.", "zh-CN": "不同意则不会开始。" },
  declined: {
    en: "Your user did not agree. Nothing was started, sent or spent.",
    "zh-CN": "用户没有同意。没有开始任何任务，没有提交任何内容，也未扣费。",
  },
  wrongWait: { en: "wait_seconds must be a number from 0 to 45.", "zh-CN": "wait_seconds 须为 0 到 45 之间的数。" },
  wrongKey: {
    en: "idempotency_key must be text of 1 to 200 characters.",
    "zh-CN": "idempotency_key 须为 1 到 200 个字符的文本。",
  },
  wrongFlag: { en: "{name} must be true or false.", "zh-CN": "{name} 须为 true 或 false。" },
  fileNotAllowed: {
    en: "There is no such file in an allowed folder. Folders are allowed with --allow <folder> or MCP_FOLDERS; a link or an asset id also works. Allowed: {folders}.",
    "zh-CN":
      "允许的文件夹中没有这个文件。可用 --allow <文件夹> 或 MCP_FOLDERS 添加；也可以使用链接或资源编号。目前允许：{folders}。",
  },
  noFolders: { en: "none", "zh-CN": "无" },
  filesNotHere: {
    en: "This is neither a link nor an asset id. Local paths are not read over HTTP: upload the file to {upload} first.",
    "zh-CN": "既不是链接也不是资源编号。HTTP 连接不读取本地路径，请先将文件上传到 {upload}。",
  },
  received: { en: "Received.", "zh-CN": "已收到。" },
  shortened: {
    en: "The answer is too long to show in full. Ask for less.",
    "zh-CN": "内容过长，无法完整显示，请缩小范围。",
  },
  jobTitle: { en: "Job", "zh-CN": "任务" },
  jobSummary: {
    en: "A job as JSON: state, result, cost, timeline. Changes are announced to subscribers.",
    "zh-CN": "任务的 JSON：状态、结果、费用和经过。变化会通知订阅者。",
  },
  mediaTitle: { en: "Stored medium", "zh-CN": "已存媒体" },
  mediaSummary: {
    en: "A stored picture, recording or video: its bytes when small, otherwise where they are.",
    "zh-CN": "已存的图片、录音或视频：较小时返回内容，否则返回其地址。",
  },
  promptSummary: {
    en: "Use “{title}” and follow it until the result is there.",
    "zh-CN": "使用“{title}”，直到得到结果。",
  },
  promptText: {
    en: "Call the tool {tool} with the arguments {input} and an idempotency_key of your own. If it returns a job that is not finished, call {look} with that job until it is. Then show me the result with its link, and say what it cost. If it fails, tell me what happened, whether it was charged and what to do next.",
    "zh-CN":
      "请以参数 {input} 和自拟的 idempotency_key 调用工具 {tool}。如果返回的任务尚未完成，请用该任务编号调用 {look}，直到完成。然后向我展示结果及其链接，并说明费用。如果失败，请说明原因、是否扣费以及下一步该怎么做。",
  },
  jobState: { en: "State of a job, for the card", "zh-CN": "任务状态（供卡片使用）" },
  noJob: { en: "There is no such job, or it is not yours.", "zh-CN": "没有这个任务，或它不属于您。" },
  cardTitle: { en: "Job card", "zh-CN": "任务卡片" },
  noSession: {
    en: "There is no such session. Initialize again.",
    "zh-CN": "没有这个会话，请重新初始化。",
  },
  tooManySessions: {
    en: "Too many sessions are open. Try again later.",
    "zh-CN": "打开的会话过多，请稍后再试。",
  },
  stopping: { en: "The server is stopping. Connect again in a moment.", "zh-CN": "服务器正在停止，请稍后重新连接。" },
  tokenNeeded: {
    en: "This server needs a token: set the header Authorization: Bearer <token> in your client. Whoever runs it hands out tokens (MCP_TOKENS); there is nothing to sign in to.",
    "zh-CN":
      "此服务器需要令牌：请在客户端中设置请求头 Authorization: Bearer <令牌>。令牌由服务器管理员发放（MCP_TOKENS），没有登录页面。",
  },
  tokenWrong: {
    en: "This is not a token of this server. Check the header Authorization: Bearer <token> in your client, or ask whoever runs the server (MCP_TOKENS).",
    "zh-CN": "令牌无效。请检查客户端中的请求头 Authorization: Bearer <令牌>，或联系服务器管理员（MCP_TOKENS）。",
  },
  noSignIn: {
    en: "Toolcast has no sign-in. Set the header Authorization: Bearer <token> in your client instead; whoever runs the server hands out tokens (MCP_TOKENS).",
    "zh-CN":
      "Toolcast 没有登录页面。请改为在客户端中设置请求头 Authorization: Bearer <令牌>；令牌由服务器管理员发放（MCP_TOKENS）。",
  },
  notJson: { en: "This line is not JSON.", "zh-CN": "该行不是 JSON。" },
  notJsonRpc: {
    en: "This is not a JSON-RPC 2.0 message. Send one object a line, with jsonrpc, id and method.",
    "zh-CN": "这不是 JSON-RPC 2.0 消息。每行应为一个对象，含 jsonrpc、id 和 method。",
  },
  notJsonRpcAt: {
    en: "This is not a JSON-RPC 2.0 message of MCP: {where} is missing, of the wrong type, or unknown.",
    "zh-CN": "这不是 MCP 的 JSON-RPC 2.0 消息：{where} 缺失、类型不对或无法识别。",
  },
  messageTooLong: {
    en: "This message is longer than {max} bytes. Give a file by its path.",
    "zh-CN": "消息超过 {max} 字节。请改用文件路径。",
  },
  methodNotAllowed: { en: "Use POST.", "zh-CN": "请使用 POST。" },
} as const satisfies Record<string, LocalizedText>;

export type SentenceName = keyof typeof sentences;

/** A sentence in one language with its values filled in. */
export function tell(name: SentenceName, locale: Locale, values: Record<string, string | number> = {}): string {
  return say(sentences[name], locale, values);
}

/** The same in every language, for errors of core. */
export function localized(name: SentenceName, values: Record<string, string | number> = {}): LocalizedText {
  return { en: tell(name, "en", values), "zh-CN": tell(name, "zh-CN", values) };
}
