import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locale } from "@toolcast/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Configuration, readConfiguration, withSandbox } from "./configuration.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { Plugins } from "./define-configuration.ts";
import { ownSettings } from "./own-settings.ts";
import { variablesSchema } from "./variables.ts";

// @verifies tried.configuration, understood.both-languages

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-configuration-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(environment: Record<string, string>, plugins?: Plugins): Promise<Configuration> {
  return readConfiguration({
    workingDirectory: directory,
    environment,
    platform: "linux",
    homeDirectory: "/home/somebody",
    plugins,
  });
}

async function problemsOf(environment: Record<string, string>, plugins?: Plugins): Promise<ConfigurationError> {
  const outcome = await read(environment, plugins).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ConfigurationError);
  return outcome as ConfigurationError;
}

const sparkKeys = { SPARK_APP_ID: "app", SPARK_API_KEY: "marker-key-1", SPARK_API_SECRET: "marker-secret-1" };

test("with nothing set everything has its default and no provider is configured", async () => {
  const configuration = await read({});
  expect(configuration).toMatchObject({
    locale: "en",
    dataDirectory: "/home/somebody/.local/share/toolcast",
    console: { port: 3000, portFixed: false, host: "127.0.0.1" },
    operators: ["web:local", "cli:local"],
    trustedHosts: [],
    sandboxSpeed: 1,
    providers: [],
    secrets: [],
  });
  expect(configuration.console.token).toBeUndefined();
  expect(configuration.publicListener).toBeUndefined();
});

test("every variable is read", async () => {
  const configuration = await read({
    PORT: "4000",
    PUBLIC_URL: "https://toolcast.example.com/",
    PUBLIC_PORT: "4001",
    PUBLIC_HOST: "0.0.0.0",
    TOOLCAST_DATA_DIR: "here",
    TOOLCAST_LOCALE: "zh-CN",
    OPERATORS: "web:local, discord:42",
    TOOL_ACCESS: "clone=discord:role:7|web:local, *=discord:guild:9",
    DAILY_LIMIT_PER_PERSON: "5",
    DAILY_LIMIT_TOTAL: "0",
    LIMITS_TIME_ZONE: "Europe/Paris",
    ASK_ABOVE: "12.5",
    MEDIA_RETENTION_DAYS: "90",
    JOB_RETENTION_DAYS: "0",
    CONSOLE_TOKEN: "a-token-nobody-can-guess",
    CONSOLE_HOST: "0.0.0.0",
    CONSOLE_NAMES: "console.example.com, box",
    TRUSTED_HOSTS: "media.internal:8080,[::1]:9000",
    STOP_NOTICE_SECONDS: "30",
    LOG_LEVEL: "debug",
    SANDBOX_SPEED: "20",
    MCP_TOKENS: `ada:${"a".repeat(40)}, bob:${"b:".repeat(20)}`,
    MCP_FOLDERS: "/home/ada/Pictures,/srv/media",
    MCP_CLIENTS_WITH_LINKS: "kiro, other client",
  });
  expect(configuration).toMatchObject({
    locale: "zh-CN",
    dataDirectory: join(directory, "here"),
    console: {
      port: 4000,
      portFixed: true,
      host: "0.0.0.0",
      names: ["console.example.com", "box"],
      token: "a-token-nobody-can-guess",
    },
    publicListener: { url: "https://toolcast.example.com", port: 4001, host: "0.0.0.0" },
    operators: ["web:local", "discord:42"],
    access: [
      { tool: "clone", allowed: ["discord:role:7", "web:local"] },
      { tool: "*", allowed: ["discord:guild:9"] },
    ],
    dailyLimitPerPerson: 5,
    dailyLimitTotal: 0,
    limitsTimeZone: "Europe/Paris",
    askAbove: 12.5,
    retentionDays: 90,
    jobRetentionDays: 0,
    trustedHosts: ["media.internal:8080", "[::1]:9000"],
    stopNoticeMs: 30_000,
    logLevel: "debug",
    sandboxSpeed: 20,
    mcp: {
      tokens: [
        { name: "ada", token: "a".repeat(40) },
        { name: "bob", token: "b:".repeat(20) },
      ],
      folders: ["/home/ada/Pictures", "/srv/media"],
      clientsWithLinks: ["kiro", "other client"],
    },
    secrets: ["a-token-nobody-can-guess", "a".repeat(40), "b:".repeat(20)],
  });
});

// @verifies tried.configuration, spending.access
test("a rule about an unknown command is an error, because it would protect nothing", async () => {
  const { problems } = await problemsOf({ TOOL_ACCESS: "clonee=web:local" });
  expect(problems).toMatchObject([{ variable: "TOOL_ACCESS" }]);
  expect(problems[0]?.sentence.en).toContain('"clonee"');
});

// @verifies tried.configuration
describe("a wrong value is an error that names the variable and says what to do, in both languages", () => {
  const wrong: Record<string, string[]> = {
    PORT: ["0", "65536", "abc", "3000.5", "-1", "1e3"],
    PUBLIC_URL: [
      "http://toolcast.example.com",
      "https://toolcast.example.com/path",
      "https://toolcast.example.com/?a=1",
      "https://toolcast.example.com/?",
      "https://toolcast.example.com/#a",
      "https://me:word@toolcast.example.com",
      "ftp://toolcast.example.com",
      "toolcast.example.com",
    ],
    PUBLIC_PORT: ["99999"],
    PUBLIC_HOST: ["not a host"],
    TOOLCAST_DATA_DIR: ["a\0b"],
    TOOLCAST_CONFIG_DIR: ["settings", "../settings"],
    TOOLCAST_LOCALE: ["fr", "english"],
    OPERATORS: ["somebody", "web:", ","],
    TOOL_ACCESS: ["clone", "clone=", "clone=somebody", "clone=web:a|"],
    DAILY_LIMIT_PER_PERSON: ["-1", "many"],
    DAILY_LIMIT_TOTAL: ["1.5"],
    LIMITS_TIME_ZONE: ["Shanghai", "Mars/Olympus"],
    ASK_ABOVE: ["-1", "much"],
    MEDIA_RETENTION_DAYS: ["0", "1.5", "36501", "forever"],
    S3_ENDPOINT: [
      "s3.example.com",
      "ftp://s3.example.com",
      "https://me:word@s3.example.com",
      "https://s3.example.com?a=1",
    ],
    S3_BUCKET: ["My Media", "a", "media/", "-media"],
    S3_REGION: ["Europe West"],
    S3_ACCESS_KEY_ID: ["a b", "a"],
    S3_SECRET_ACCESS_KEY: ["short", "a secret with spaces"],
    JOB_RETENTION_DAYS: ["-1", "1.5", "36501", "forever"],
    CONSOLE_TOKEN: ["short", "a token with spaces in it"],
    CONSOLE_HOST: ["http://127.0.0.1"],
    CONSOLE_NAMES: ["https://console.example.com", "console.example.com:443", "*", ","],
    TRUSTED_HOSTS: ["http://media.internal"],
    MCP_TOKENS: [
      "ada:short",
      `${"x".repeat(32)}`,
      `ada:${"x".repeat(32)} with spaces`,
      `ada:${"x".repeat(32)},ada:${"y".repeat(32)}`,
      `Ada:${"x".repeat(32)}`,
    ],
    HTTPS_PROXY: ["socks5://proxy.example:1080", "http://proxy.example/path"],
    HTTP_PROXY: ["ftp://proxy.example"],
    NO_PROXY: ["https://internal.example?"],
    DATABASE_URL: ["mysql://ada:secret@db.example/toolcast", "postgres://db.example", "db.example:5432/toolcast"],
    MCP_FOLDERS: ["pictures", "/home/ada,pictures"],
    MCP_CLIENTS_WITH_LINKS: ["a\0b"],
    STOP_NOTICE_SECONDS: ["-1", "0.5", "301", "soon"],
    LOG_LEVEL: ["loud"],
    SANDBOX_SPEED: ["0", "0.5", "1001", "fast"],
  };
  test("all of Toolcast's own variables have a wrong value in this test", () => {
    expect(Object.keys(wrong).sort()).toEqual(Object.keys(variablesSchema.shape).sort());
  });
  for (const [variable, values] of Object.entries(wrong)) {
    test.each(values)(`${variable}=%j`, async (value) => {
      const { problems } = await problemsOf({ [variable]: value });
      expect(problems.map((problem) => problem.variable)).toEqual([variable]);
      const { example, secret, rule } = ownSettings[variable as keyof typeof ownSettings];
      for (const locale of ["en", "zh-CN"] satisfies Locale[]) {
        const sentence = problems[0]!.sentence[locale];
        expect(sentence).toContain(variable);
        expect(sentence).toContain(`${variable}=${example}`);
        expect(sentence).toContain(rule[locale]);
        if (secret) {
          expect(sentence).not.toContain(value);
        } else {
          expect(sentence).toContain(value.replace("me:word@", "…@"));
        }
      }
      expect(problems[0]!.sentence["zh-CN"]).toMatch(/\p{Script=Han}/u);
    });
  }
});

test("a secret in the wrong variable is not shown", async () => {
  const token = "marker-token-of-a-bot";
  const { problems } = await problemsOf({ DISCORD_TOKEN: token, DISCORD_GUILD_ID: token });
  expect(problems.map(({ variable }) => variable)).toEqual(["DISCORD_GUILD_ID"]);
  expect(JSON.stringify(problems)).not.toContain(token);
});

test("every problem is reported, not only the first", async () => {
  const { problems } = await problemsOf({ PORT: "abc", LOG_LEVEL: "loud", SPARK_APP_ID: "app" });
  expect(problems.map(({ variable }) => variable)).toEqual(["PORT", "LOG_LEVEL", "SPARK_API_KEY", "SPARK_API_SECRET"]);
});

const bucketOf = {
  S3_ENDPOINT: "https://s3.example.com/",
  S3_ACCESS_KEY_ID: "AKIAEXAMPLE",
  S3_SECRET_ACCESS_KEY: "a-secret-of-the-bucket",
};

// @verifies media.shared
test("a bucket's address is the service's with the bucket's name, or has the name in its host", async () => {
  const { mediaBucket, secrets } = await read({ ...bucketOf, S3_BUCKET: "media", S3_REGION: "eu-central-1" });
  expect(mediaBucket).toMatchObject({ url: "https://s3.example.com/media", region: "eu-central-1" });
  expect(secrets).toContain("a-secret-of-the-bucket");
  expect((await read(bucketOf)).mediaBucket).toMatchObject({ url: "https://s3.example.com", region: "auto" });
  expect((await read({})).mediaBucket).toBeUndefined();
});

// @verifies media.shared
test("half of a bucket's settings is an error that names the missing ones", async () => {
  const { problems } = await problemsOf({ S3_BUCKET: "media", S3_ENDPOINT: "https://s3.example.com" });
  expect(problems.map(({ variable }) => variable)).toEqual(["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]);
});

test("an example that an error gives is itself accepted", async () => {
  for (const [name, { example, secret }] of Object.entries(ownSettings)) {
    if (!secret) {
      const bucket = name.startsWith("S3_") ? { ...bucketOf, [name]: example } : {};
      const environment = { CONSOLE_TOKEN: "a-token-nobody-can-guess", ...bucket, [name]: example };
      await expect(read(environment)).resolves.toBeDefined();
    }
  }
});

test("PUBLIC_URL may be plain http on this machine", async () => {
  const configuration = await read({ PUBLIC_URL: "http://127.0.0.1:3001" });
  expect(configuration.publicListener).toEqual({ url: "http://127.0.0.1:3001", port: 3001, host: "127.0.0.1" });
});

test("a proxy's variable may be in lower case, its scheme may be left out, and its password is a secret", async () => {
  const { proxies, proxyAddresses, secrets } = await read({
    https_proxy: "ada:open%20sesame@proxy.example:3128",
    NO_PROXY: "inside.example",
  });
  expect(proxies.for(new URL("https://api.example"))?.host).toBe("proxy.example:3128");
  expect(proxies.for(new URL("https://inside.example"))).toBeNull();
  expect(proxyAddresses).toEqual([{ variable: "HTTPS_PROXY", origin: "http://proxy.example:3128" }]);
  expect(secrets).toEqual(expect.arrayContaining(["open%20sesame", "open sesame", "ada:open sesame"]));
});

test("a database's password is a secret, wherever its address has it", async () => {
  const inFront = await read({ DATABASE_URL: "postgres://ada:open%20sesame@db.example/toolcast" });
  expect(inFront.databaseUrl).toBe("postgres://ada:open%20sesame@db.example/toolcast");
  expect(inFront.secrets).toEqual(expect.arrayContaining(["open%20sesame", "open sesame", inFront.databaseUrl]));
  const behind = await read({ DATABASE_URL: "postgresql://db.example/toolcast?user=ada&password=open-sesame" });
  expect(behind.secrets).toContain("open-sesame");
  expect((await read({ DATABASE_URL: "postgres://db.example/toolcast" })).secrets).toEqual([]);
});

test("a console that others can reach needs a token", async () => {
  const { problems } = await problemsOf({ CONSOLE_HOST: "0.0.0.0" });
  expect(problems[0]!.variable).toBe("CONSOLE_TOKEN");
  await expect(read({ CONSOLE_HOST: "localhost" })).resolves.toBeDefined();
  // With a proxy on this machine, others can reach it.
  const named = await problemsOf({ CONSOLE_NAMES: "console.example.com" });
  expect(named.problems.map(({ variable }) => variable)).toEqual(["CONSOLE_TOKEN"]);
  expect(named.problems[0]!.sentence.en).toContain("remove CONSOLE_NAMES");
});

test("the console is never on the public listener", async () => {
  const { problems } = await problemsOf({ PORT: "3001", PUBLIC_URL: "https://a.example" });
  expect(problems.map(({ variable }) => variable)).toEqual(["PUBLIC_PORT"]);
});

describe("providers", () => {
  test("one with all its keys is configured, with its defaults", async () => {
    const { providers, secrets } = await read(sparkKeys);
    expect(providers.map(({ definition }) => definition.id)).toEqual(["spark"]);
    expect(providers[0]!.values).toMatchObject({ ...sparkKeys, SPARK_DOMAIN: "general" });
    expect(secrets.sort()).toEqual(["marker-key-1", "marker-secret-1"]);
  });

  test("a half-configured one is an error that names what is missing, and no value of a secret", async () => {
    const { problems } = await problemsOf({ SPARK_API_SECRET: "marker-secret-1", XJC_BASE_URL: "https://a.example" });
    expect(problems.map(({ variable }) => variable)).toEqual([
      "SPARK_APP_ID",
      "SPARK_API_KEY",
      "XJC_ACCESS_KEY",
      "XJC_SECRET_KEY",
    ]);
    for (const { variable, sentence } of problems) {
      expect(sentence.en).toContain(`${variable} is missing`);
      expect(sentence["zh-CN"]).toContain(`缺少 ${variable}`);
      expect(JSON.stringify(sentence)).not.toContain("marker-secret-1");
    }
  });

  test("one whose variables other programs read too is meant by its own variable only", async () => {
    const shared = { OPENAI_API_KEY: "marker-key-2", OPENAI_BASE_URL: "https://models.example/v1" };
    expect((await read(shared)).providers).toEqual([]);
    const meant = { ...shared, OPENAI_MODEL: "small" };
    expect((await read(meant)).providers.map(({ definition }) => definition.id)).toEqual(["openai"]);
    const { problems } = await problemsOf({ OPENAI_MODEL: "small" });
    expect(problems.map(({ variable }) => variable)).toEqual(["OPENAI_API_KEY"]);
  });

  test("a variable set to nothing counts as not set", async () => {
    const { providers } = await read({ SPARK_APP_ID: "", SPARK_API_KEY: " " });
    expect(providers).toEqual([]);
  });

  test.each([
    ["SPARK_BASE_URL", "not an address"],
    ["SPARK_DOMAIN", "painting"],
    ["SPARK_TEMPERATURE", "2"],
    ["SPARK_EXTRA", "[1]"],
  ])("a wrong %s names it in both languages", async (variable, value) => {
    const { problems } = await problemsOf({ ...sparkKeys, [variable]: value });
    expect(problems.map((problem) => problem.variable)).toEqual([variable]);
    expect(problems[0]!.sentence.en).toContain(variable);
    expect(problems[0]!.sentence["zh-CN"]).toContain(variable);
    expect(problems[0]!.sentence["zh-CN"]).toMatch(/请改正/);
  });

  // @verifies tried.no-setup
  test("the sandbox stands in for all of them", async () => {
    const environment = { ...sparkKeys, SPARK_BASE_URL: "http://127.0.0.1:9/spark" };
    const configuration = withSandbox(await read({}), { url: "http://127.0.0.1:9", environment });
    expect(configuration.providers.map(({ definition }) => definition.id)).toEqual(["spark"]);
    expect(configuration).toMatchObject({ sandboxUrl: "http://127.0.0.1:9", secrets: [] });
  });
});

describe("files in the working directory", () => {
  test(".env is read, and the data is stored beside it", async () => {
    writeFileSync(join(directory, ".env"), "PORT=4000\n# a remark\nLOG_LEVEL='warn'\n");
    const configuration = await read({});
    expect(configuration.console).toMatchObject({ port: 4000, portFixed: true });
    expect(configuration.logLevel).toBe("warn");
    expect(configuration.dataDirectory).toBe(join(directory, ".toolcast"));
  });

  test("the real environment overrides .env, even with an empty value", async () => {
    writeFileSync(join(directory, ".env"), "PORT=4000\nLOG_LEVEL=warn\n");
    const configuration = await read({ PORT: "5000", LOG_LEVEL: "" });
    expect(configuration.console.port).toBe(5000);
    expect(configuration.logLevel).toBeUndefined();
  });

  test("toolcast.config adds tools and providers", async () => {
    const text = `{ en: "A", "zh-CN": "甲" }`;
    writeFileSync(
      join(directory, "toolcast.config.mjs"),
      `export default { tools: [{ name: "greet", command: "greet", title: ${text}, summary: ${text}, input: {}, effect: "reads", answer() {} }] };`,
    );
    const configuration = await read({});
    expect(configuration.tools.map(({ name }) => name)).toContain("greet");
    expect(configuration.dataDirectory).toBe(join(directory, ".toolcast"));
  });

  test.each([
    ["throws", "throw new Error('no luck')", "no luck"],
    ["exports nothing", "export const tools = [];", "export default"],
    ["has an unknown part", "export default { plugin: [] };", "plugin"],
    ["has a tool without a name", "export default { tools: [{}] };", "tools.0"],
  ])("a toolcast.config that %s is an error that says where", async (_case, source, words) => {
    writeFileSync(join(directory, "toolcast.config.mjs"), source);
    const { problems } = await problemsOf({});
    expect(problems.map(({ variable }) => variable)).toEqual(["toolcast.config"]);
    expect(problems[0]!.sentence.en).toContain(words);
    expect(problems[0]!.sentence["zh-CN"]).toContain("请改正或删除该文件");
  });

  test("a plugin may not take an existing name", async () => {
    const { tools } = await read({});
    const { problems } = await problemsOf({}, { tools: [tools[0]!] });
    expect(problems.map(({ sentence }) => sentence.en).join()).toContain(`"${tools[0]!.name}"`);
  });
});
