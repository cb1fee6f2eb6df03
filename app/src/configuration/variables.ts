import { isAbsolute, resolve } from "node:path";
import type { LocalizedText } from "@toolcast/core";
import { z } from "zod";
import { isSpoken } from "./locale-choice.ts";
import { isLoopbackHost } from "./loopback.ts";

const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));

const list = (item: RegExp) =>
  z
    .string()
    .transform((value) =>
      value
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    )
    .pipe(z.array(z.string().regex(item)).min(1));

/** Only an origin: vendors get addresses below it, and a path would change what they sign and fetch. */
function isPublicOrigin(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.username !== "" || url.password !== "") {
    return false;
  }
  const safe = url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
  return safe && url.pathname === "/" && url.search === "" && url.hash === "" && !/[?#]/.test(value);
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

const port = wholeNumber(1, 65_535);
const host = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/);

/** Without a scheme it means http, as in other programs. */
const proxy = z
  .string()
  .transform((value) => (value.includes("://") ? value : `http://${value}`))
  .refine((value) => {
    const url = URL.parse(value);
    return url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "";
  });

/** Toolcast's own variables. A provider's variables come from its definition. */
export const variablesSchema = z.object({
  /** The console's port on this machine. Default 3000, or the next free one up to 3020. */
  PORT: port.optional(),
  /** Where vendors reach us: an origin. Default none: requests that need it are refused before anything is spent. */
  PUBLIC_URL: z
    .string()
    .refine(isPublicOrigin)
    .transform((value) => new URL(value).origin)
    .optional(),
  /** The port of the listener behind PUBLIC_URL. Default 3001. */
  PUBLIC_PORT: port.optional(),
  /** The address that listener binds to. Default 127.0.0.1. */
  PUBLIC_HOST: host.optional(),
  /** Where jobs, media and the key are stored. Default: see `data-directory.ts`. */
  TOOLCAST_DATA_DIR: z
    .string()
    .refine((value) => !value.includes("\0"))
    .optional(),
  /** The folder of `.env` and `toolcast.config`, for programs that start us from elsewhere. Default: the working directory. */
  TOOLCAST_CONFIG_DIR: z
    .string()
    .refine((value) => isAbsolute(value) && !value.includes("\0"))
    .optional(),
  /** The language of the terminal. Default: LC_ALL, LC_MESSAGES, LANG. */
  TOOLCAST_LOCALE: z.string().refine(isSpoken).optional(),
  /** Who runs this installation and pays: `<surface>:<person>`, comma-separated. Default: whoever uses this machine. */
  OPERATORS: list(/^[a-z][a-z0-9-]*:\S+$/).optional(),
  /**
   * Who may use which tools: `<command>=<id>|<id>`, comma-separated; an id is a person, a role (`<surface>:role:<id>`)
   * or a place (`<surface>:channel:<id>`), and the command `*` means every tool not named. Default: everybody may use
   * everything.
   */
  TOOL_ACCESS: list(/^(?:[a-z][a-z0-9_-]*|\*)=[a-z][a-z0-9-]*:[^\s|]+(?:\|[a-z][a-z0-9-]*:[^\s|]+)*$/).optional(),
  /** Paid requests each person may start in a day. Default: no limit. */
  DAILY_LIMIT_PER_PERSON: wholeNumber(0, 1_000_000).optional(),
  /** Paid requests all people together may start in a day. Default: no limit. */
  DAILY_LIMIT_TOTAL: wholeNumber(0, 1_000_000).optional(),
  /**
   * The time zone that defines a day of the limits and of the ledger. Default Asia/Shanghai, by which the vendors bill.
   */
  LIMITS_TIME_ZONE: z.string().refine(isTimeZone).optional(),
  /**
   * A request whose price is above this, in the provider's unit, or is not known in advance, waits for the asker's yes.
   * Default: none waits.
   */
  ASK_ABOVE: z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,4})?$/)
    .transform(Number)
    .optional(),
  /** Days for which media are kept after they were stored; those of open jobs are kept longer. Default 30. */
  MEDIA_RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  /** Days for which the records of ended jobs are kept after their last change; 0 for ever. Default 90. */
  JOB_RETENTION_DAYS: wholeNumber(0, 36_500).optional(),
  /**
   * Required to open the console; at least 16 characters. Default none: the console then answers only on this machine.
   */
  CONSOLE_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,500}$/)
    .optional(),
  /** The address the console binds to. Default 127.0.0.1. */
  CONSOLE_HOST: host.optional(),
  /**
   * Host names under which people open the console, comma-separated, such as a proxy's. Only with CONSOLE_TOKEN.
   * Default none: loopback names, and with a token numeric addresses.
   */
  CONSOLE_NAMES: list(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/).optional(),
  /**
   * Who may connect agents over HTTP: `<name>:<token>`, comma-separated; each name owns its jobs as `mcp:<name>`. A
   * token is 32 to 500 characters. Default none: `/mcp` then answers only on this machine, as `mcp:local`.
   */
  MCP_TOKENS: list(/^[a-z][a-z0-9_-]{0,39}:[\x21-\x2b\x2d-\x7e]{32,500}$/)
    .refine((pairs) => new Set(pairs.map((pair) => pair.split(":")[0])).size === pairs.length)
    .optional(),
  /** Folders whose files `toolcast mcp` may read when an agent names one: absolute paths, comma-separated. Default none. */
  MCP_FOLDERS: list(/^[^\0]+$/)
    .refine((folders) => folders.every((folder) => isAbsolute(folder)))
    .optional(),
  /** Agents, by the name their client reports, that get resource links in results; `*` for all. Default none. */
  MCP_CLIENTS_WITH_LINKS: list(/^[^\0]{1,80}$/).optional(),
  /**
   * Hosts that links may point to although their address is private: `host` or `host:port`, comma-separated. Default
   * none.
   */
  TRUSTED_HOSTS: list(/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/).optional(),
  /** The proxy for https addresses (and sockets), with credentials if it needs any. Default none. */
  HTTPS_PROXY: proxy.optional(),
  /** The proxy for http addresses. Default none. */
  HTTP_PROXY: proxy.optional(),
  /**
   * Hosts reached without a proxy, comma-separated; a name includes its subdomains. Default none; loopback never uses
   * one.
   */
  NO_PROXY: z
    .string()
    .regex(/^[A-Za-z0-9.:*_,/[\] -]{1,4000}$/)
    .optional(),
  /** How much is logged. Default `info` for the server and `warn` for the other commands. */
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).optional(),
  /** How many times faster than real time the sandbox vendors work, 1 to 1000. Default 1. */
  SANDBOX_SPEED: z
    .string()
    .regex(/^\d{1,4}(?:\.\d{1,3})?$/)
    .transform(Number)
    .pipe(z.number().min(1).max(1_000))
    .optional(),
});

export type VariableName = keyof typeof variablesSchema.shape;
export type Variables = z.infer<typeof variablesSchema>;

const proxyRule: LocalizedText = {
  en: "an http or https address of a proxy, without path",
  "zh-CN": "代理服务器的 http 或 https 地址，不含路径",
};

/** What each variable must be, as a clause that ends a sentence, with a valid example. */
export const variableRules: Record<VariableName, { rule: LocalizedText; example: string; secret?: boolean }> = {
  PORT: { rule: { en: "a whole number from 1 to 65535", "zh-CN": "1 到 65535 之间的整数" }, example: "3000" },
  PUBLIC_URL: {
    rule: {
      en: "an https address (http only for this machine) without path, query or user name",
      "zh-CN": "https 地址（仅本机可用 http），不含路径、查询参数和用户名",
    },
    example: "https://toolcast.example.com",
  },
  PUBLIC_PORT: { rule: { en: "a whole number from 1 to 65535", "zh-CN": "1 到 65535 之间的整数" }, example: "3001" },
  PUBLIC_HOST: { rule: { en: "an address of this machine", "zh-CN": "本机的网络地址" }, example: "127.0.0.1" },
  TOOLCAST_DATA_DIR: { rule: { en: "the path of a folder", "zh-CN": "文件夹路径" }, example: "./data" },
  TOOLCAST_CONFIG_DIR: {
    rule: { en: "the absolute path of a folder", "zh-CN": "文件夹的绝对路径" },
    example: resolve("/srv/toolcast"),
  },
  TOOLCAST_LOCALE: { rule: { en: "en or zh-CN", "zh-CN": "en 或 zh-CN" }, example: "zh-CN" },
  OPERATORS: {
    rule: { en: "a comma-separated list of <surface>:<person>", "zh-CN": "以逗号分隔的 <平台>:<用户> 列表" },
    example: "web:local,cli:local",
  },
  TOOL_ACCESS: {
    rule: {
      en: "a comma-separated list of <command>=<surface>:<id>, further ids after |",
      "zh-CN": "以逗号分隔的 <命令>=<平台>:<标识> 列表，多个标识以 | 分隔",
    },
    example: "clone=web:local|cli:local",
  },
  DAILY_LIMIT_PER_PERSON: {
    rule: { en: "a whole number from 0 to 1000000", "zh-CN": "0 到 1000000 之间的整数" },
    example: "50",
  },
  DAILY_LIMIT_TOTAL: {
    rule: { en: "a whole number from 0 to 1000000", "zh-CN": "0 到 1000000 之间的整数" },
    example: "500",
  },
  LIMITS_TIME_ZONE: {
    rule: { en: "a time zone by its IANA name", "zh-CN": "IANA 时区名称" },
    example: "Asia/Shanghai",
  },
  ASK_ABOVE: { rule: { en: "a number from 0", "zh-CN": "不小于 0 的数" }, example: "20" },
  MEDIA_RETENTION_DAYS: {
    rule: { en: "a whole number from 1 to 36500", "zh-CN": "1 到 36500 之间的整数" },
    example: "90",
  },
  JOB_RETENTION_DAYS: {
    rule: { en: "a whole number from 0 to 36500", "zh-CN": "0 到 36500 之间的整数" },
    example: "365",
  },
  CONSOLE_TOKEN: {
    rule: { en: "16 to 500 visible ASCII characters", "zh-CN": "16 到 500 个可见 ASCII 字符" },
    example: "$(openssl rand -hex 24)",
    secret: true,
  },
  CONSOLE_HOST: { rule: { en: "an address of this machine", "zh-CN": "本机的网络地址" }, example: "127.0.0.1" },
  CONSOLE_NAMES: {
    rule: {
      en: "a comma-separated list of host names, without scheme and port",
      "zh-CN": "以逗号分隔的主机名列表，不含协议和端口",
    },
    example: "console.example.com",
  },
  TRUSTED_HOSTS: {
    rule: { en: "a comma-separated list of host or host:port", "zh-CN": "以逗号分隔的列表，每项为 host 或 host:port" },
    example: "media.internal:8080",
  },
  HTTPS_PROXY: { rule: proxyRule, example: "http://user:password@proxy.example.com:3128", secret: true },
  HTTP_PROXY: { rule: proxyRule, example: "http://user:password@proxy.example.com:3128", secret: true },
  NO_PROXY: {
    rule: {
      en: "a comma-separated list of host, host:port or address range",
      "zh-CN": "以逗号分隔的列表，每项为 host、host:port 或地址段",
    },
    example: "internal.example.com,10.0.0.0/8",
  },
  MCP_TOKENS: {
    rule: {
      en: "a comma-separated list of <name>:<token> with different names and tokens of at least 32 characters",
      "zh-CN": "以逗号分隔的 <名称>:<令牌> 列表，名称不得重复，令牌至少 32 个字符",
    },
    example: "ada:$(openssl rand -hex 24)",
    secret: true,
  },
  MCP_FOLDERS: {
    rule: { en: "a comma-separated list of absolute paths of folders", "zh-CN": "以逗号分隔的文件夹绝对路径列表" },
    example: "/home/ada/Pictures",
  },
  MCP_CLIENTS_WITH_LINKS: {
    rule: { en: "a comma-separated list of client names, or *", "zh-CN": "以逗号分隔的客户端名称列表，或 *" },
    example: "Visual Studio Code",
  },
  LOG_LEVEL: {
    rule: {
      en: "one of trace, debug, info, warn, error, fatal, silent",
      "zh-CN": "trace、debug、info、warn、error、fatal、silent 之一",
    },
    example: "info",
  },
  SANDBOX_SPEED: { rule: { en: "a number from 1 to 1000", "zh-CN": "1 到 1000 之间的数" }, example: "20" },
};
