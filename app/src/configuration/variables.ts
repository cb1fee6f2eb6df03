import { isAbsolute } from "node:path";
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

/** Without query: requests are signed for it. */
function isBucketEndpoint(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === "";
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

function isDatabaseAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^postgres(?:ql)?:$/.test(url.protocol) && url.pathname.length > 1;
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

/**
 * Toolcast's own variables; `own-settings.ts` says what each means and what applies without it. A provider's variables
 * come from its definition.
 */
export const variablesSchema = z.object({
  PORT: port.optional(),
  PUBLIC_URL: z
    .string()
    .refine(isPublicOrigin)
    .transform((value) => new URL(value).origin)
    .optional(),
  PUBLIC_PORT: port.optional(),
  PUBLIC_HOST: host.optional(),
  TOOLCAST_DATA_DIR: z
    .string()
    .refine((value) => !value.includes("\0"))
    .optional(),
  DATABASE_URL: z.string().refine(isDatabaseAddress).optional(),
  TOOLCAST_CONFIG_DIR: z
    .string()
    .refine((value) => isAbsolute(value) && !value.includes("\0"))
    .optional(),
  TOOLCAST_LOCALE: z.string().refine(isSpoken).optional(),
  OPERATORS: list(/^[a-z][a-z0-9-]*:\S+$/).optional(),
  TOOL_ACCESS: list(/^(?:[a-z][a-z0-9_-]*|\*)=[a-z][a-z0-9-]*:[^\s|]+(?:\|[a-z][a-z0-9-]*:[^\s|]+)*$/).optional(),
  DAILY_LIMIT_PER_PERSON: wholeNumber(0, 1_000_000).optional(),
  DAILY_LIMIT_TOTAL: wholeNumber(0, 1_000_000).optional(),
  LIMITS_TIME_ZONE: z.string().refine(isTimeZone).optional(),
  ASK_ABOVE: z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,4})?$/)
    .transform(Number)
    .optional(),
  MEDIA_RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  S3_ENDPOINT: z
    .string()
    .refine(isBucketEndpoint)
    .transform((value) => value.replace(/\/+$/, ""))
    .optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .optional(),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .optional(),
  S3_ACCESS_KEY_ID: z
    .string()
    .regex(/^[\x21-\x7e]{3,200}$/)
    .optional(),
  S3_SECRET_ACCESS_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,500}$/)
    .optional(),
  JOB_RETENTION_DAYS: wholeNumber(0, 36_500).optional(),
  CONSOLE_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,500}$/)
    .optional(),
  CONSOLE_HOST: host.optional(),
  CONSOLE_NAMES: list(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/).optional(),
  MCP_TOKENS: list(/^[a-z][a-z0-9_-]{0,39}:[\x21-\x2b\x2d-\x7e]{32,500}$/)
    .refine((pairs) => new Set(pairs.map((pair) => pair.split(":")[0])).size === pairs.length)
    .optional(),
  MCP_FOLDERS: list(/^[^\0]+$/)
    .refine((folders) => folders.every((folder) => isAbsolute(folder)))
    .optional(),
  MCP_CLIENTS_WITH_LINKS: list(/^[^\0]{1,80}$/).optional(),
  TRUSTED_HOSTS: list(/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/).optional(),
  HTTPS_PROXY: proxy.optional(),
  HTTP_PROXY: proxy.optional(),
  NO_PROXY: z
    .string()
    .regex(/^[A-Za-z0-9.:*_,/[\] -]{1,4000}$/)
    .optional(),
  STOP_NOTICE_SECONDS: wholeNumber(0, 300).optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).optional(),
  SANDBOX_SPEED: z
    .string()
    .regex(/^\d{1,4}(?:\.\d{1,3})?$/)
    .transform(Number)
    .pipe(z.number().min(1).max(1_000))
    .optional(),
});

export type VariableName = keyof typeof variablesSchema.shape;
export type Variables = z.infer<typeof variablesSchema>;

/** What an environment holds for one of them, trimmed; undefined if that is nothing. */
export function givenValue(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  // Proxy variables are just as often in lower case.
  const value = environment[name] ?? (/_PROXY$/.test(name) ? environment[name.toLowerCase()] : undefined);
  return value?.trim() || undefined;
}
