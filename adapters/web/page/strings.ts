import { locale } from "./locale.ts";

/** Every sentence of the page, both languages side by side. */
const strings = {
  tagline: { en: "Pictures, voices and people that speak", "zh-CN": "图片、声音与会说话的人物" },
  emptyTitle: { en: "What would you like to make?", "zh-CN": "想做点什么？" },
  emptyHint: { en: "Type / for commands, or choose one below.", "zh-CN": "输入 / 查看命令，或从下面选择。" },
  tryIt: { en: "Try it", "zh-CN": "试一试" },
  allTools: { en: "All commands", "zh-CN": "全部命令" },
  conversation: { en: "Conversation", "zh-CN": "会话" },
  newConversation: { en: "New conversation", "zh-CN": "新会话" },
  unnamed: { en: "New conversation", "zh-CN": "新会话" },
  earlier: { en: "Show earlier messages", "zh-CN": "显示更早的消息" },
  composerLabel: { en: "Message", "zh-CN": "消息" },
  composerPlaceholder: { en: "Type / for commands", "zh-CN": "输入 / 查看命令" },
  send: { en: "Send", "zh-CN": "发送" },
  attach: { en: "Attach a file", "zh-CN": "添加文件" },
  commands: { en: "Commands", "zh-CN": "命令" },
  openForm: { en: "Open as a form", "zh-CN": "用表单填写" },
  inputs: { en: "Inputs", "zh-CN": "参数" },
  sending: { en: "Sending…", "zh-CN": "发送中…" },
  waitingForServer: {
    en: "Waiting for the server; it will be sent only once.",
    "zh-CN": "等待服务器恢复，只会提交一次。",
  },
  unanswered: {
    en: "The server stopped before it answered. Asking again is safe: it counts as the same request.",
    "zh-CN": "服务器未响应就停止了。可以放心重试，系统会视为同一个请求。",
  },
  askAgain: { en: "Ask again", "zh-CN": "重试" },
  you: { en: "You", "zh-CN": "您" },
  onlyYou: { en: "Only you see this", "zh-CN": "仅您可见" },
  copy: { en: "Copy", "zh-CN": "复制" },
  copied: { en: "Copied", "zh-CN": "已复制" },
  download: { en: "Download", "zh-CN": "下载" },
  mediaGone: { en: "This file is no longer kept.", "zh-CN": "此文件已不再保存。" },
  jobs: { en: "Jobs", "zh-CN": "任务" },
  noJobs: { en: "No jobs yet.", "zh-CN": "还没有任务。" },
  timeline: { en: "Timeline", "zh-CN": "过程" },
  forPrograms: { en: "For programs (JSON)", "zh-CN": "程序用数据（JSON）" },
  close: { en: "Close", "zh-CN": "关闭" },
  cancel: { en: "Cancel", "zh-CN": "取消" },
  submit: { en: "Start", "zh-CN": "开始" },
  submitReads: { en: "Show", "zh-CN": "查看" },
  required: { en: "required", "zh-CN": "必填" },
  optional: { en: "optional", "zh-CN": "选填" },
  noChoice: { en: "Default", "zh-CN": "默认" },
  chooseFile: { en: "Choose a file", "zh-CN": "选择文件" },
  dropHint: { en: "or drop or paste it here", "zh-CN": "或拖放、粘贴到此处" },
  idOrLink: { en: "or the id or link of a file", "zh-CN": "或填写文件编号或链接" },
  useSample: { en: "Use the sample: {name}", "zh-CN": "使用示例：{name}" },
  removeFile: { en: "Remove", "zh-CN": "移除" },
  uploading: { en: "Uploading {percent}", "zh-CN": "上传中 {percent}" },
  fileTooLarge: {
    en: "This file is {actual}; the limit is {limit}.",
    "zh-CN": "文件大小 {actual}，上限 {limit}。",
  },
  fileWrongKind: { en: "This needs a different kind of file.", "zh-CN": "此处需要其他类型的文件。" },
  accepted: { en: "Accepted: {formats}", "zh-CN": "支持：{formats}" },
  upTo: { en: "up to {limit}", "zh-CN": "最大 {limit}" },
  useFileIn: { en: "Use “{name}” in", "zh-CN": "将“{name}”用于" },
  sandbox: { en: "Sandbox", "zh-CN": "沙箱" },
  sandboxHint: {
    en: "Simulated vendors on this machine; nothing is charged.",
    "zh-CN": "服务商由本机模拟，不产生任何费用。",
  },
  markers: { en: "Provoke a failure", "zh-CN": "模拟故障" },
  markersHint: { en: "Write one of these into a prompt or a title.", "zh-CN": "把下列标记写进描述或标题即可触发。" },
  ledger: { en: "Ledger of paid starts", "zh-CN": "付费启动账本" },
  kill: { en: "Kill the server now", "zh-CN": "立即终止服务器" },
  killHint: {
    en: "Ends the server at once, as a crash would. Open jobs continue after the restart.",
    "zh-CN": "立即终止服务器，如同崩溃；重启后未完成的任务会继续。",
  },
  serverGone: { en: "Lost the connection to the server. Reconnecting…", "zh-CN": "与服务器的连接已断开，正在重连…" },
  connecting: { en: "Connecting…", "zh-CN": "连接中…" },
  restarted: {
    en: "The server restarted and nothing was lost. Open jobs that continue: {count}.",
    "zh-CN": "服务器已重启，没有丢失任何内容，{count} 个未完成的任务继续进行。",
  },
  restartedIdle: {
    en: "The server restarted and nothing was lost. No job was open.",
    "zh-CN": "服务器已重启，没有丢失任何内容，当前没有未完成的任务。",
  },
  reconnected: { en: "Connected again.", "zh-CN": "已重新连接。" },
  unreachable: { en: "The server cannot be reached.", "zh-CN": "无法连接服务器。" },
  strangeAnswer: { en: "The server's answer could not be read.", "zh-CN": "无法解析服务器的响应。" },
  login: { en: "Enter the console's token", "zh-CN": "请输入控制台访问令牌" },
  token: { en: "Token", "zh-CN": "令牌" },
  enter: { en: "Enter", "zh-CN": "进入" },
  language: { en: "Language", "zh-CN": "语言" },
  arrived: { en: "New: {title}", "zh-CN": "新消息：{title}" },
  justNow: { en: "just now", "zh-CN": "刚刚" },
} as const;

export type StringName = keyof typeof strings;

/** Says a sentence in the page's language. */
export function t(name: StringName, values: Record<string, string | number> = {}): string {
  return strings[name][locale.value].replaceAll(/\{(\w+)\}/g, (placeholder, key: string) =>
    String(values[key] ?? placeholder),
  );
}
