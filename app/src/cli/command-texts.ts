import type { LocalizedText } from "@toolcast/core";

/** The texts of the help. */
export const commandTexts = {
  program: {
    en: "Toolcast casts one definition of a generative-media tool to every place people talk.",
    "zh-CN": "Toolcast：一次定义生成类工具，处处可用。",
  },
  start: {
    en: "Start the console and everything behind it; with no keys set, against sandbox vendors.",
    "zh-CN": "启动控制台及后台服务；未设置密钥时使用沙箱服务商。",
  },
  noSupervisor: {
    en: "Run the server in this process and do not restart it (containers, tests).",
    "zh-CN": "在当前进程中运行服务器，退出后不自动重启（适用于容器和测试）。",
  },
  role: {
    en: "With DATABASE_URL: only receive requests (surfaces), or only carry them out and deliver (worker).",
    "zh-CN": "配合 DATABASE_URL：只接收请求（surfaces），或只执行任务并发送结果（worker）。",
  },
  run: { en: "Use a tool and save what it makes.", "zh-CN": "使用一个工具并保存结果。" },
  runOut: {
    en: "Folder or file to save to, or - for standard output; nothing is overwritten.",
    "zh-CN": "保存到的文件夹或文件，- 表示标准输出，不会覆盖已有文件。",
  },
  runNoWait: {
    en: "Store the job, print its id and leave; a running server carries it out.",
    "zh-CN": "只提交任务并输出编号，由运行中的服务器继续执行。",
  },
  runWait: { en: "Wait for the result (default).", "zh-CN": "等待结果（默认）。" },
  runKey: {
    en: "The same key again is the same request: nothing is started or paid twice.",
    "zh-CN": "相同的幂等键视为同一请求，不会重复开始或计费。",
  },
  tools: { en: "List the tools.", "zh-CN": "列出所有工具。" },
  jobs: { en: "List your jobs.", "zh-CN": "列出您的任务。" },
  jobsState: { en: "Only jobs in this state, e.g. open.", "zh-CN": "只显示处于该状态的任务，例如 open。" },
  jobsLimit: { en: "Show at most this many.", "zh-CN": "最多显示的数量。" },
  job: { en: "Show one job with its timeline.", "zh-CN": "查看一个任务及其经过。" },
  jobWait: { en: "Continue it and wait for it to end.", "zh-CN": "继续执行并等待结束。" },
  jobOut: {
    en: "Save what it made to this folder or file; - is standard output.",
    "zh-CN": "将结果保存到该文件夹或文件，- 表示标准输出。",
  },
  jobPress: { en: "Press one of its buttons, e.g. cancel.", "zh-CN": "执行它的一个操作，例如 cancel。" },
  explain: {
    en: "Explain a vendor's error code, or any text that contains one.",
    "zh-CN": "解释服务商的错误码，可直接粘贴含错误码的任何内容。",
  },
  explainProvider: { en: "The vendor it came from.", "zh-CN": "来自哪个服务商。" },
  explainAll: { en: "List every known code.", "zh-CN": "列出全部已知错误码。" },
  sandbox: {
    en: "Run the sandbox vendors alone and print the variables that point at them.",
    "zh-CN": "单独运行沙箱服务商，并输出指向它们的环境变量。",
  },
  sandboxPort: { en: "Port on this machine; default any free one.", "zh-CN": "本机端口，默认任意空闲端口。" },
  sandboxSpeed: { en: "How many times faster than real time; default 1.", "zh-CN": "相对真实速度的倍数，默认 1。" },
  sandboxData: {
    en: "Folder that keeps the vendors' state across restarts; default none.",
    "zh-CN": "保存服务商状态的文件夹，重启后仍有效；默认不保存。",
  },
  mcp: {
    en: "Serve the tools to an AI client over standard input and output (MCP).",
    "zh-CN": "通过标准输入输出为 AI 客户端提供工具（MCP）。",
  },
  mcpAllow: {
    en: "A folder whose files agents may name as inputs; may be repeated. Default none.",
    "zh-CN": "允许智能体引用其中文件的文件夹，可重复指定，默认无。",
  },
  mcpConfig: {
    en: "Print the configuration to paste into an AI client.",
    "zh-CN": "输出可直接粘贴到 AI 客户端的配置。",
  },
  mcpHttp: {
    en: "For a server that is already running; default PUBLIC_URL, otherwise this machine's.",
    "zh-CN": "用于已在运行的服务，默认使用 PUBLIC_URL，否则为本机地址。",
  },
  release: {
    en: "Continue with a restored or copied data directory: paid work and deliveries are held there until then.",
    "zh-CN": "确认改用恢复或复制而来的数据目录：在此之前，计费任务和结果发送会被暂缓。",
  },
  releaseYes: {
    en: "Do not ask: no other copy of the data is in use.",
    "zh-CN": "不再询问：确认没有其他副本在使用。",
  },
  releaseNewKey: {
    en: "Continue with the existing key file, or make a new one if it is lost.",
    "zh-CN": "改用当前的密钥文件；若已丢失则生成新密钥。",
  },
  backup: {
    en: "Write everything stored here to one file, also while a server runs. The file contains the secret key.",
    "zh-CN": "将此处保存的全部内容写入一个文件，服务器运行时也可以。该文件包含密钥文件。",
  },
  backupFile: {
    en: "The file to write, e.g. toolcast.tar.gz; compressed if its name ends in .gz or .tgz. Nothing is overwritten.",
    "zh-CN": "要写入的文件，例如 toolcast.tar.gz；名称以 .gz 或 .tgz 结尾时压缩。不会覆盖已有文件。",
  },
  restore: {
    en: "Restore a backup into an unused data directory. It is held until you run toolcast release.",
    "zh-CN": "将备份恢复到未使用的数据目录；在运行 toolcast release 之前会被暂缓。",
  },
  restoreFile: { en: "A file made by toolcast backup.", "zh-CN": "由 toolcast backup 生成的文件。" },
  move: {
    en: "Move everything stored here, except media, into an empty PostgreSQL database. Stop what runs here first.",
    "zh-CN": "将此处保存的全部内容（媒体除外）移入空的 PostgreSQL 数据库。请先停止在此运行的程序。",
  },
  moveTo: {
    en: "The database, postgres://…; default DATABASE_URL, which other users of this machine cannot see.",
    "zh-CN": "目标数据库，postgres://…；默认使用 DATABASE_URL，本机其他用户看不到。",
  },
  doctor: {
    en: "Check keys, network and folders without spending.",
    "zh-CN": "在不计费的前提下检查密钥、网络和文件夹。",
  },
  settings: {
    en: "List every variable: its meaning, rule and default, and whether it is set. Values are never shown.",
    "zh-CN": "列出所有变量的含义、要求和默认值，以及是否已设置。不会显示变量的值。",
  },
  new: {
    en: "Begin a plugin: a package with a tool, a provider or a surface, and tests that pass.",
    "zh-CN": "新建一个插件：包含工具、服务商或平台及可通过的测试的软件包。",
  },
  newKind: { en: "What it adds.", "zh-CN": "插件的类型。" },
  newName: {
    en: "One word in lower case, e.g. acme; the folder is toolcast-acme. Nothing is overwritten.",
    "zh-CN": "一个小写单词，例如 acme，文件夹为 toolcast-acme。不会覆盖已有文件。",
  },
  settingsEnv: {
    en: "Print them as a .env file to fill in.",
    "zh-CN": "以 .env 文件的形式输出，供填写。",
  },
  json: { en: "Print one JSON document and nothing else.", "zh-CN": "只输出一个 JSON 文档。" },
  locale: { en: "Language.", "zh-CN": "语言。" },
  help: { en: "Show help.", "zh-CN": "显示帮助。" },
  version: { en: "Show the version.", "zh-CN": "显示版本。" },
  words: {
    en: "Free text for the tool's main input; - reads it from standard input.",
    "zh-CN": "工具主要输入的自由文本，- 表示从标准输入读取。",
  },
  explainWords: { en: "A code, or text that contains one.", "zh-CN": "错误码，或包含错误码的文本。" },
  mcpClient: { en: "The AI client.", "zh-CN": "AI 客户端。" },
  completion: {
    en: "Print the completion of commands, tools and options for a shell; its first line says how to use it.",
    "zh-CN": "输出 shell 的命令、工具和选项补全脚本，用法见其首行。",
  },
  completionShell: { en: "The shell.", "zh-CN": "使用的 shell。" },
  jobId: { en: "The job's id or its unique beginning.", "zh-CN": "任务编号，或其唯一的开头。" },
} as const satisfies Record<string, LocalizedText>;

export type CommandText = keyof typeof commandTexts;

/** The parser's own headings. */
export const helpTitles: Record<string, string> = {
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Global Options:": "全局选项：",
  "Commands:": "命令：",
};
