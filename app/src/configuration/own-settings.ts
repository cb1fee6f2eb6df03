import { resolve } from "node:path";
import type { LocalizedText } from "@toolcast/core";
import type { VariableName } from "./variables.ts";

/** What is known about one of Toolcast's own variables. */
interface OwnSetting {
  /** What it is for, in one sentence. */
  summary: LocalizedText;
  /** What its value must be, as a clause that completes "it must be …". */
  rule: LocalizedText;
  /** What applies if it is not set: a value, or a clause that describes it. */
  default: string | LocalizedText;
  /** A valid value; never a real secret. */
  example: string;
  /** Whether its value must never be shown or logged. Default false. */
  secret?: boolean;
}

const none: LocalizedText = { en: "none", "zh-CN": "无" };

const portRule: LocalizedText = { en: "a whole number from 1 to 65535", "zh-CN": "1 到 65535 之间的整数" };
const addressRule: LocalizedText = { en: "an address of this machine", "zh-CN": "本机的网络地址" };
const limitRule: LocalizedText = { en: "a whole number from 0 to 1000000", "zh-CN": "0 到 1000000 之间的整数" };
const proxyRule: LocalizedText = {
  en: "an http or https address of a proxy, without path",
  "zh-CN": "代理服务器的 http 或 https 地址，不含路径",
};

/** Toolcast's own variables, in the order in which people need them. */
export const ownSettings: Record<VariableName, OwnSetting> = {
  PORT: {
    summary: { en: "The console's port on this machine.", "zh-CN": "控制台在本机的端口。" },
    rule: portRule,
    default: { en: "3000, or the next free one up to 3020", "zh-CN": "3000，被占用时取 3020 以内的下一个空闲端口" },
    example: "3000",
  },
  CONSOLE_TOKEN: {
    summary: {
      en: "Required to open the console; without one it answers only on this machine.",
      "zh-CN": "打开控制台所需的令牌；未设置时控制台仅限本机访问。",
    },
    rule: { en: "16 to 500 visible ASCII characters", "zh-CN": "16 到 500 个可见 ASCII 字符" },
    default: none,
    example: "$(openssl rand -hex 24)",
    secret: true,
  },
  CONSOLE_HOST: {
    summary: {
      en: "The address the console binds to; one that other machines can reach requires CONSOLE_TOKEN.",
      "zh-CN": "控制台监听的地址；若其他机器可访问该地址，必须同时设置 CONSOLE_TOKEN。",
    },
    rule: addressRule,
    default: "127.0.0.1",
    example: "127.0.0.1",
  },
  CONSOLE_NAMES: {
    summary: {
      en: "Host names under which people open the console, such as a proxy's; only with CONSOLE_TOKEN.",
      "zh-CN": "访问控制台时使用的主机名，例如反向代理的主机名；必须同时设置 CONSOLE_TOKEN。",
    },
    rule: {
      en: "a comma-separated list of host names, without scheme and port",
      "zh-CN": "以逗号分隔的主机名列表，不含协议和端口",
    },
    default: {
      en: "names of this machine, and with CONSOLE_TOKEN its numeric addresses",
      "zh-CN": "本机名称，设置 CONSOLE_TOKEN 后还包括数字地址",
    },
    example: "console.example.com",
  },
  PUBLIC_URL: {
    summary: {
      en: "Where vendors reach this installation; without it, requests that need it are refused before anything is spent.",
      "zh-CN": "服务商访问本系统的地址；未设置时，需要它的请求会在扣费前被拒绝。",
    },
    rule: {
      en: "an https address (http only for this machine) without path, query or user name",
      "zh-CN": "https 地址（仅本机可用 http），不含路径、查询参数和用户名",
    },
    default: none,
    example: "https://toolcast.example.com",
  },
  PUBLIC_PORT: {
    summary: { en: "The port of the listener behind PUBLIC_URL.", "zh-CN": "PUBLIC_URL 对应的本机监听端口。" },
    rule: portRule,
    default: "3001",
    example: "3001",
  },
  PUBLIC_HOST: {
    summary: { en: "The address that listener binds to.", "zh-CN": "该端口监听的地址。" },
    rule: addressRule,
    default: "127.0.0.1",
    example: "127.0.0.1",
  },
  OPERATORS: {
    summary: {
      en: "Who runs this installation and pays: they see balances and release held jobs. An id is a person or a role.",
      "zh-CN": "管理员，即部署本系统并付费的人：可查看余额并放行暂缓的任务。标识可以是用户或角色。",
    },
    rule: { en: "a comma-separated list of <surface>:<person>", "zh-CN": "以逗号分隔的 <平台>:<用户> 列表" },
    default: "web:local,cli:local",
    example: "web:local,cli:local",
  },
  TOOL_ACCESS: {
    summary: {
      en: "Who may use which command: persons, roles (<surface>:role:<id>) and places (<surface>:channel:<id>); the command * means every command not named.",
      "zh-CN":
        "谁可以使用哪些命令：用户、角色（<平台>:role:<标识>）和场所（<平台>:channel:<标识>）；命令 * 表示未列出的所有命令。",
    },
    rule: {
      en: "a comma-separated list of <command>=<surface>:<id>, further ids after |",
      "zh-CN": "以逗号分隔的 <命令>=<平台>:<标识> 列表，多个标识以 | 分隔",
    },
    default: { en: "everybody may use everything", "zh-CN": "所有人可使用全部命令" },
    example: "clone=web:local|cli:local",
  },
  DAILY_LIMIT_PER_PERSON: {
    summary: {
      en: "How many paid requests each person may start in a day; beyond that a job waits for an operator.",
      "zh-CN": "每人每天可发起的计费请求数；超出后任务需等待管理员放行。",
    },
    rule: limitRule,
    default: { en: "no limit", "zh-CN": "不限" },
    example: "50",
  },
  DAILY_LIMIT_TOTAL: {
    summary: {
      en: "How many paid requests all people together may start in a day; beyond that a job waits for an operator.",
      "zh-CN": "所有人每天合计可发起的计费请求数；超出后任务需等待管理员放行。",
    },
    rule: limitRule,
    default: { en: "no limit", "zh-CN": "不限" },
    example: "500",
  },
  LIMITS_TIME_ZONE: {
    summary: {
      en: "The time zone that defines a day of the limits and of the ledger.",
      "zh-CN": "每日限额和账目按哪个时区划分日期。",
    },
    rule: { en: "a time zone by its IANA name", "zh-CN": "IANA 时区名称" },
    default: "Asia/Shanghai",
    example: "Asia/Shanghai",
  },
  ASK_ABOVE: {
    summary: {
      en: "A request whose price is above this, in the provider's unit, or is not known in advance, waits for the asker's approval; 0 always asks.",
      "zh-CN": "价格高于此值（按服务商的计费单位）或无法预知的请求，需发起人确认后才开始；0 表示每次都确认。",
    },
    rule: { en: "a number from 0", "zh-CN": "不小于 0 的数" },
    default: { en: "nothing waits", "zh-CN": "无需确认" },
    example: "20",
  },
  MEDIA_RETENTION_DAYS: {
    summary: {
      en: "For how many days media are kept; longer while a job needs them.",
      "zh-CN": "媒体文件保留的天数；任务仍需要时会保留更久。",
    },
    rule: { en: "a whole number from 1 to 36500", "zh-CN": "1 到 36500 之间的整数" },
    default: "30",
    example: "90",
  },
  S3_ENDPOINT: {
    summary: {
      en: "A service that speaks the protocol of Amazon S3: media are kept in a bucket there, for several hosts, and copied to the data directory when they are read.",
      "zh-CN": "兼容 Amazon S3 协议的存储服务：媒体文件保存在其存储桶中，供多台主机共用，读取时复制到数据目录。",
    },
    rule: {
      en: "an http or https address without query or user name",
      "zh-CN": "http 或 https 地址，不含查询参数和用户名",
    },
    default: { en: "media are kept in the data directory", "zh-CN": "媒体文件保存在数据目录中" },
    example: "https://s3.eu-central-1.amazonaws.com",
  },
  S3_BUCKET: {
    summary: {
      en: "The bucket, which belongs to this installation alone; left out if the name of the host in S3_ENDPOINT begins with it.",
      "zh-CN": "存储桶名称，只供本系统使用；若 S3_ENDPOINT 的主机名以它开头，则不填。",
    },
    rule: {
      en: "3 to 63 lower-case letters, digits, hyphens and dots",
      "zh-CN": "3 到 63 个小写字母、数字、连字符和点",
    },
    default: none,
    example: "toolcast-media",
  },
  S3_REGION: {
    summary: { en: "The region that requests to it are signed for.", "zh-CN": "请求签名所用的区域。" },
    rule: { en: "lower-case letters, digits and hyphens", "zh-CN": "小写字母、数字和连字符" },
    default: "auto",
    example: "eu-central-1",
  },
  S3_ACCESS_KEY_ID: {
    summary: {
      en: "The key that may read, write, list and delete the bucket's objects.",
      "zh-CN": "有权读取、写入、列出和删除桶内对象的访问密钥 ID。",
    },
    rule: { en: "3 to 200 visible ASCII characters", "zh-CN": "3 到 200 个可见 ASCII 字符" },
    default: none,
    example: "AKIAIOSFODNN7EXAMPLE",
  },
  S3_SECRET_ACCESS_KEY: {
    summary: { en: "The secret that belongs to it.", "zh-CN": "与之对应的访问密钥。" },
    rule: { en: "8 to 500 visible ASCII characters", "zh-CN": "8 到 500 个可见 ASCII 字符" },
    default: none,
    example: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    secret: true,
  },
  JOB_RETENTION_DAYS: {
    summary: {
      en: "For how many days the records of ended jobs are kept after their last change; 0 keeps them for ever.",
      "zh-CN": "已结束任务的记录在最后一次变化后保留的天数；0 表示永久保留。",
    },
    rule: { en: "a whole number from 0 to 36500", "zh-CN": "0 到 36500 之间的整数" },
    default: "90",
    example: "365",
  },
  TRUSTED_HOSTS: {
    summary: {
      en: "Your own hosts that links may point to although their address is private.",
      "zh-CN": "允许链接指向的内网主机。",
    },
    rule: { en: "a comma-separated list of host or host:port", "zh-CN": "以逗号分隔的列表，每项为 host 或 host:port" },
    default: none,
    example: "media.internal:8080",
  },
  HTTPS_PROXY: {
    summary: {
      en: "The proxy for https addresses and sockets, with credentials if it needs any. Lower case works too.",
      "zh-CN": "访问 https 地址和套接字所用的代理，可包含用户名和密码。变量名也可小写。",
    },
    rule: proxyRule,
    default: none,
    example: "http://user:password@proxy.example.com:3128",
    secret: true,
  },
  HTTP_PROXY: {
    summary: {
      en: "The proxy for http addresses. Lower case works too.",
      "zh-CN": "访问 http 地址所用的代理。变量名也可小写。",
    },
    rule: proxyRule,
    default: none,
    example: "http://user:password@proxy.example.com:3128",
    secret: true,
  },
  NO_PROXY: {
    summary: {
      en: "Hosts reached without a proxy; a name includes its subdomains, and this machine never uses one.",
      "zh-CN": "不经代理直接访问的主机，名称包括其子域名；本机始终直连。",
    },
    rule: {
      en: "a comma-separated list of host, host:port or address range",
      "zh-CN": "以逗号分隔的列表，每项为 host、host:port 或地址段",
    },
    default: none,
    example: "internal.example.com,10.0.0.0/8",
  },
  MCP_TOKENS: {
    summary: {
      en: "Who may connect agents over HTTP; each name owns its jobs. Without it, /mcp answers only on this machine.",
      "zh-CN": "可通过 HTTP 连接智能体的令牌，任务归各自的名称所有；未设置时 /mcp 仅限本机访问。",
    },
    rule: {
      en: "a comma-separated list of <name>:<token> with different names and tokens of at least 32 characters",
      "zh-CN": "以逗号分隔的 <名称>:<令牌> 列表，名称不得重复，令牌至少 32 个字符",
    },
    default: none,
    example: "ada:$(openssl rand -hex 24)",
    secret: true,
  },
  MCP_FOLDERS: {
    summary: {
      en: "Folders whose files toolcast mcp may read when an agent names one.",
      "zh-CN": "智能体指定文件时，toolcast mcp 可读取的文件夹。",
    },
    rule: { en: "a comma-separated list of absolute paths of folders", "zh-CN": "以逗号分隔的文件夹绝对路径列表" },
    default: none,
    example: "/home/ada/Pictures",
  },
  MCP_CLIENTS_WITH_LINKS: {
    summary: {
      en: "Agents, by the name their client reports, that get resource links in results; * for all.",
      "zh-CN": "结果中附带资源链接的智能体，按其客户端名称列出；* 表示全部。",
    },
    rule: { en: "a comma-separated list of client names, or *", "zh-CN": "以逗号分隔的客户端名称列表，或 *" },
    default: none,
    example: "Visual Studio Code",
  },
  TOOLCAST_DATA_DIR: {
    summary: {
      en: "Where jobs, media, voices and the key are stored; the sandbox's are in its folder sandbox.",
      "zh-CN": "任务、媒体、音色和密钥的保存位置；沙箱的数据在其中的 sandbox 文件夹。",
    },
    rule: { en: "the path of a folder", "zh-CN": "文件夹路径" },
    default: {
      en: ".toolcast beside .env or the configuration file, otherwise your user data folder",
      "zh-CN": ".env 或配置文件旁的 .toolcast；两者都没有时为您的用户数据文件夹",
    },
    example: "./data",
  },
  DATABASE_URL: {
    summary: {
      en: "The PostgreSQL database that takes the place of the data directory's files, except media: for several processes on one or more hosts.",
      "zh-CN": "用 PostgreSQL 数据库代替数据目录中的文件（媒体除外）：供一台或多台主机上的多个进程共用。",
    },
    rule: {
      en: "a postgres:// address with the name of a database",
      "zh-CN": "包含数据库名称的 postgres:// 地址",
    },
    default: { en: "files in the data directory", "zh-CN": "数据目录中的文件" },
    example: "postgres://toolcast:password@db.example.com:5432/toolcast",
    secret: true,
  },
  TOOLCAST_CONFIG_DIR: {
    summary: {
      en: "The folder of .env and toolcast.config, for programs that start Toolcast from elsewhere; it has no effect in .env itself.",
      "zh-CN": ".env 和 toolcast.config 所在的文件夹，供从其他位置启动 Toolcast 的程序使用；写在 .env 中无效。",
    },
    rule: { en: "the absolute path of a folder", "zh-CN": "文件夹的绝对路径" },
    default: { en: "the working directory", "zh-CN": "工作目录" },
    example: resolve("/srv/toolcast"),
  },
  TOOLCAST_LOCALE: {
    summary: { en: "The language of the terminal.", "zh-CN": "终端使用的语言。" },
    rule: { en: "en or zh-CN", "zh-CN": "en 或 zh-CN" },
    default: { en: "the system's (LC_ALL, LC_MESSAGES, LANG)", "zh-CN": "系统语言（LC_ALL、LC_MESSAGES、LANG）" },
    example: "zh-CN",
  },
  STOP_NOTICE_SECONDS: {
    summary: {
      en: "For how many seconds a stopping server still takes requests while /readyz already refuses, so that a load balancer sends none any more; only if somebody asked /readyz in the minute before.",
      "zh-CN":
        "停止中的服务器在 /readyz 已返回 503 后继续接收请求的秒数，以便负载均衡先停止转发；仅当此前一分钟内有人访问过 /readyz 时才等待。",
    },
    rule: { en: "a whole number from 0 to 300", "zh-CN": "0 到 300 之间的整数" },
    default: "10",
    example: "30",
  },
  LOG_LEVEL: {
    summary: { en: "How much is logged.", "zh-CN": "日志的详细程度。" },
    rule: {
      en: "one of trace, debug, info, warn, error, fatal, silent",
      "zh-CN": "trace、debug、info、warn、error、fatal、silent 之一",
    },
    default: { en: "info for the server, warn for other commands", "zh-CN": "服务器为 info，其他命令为 warn" },
    example: "info",
  },
  SANDBOX_SPEED: {
    summary: {
      en: "How many times faster than real time the sandbox vendors work.",
      "zh-CN": "沙箱服务商相对真实速度的倍数。",
    },
    rule: { en: "a number from 1 to 1000", "zh-CN": "1 到 1000 之间的数" },
    default: "1",
    example: "20",
  },
};
