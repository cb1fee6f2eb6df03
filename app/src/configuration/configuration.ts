import { isAbsolute, join, resolve } from "node:path";
import type { AccessRule, Locale, Tool } from "@toolcast/core";
import { createProxies, type Proxies } from "@toolcast/core/provider";
import { createRedaction, leastSecretCharacters } from "../redaction.ts";
import type { AnyAdapter } from "./built-in-adapters.ts";
import { ConfigurationError, type Problem } from "./configuration-error.ts";
import { defaultDataDirectory, type Home } from "./data-directory.ts";
import type { Plugins } from "./define-configuration.ts";
import {
  type AnyProvider,
  type Configured,
  readAdapter,
  readProvider,
  secretsGiven,
  secretsOf,
} from "./definition-settings.ts";
import { findConfigurationFiles } from "./files.ts";
import { readKnownParts } from "./known-parts.ts";
import { localeOf } from "./locale-choice.ts";
import { isLoopbackHost } from "./loopback.ts";
import { type MediaBucketSettings, mediaBucketOf, missingOfMediaBucket } from "./media-bucket-settings.ts";
import { misspeltSettings } from "./misspelt-settings.ts";
import { ownSettings } from "./own-settings.ts";
import { givenValue, type VariableName, type Variables, variablesSchema } from "./variables.ts";
import { wrongValue } from "./wrong-value.ts";

/** The installation's whole configuration, checked. */
export interface Configuration {
  locale: Locale;
  dataDirectory: string;
  /** The PostgreSQL database that takes the place of the files there, except media; a secret. Absent: the files. */
  databaseUrl?: string;
  console: {
    port: number;
    /** True when PORT was set: no other port is tried. */
    portFixed: boolean;
    host: string;
    /** Host names besides loopback names under which it may be opened. */
    names: string[];
    token?: string;
  };
  /** Absent if vendors cannot reach us. */
  publicListener?: { url: string; port: number; host: string };
  mcp: {
    /** Who may connect over HTTP; empty for this machine only. */
    tokens: { name: string; token: string }[];
    /** Where `toolcast mcp` may read files. */
    folders: string[];
    clientsWithLinks: string[];
  };
  operators: string[];
  access: AccessRule[];
  dailyLimitPerPerson?: number;
  dailyLimitTotal?: number;
  /** An IANA name; if absent, core's default. */
  limitsTimeZone?: string;
  askAbove?: number;
  retentionDays?: number;
  /** 0 for ever; if absent, core's default. */
  jobRetentionDays?: number;
  /** How long a stopping server stays open for balancers that ask `/readyz`, in milliseconds. */
  stopNoticeMs: number;
  /** Absent: media are kept in the data directory. */
  mediaBucket?: MediaBucketSettings;
  trustedHosts: string[];
  /** The proxies to use for outgoing connections. */
  proxies: Proxies;
  /** The proxies' addresses by their variables, without credentials. */
  proxyAddresses: { variable: "HTTPS_PROXY" | "HTTP_PROXY"; origin: string }[];
  logLevel?: string;
  sandboxSpeed: number;
  tools: Tool[];
  /** Every provider this installation knows. */
  definitions: AnyProvider[];
  /** The providers with keys; none means sandbox mode. */
  providers: Configured<AnyProvider>[];
  /** Every chat platform this installation knows. */
  adapterDefinitions: AnyAdapter[];
  /** The chat platforms it is connected to. */
  adapters: Configured<AnyAdapter>[];
  /** The sandbox that simulates the vendors; absent with real keys, and before it has been started. */
  sandboxUrl?: string;
  /** Values that must never be printed. */
  secrets: string[];
}

/** Where a configuration is read from. */
export interface ConfigurationSource extends Home {
  workingDirectory: string;
  /** What `toolcast.config` adds; read from the working directory when absent. */
  plugins?: Plugins;
}

/** Set by the supervisor for its server: the address of the sandbox that its provider variables point at. */
export const sandboxUrlVariable = "TOOLCAST_SANDBOX_URL";

/** Reads and checks everything; throws a {@link ConfigurationError} that lists every problem. */
export async function readConfiguration(source: ConfigurationSource): Promise<Configuration> {
  const files = findConfigurationFiles(source.workingDirectory);
  const environment = mergeEnvironments(files.dotEnv, source.environment);
  const { variables, problems } = readVariables(environment);
  const { tools, definitions, adapterDefinitions } = await readKnownParts(files, source.plugins);
  problems.push(...repeatedNames(tools, definitions, adapterDefinitions));
  const read = definitions.map((definition) => readProvider(definition, environment));
  problems.push(...read.flatMap((provider) => provider.problems));
  const readAdapters = adapterDefinitions.map((definition) => readAdapter(definition, environment));
  problems.push(...readAdapters.flatMap((adapter) => adapter.problems));
  problems.push(...unknownTools(variables.TOOL_ACCESS ?? [], tools));
  problems.push(...contradictions(variables), ...missingOfMediaBucket(variables));
  problems.push(...misspeltSettings(environment, knownVariables([...definitions, ...adapterDefinitions])));
  if (problems.length > 0) {
    // Redacted, because plugins write their own messages and a secret may be in the wrong variable.
    const secrets = [
      ...ownSecretsGiven(environment),
      ...secretsGiven([...definitions, ...adapterDefinitions], environment),
    ];
    throw new ConfigurationError(withoutSecrets(problems, secrets));
  }

  const providers = read.flatMap(({ configured }) => (configured === null ? [] : [configured]));
  const adapters = readAdapters.flatMap(({ configured }) => (configured === null ? [] : [configured]));
  const sandboxUrl = source.environment[sandboxUrlVariable];
  const given = variables.TOOLCAST_DATA_DIR;
  return {
    locale: localeOf(environment),
    dataDirectory:
      given === undefined
        ? defaultDataDirectory(files.directory, { ...source, environment })
        : absolute(given, source.workingDirectory, source.homeDirectory),
    databaseUrl: variables.DATABASE_URL,
    console: {
      port: variables.PORT ?? 3000,
      portFixed: variables.PORT !== undefined,
      host: variables.CONSOLE_HOST ?? "127.0.0.1",
      names: variables.CONSOLE_NAMES ?? [],
      token: variables.CONSOLE_TOKEN,
    },
    ...(variables.PUBLIC_URL === undefined
      ? {}
      : {
          publicListener: {
            url: variables.PUBLIC_URL,
            port: variables.PUBLIC_PORT ?? 3001,
            host: variables.PUBLIC_HOST ?? "127.0.0.1",
          },
        }),
    mcp: {
      tokens: (variables.MCP_TOKENS ?? []).map(namedToken),
      folders: variables.MCP_FOLDERS ?? [],
      clientsWithLinks: variables.MCP_CLIENTS_WITH_LINKS ?? [],
    },
    operators: variables.OPERATORS ?? ["web:local", "cli:local"],
    access: (variables.TOOL_ACCESS ?? []).map(accessRule),
    dailyLimitPerPerson: variables.DAILY_LIMIT_PER_PERSON,
    dailyLimitTotal: variables.DAILY_LIMIT_TOTAL,
    limitsTimeZone: variables.LIMITS_TIME_ZONE,
    askAbove: variables.ASK_ABOVE,
    retentionDays: variables.MEDIA_RETENTION_DAYS,
    jobRetentionDays: variables.JOB_RETENTION_DAYS,
    stopNoticeMs: (variables.STOP_NOTICE_SECONDS ?? 10) * 1_000,
    mediaBucket: mediaBucketOf(variables),
    trustedHosts: variables.TRUSTED_HOSTS ?? [],
    proxies: createProxies({ https: variables.HTTPS_PROXY, http: variables.HTTP_PROXY, no: variables.NO_PROXY }),
    proxyAddresses: proxyVariables.flatMap((variable) => {
      const given = variables[variable];
      return given === undefined ? [] : [{ variable, origin: new URL(given).origin }];
    }),
    logLevel: variables.LOG_LEVEL,
    sandboxSpeed: variables.SANDBOX_SPEED ?? 1,
    tools,
    definitions,
    providers,
    adapterDefinitions,
    adapters,
    sandboxUrl,
    // The sandbox's keys are printed on purpose: they open nothing.
    secrets: [
      ...[variables.CONSOLE_TOKEN, variables.S3_SECRET_ACCESS_KEY].filter((secret) => secret !== undefined),
      ...[...proxyVariables, "DATABASE_URL" as const].flatMap((variable) => credentialsOf(variables[variable])),
      ...adapters.flatMap(secretsOf),
      ...(variables.MCP_TOKENS ?? []).map((pair) => namedToken(pair).token),
      ...(sandboxUrl === undefined ? providers.flatMap(secretsOf) : []),
    ],
  };
}

function knownVariables(definitions: readonly (AnyProvider | AnyAdapter)[]): string[] {
  return [
    ...Object.keys(ownSettings),
    ...definitions.flatMap(({ settings }) => settings.map(({ variable }) => variable)),
  ];
}

const proxyVariables = ["HTTPS_PROXY", "HTTP_PROXY"] as const;

/** What must not be shown of an address: its password, and the credentials as they are sent. */
function credentialsOf(address: string | undefined): string[] {
  if (address === undefined) {
    return [];
  }
  const { username, password, searchParams } = new URL(address);
  const plain = [username, password].map(decodeURIComponent);
  const parameter = searchParams.get("password");
  return [
    ...(password === "" ? [] : [address, password, plain[1]!, plain.join(":")]),
    ...(parameter === null ? [] : [address, parameter]),
  ];
}

function namedToken(pair: string): { name: string; token: string } {
  const at = pair.indexOf(":");
  return { name: pair.slice(0, at), token: pair.slice(at + 1) };
}

/** The same installation with the sandbox instead of the vendors. */
export function withSandbox(
  configuration: Configuration,
  sandbox: { url: string; environment: Readonly<Record<string, string>> },
): Configuration {
  const providers = configuration.definitions.flatMap((definition) => {
    const { configured, problems } = readProvider(definition, sandbox.environment);
    if (problems.length > 0) {
      throw new ConfigurationError(problems);
    }
    return configured === null ? [] : [configured];
  });
  return { ...configuration, providers, sandboxUrl: sandbox.url };
}

function ownSecretsGiven(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(ownSettings).flatMap(([name, { secret }]) => {
    const value = givenValue(environment, name);
    return secret && value !== undefined && value.length >= leastSecretCharacters ? [value] : [];
  });
}

function withoutSecrets(problems: readonly Problem[], secrets: readonly string[]): Problem[] {
  const redact = createRedaction(secrets);
  return problems.map(({ variable, sentence }) => ({
    variable,
    sentence: { en: redact(sentence.en), "zh-CN": redact(sentence["zh-CN"]) },
  }));
}

/** A variable of the real environment takes precedence, even an empty one: that switches off a line of `.env`. */
export function mergeEnvironments(
  dotEnv: Readonly<Record<string, string | undefined>>,
  real: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return { ...dotEnv, ...Object.fromEntries(Object.entries(real).filter(([, value]) => value !== undefined)) };
}

function accessRule(rule: string): AccessRule {
  const [tool = "", ids = ""] = rule.split(/=(.*)/s);
  return { tool, allowed: ids.split("|") };
}

/** A rule about an unknown tool would protect nothing. */
function unknownTools(rules: readonly string[], tools: readonly Tool[]): Problem[] {
  const unknown = rules
    .map((rule) => accessRule(rule).tool)
    .filter((command) => command !== "*" && !tools.some((tool) => tool.command === command));
  return [...new Set(unknown)].map((command) => ({
    variable: "TOOL_ACCESS",
    sentence: {
      en: `TOOL_ACCESS names "${command}", which is no command. Use one of ${tools.map((tool) => tool.command).join(", ")}.`,
      "zh-CN": `TOOL_ACCESS 中的“${command}”不是命令，可用的命令有 ${tools.map((tool) => tool.command).join("、")}。`,
    },
  }));
}

function readVariables(environment: Record<string, string | undefined>): { variables: Variables; problems: Problem[] } {
  const given = Object.fromEntries(
    Object.keys(variablesSchema.shape).flatMap((name) => {
      const value = givenValue(environment, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const parsed = variablesSchema.safeParse(given);
  if (parsed.success) {
    return { variables: parsed.data, problems: [] };
  }
  const names = [...new Set(parsed.error.issues.map((issue) => issue.path[0] as VariableName))];
  return { variables: {}, problems: names.map((name) => wrongValue(name, String(given[name]), ownSettings[name])) };
}

function contradictions(variables: Variables): Problem[] {
  const problems: Problem[] = [];
  const opened = [
    ...(isLoopbackHost(variables.CONSOLE_HOST ?? "127.0.0.1") ? [] : [`CONSOLE_HOST=${variables.CONSOLE_HOST}`]),
    ...(variables.CONSOLE_NAMES === undefined ? [] : [`CONSOLE_NAMES=${variables.CONSOLE_NAMES.join(",")}`]),
  ];
  const [by] = opened;
  if (by !== undefined && variables.CONSOLE_TOKEN === undefined) {
    const [name] = by.split("=");
    problems.push({
      variable: "CONSOLE_TOKEN",
      sentence: {
        en: `CONSOLE_TOKEN is missing: with ${by} other machines can open the console. Set CONSOLE_TOKEN to at least 16 characters nobody can guess, or remove ${name}.`,
        "zh-CN": `缺少 CONSOLE_TOKEN：${by} 会让其他机器也能打开控制台。请将 CONSOLE_TOKEN 设为至少 16 个无法猜到的字符，或删除 ${name}。`,
      },
    });
  }
  const publicPort = variables.PUBLIC_PORT ?? 3001;
  if (variables.PUBLIC_URL !== undefined && variables.PORT === publicPort) {
    problems.push({
      variable: "PUBLIC_PORT",
      sentence: {
        en: `PUBLIC_PORT and PORT are both ${publicPort}: the console must not be on the public listener. Give PUBLIC_PORT another number.`,
        "zh-CN": `PUBLIC_PORT 与 PORT 都是 ${publicPort}：控制台不能使用对外监听的端口。请为 PUBLIC_PORT 换一个端口号。`,
      },
    });
  }
  return problems;
}

/** The prefixes of callers' ids from the other surfaces. */
const surfaceIds = ["web", "mcp", "cli"];

function repeatedNames(
  tools: readonly Tool[],
  definitions: readonly AnyProvider[],
  adapterDefinitions: readonly AnyAdapter[],
): Problem[] {
  const names = [
    ...repeated(tools.map((tool) => tool.name)),
    ...repeated(tools.map((tool) => tool.command)),
    ...repeated(definitions.map((definition) => definition.id)),
    ...repeated([...surfaceIds, ...adapterDefinitions.map((definition) => definition.id)]),
  ];
  return [...new Set(names)].map((name) => ({
    variable: "toolcast.config",
    sentence: {
      en: `toolcast.config adds "${name}", which exists already. Give it another name.`,
      "zh-CN": `toolcast.config 中的“${name}”与已有名称重复，请换一个名称。`,
    },
  }));
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function absolute(path: string, workingDirectory: string, homeDirectory: string): string {
  const expanded = path === "~" || path.startsWith("~/") ? join(homeDirectory, path.slice(1)) : path;
  return isAbsolute(expanded) ? expanded : resolve(workingDirectory, expanded);
}
