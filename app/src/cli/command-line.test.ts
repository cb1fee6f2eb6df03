import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "./command-line.ts";

// @verifies tried.command-line, tried.misspelt, understood.both-languages, safe.no-secrets

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-command-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(args: string[], environment: Record<string, string> = {}) {
  const streams = { out: "", error: "" };
  const code = await runCommandLine(args, {
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: { write: (text) => (streams.out += text) },
    stderr: { write: (text) => (streams.error += text) },
    environment: { TOOLCAST_DATA_DIR: join(directory, "data"), ...environment },
    workingDirectory: directory,
    platform: "linux",
  });
  return { code, ...streams };
}

describe("--json prints one JSON document and nothing else", () => {
  const cases: [string, string[], number, Record<string, string>?][] = [
    ["an answer", ["explain", "10013", "--json"], 0],
    ["a list", ["tools", "--json"], 0],
    ["an unknown command", ["nonsense", "--json"], 2],
    ["an unknown flag", ["jobs", "--jsn", "--json"], 2],
    ["a missing argument", ["job", "--json"], 2],
    ["an unknown tool", ["run", "nonsense", "--json"], 2],
    ["a bad value", ["sandbox", "--port", "many", "--json"], 2],
    ["a bad language", ["tools", "--locale", "fr", "--json"], 2],
    ["a bad configuration", ["jobs", "--json"], 2, { PORT: "abc" }],
    ["a misspelt setting", ["jobs", "--json"], 2, { DAILY_LIMT_TOTAL: "5" }],
    ["no text to explain", ["explain", "--json"], 2],
    ["nothing found", ["explain", "hello", "--json"], 1],
  ];
  test.each(cases)("%s", async (_case, args, code, environment) => {
    const result = await run(args, environment);
    expect(result.code).toBe(code);
    expect(result.error).toBe("");
    const document = JSON.parse(result.out);
    if (code === 2) {
      expect(document).toEqual({ error: expect.objectContaining({ message: expect.any(String) }) });
    }
  });

  test("the same for help and version", async () => {
    const { code, out } = await run(["jobs", "--help", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ text: expect.stringContaining("toolcast jobs") });
    expect(JSON.parse((await run(["--version", "--json"])).out)).toEqual({ text: expect.stringMatching(/^\d/) });
  });
});

describe("wrong usage says what is wrong in both languages, exits with 2 and prints no answer", () => {
  test.each([
    [["nonsense"], "nonsense", "没有命令"],
    [["run", "imag"], "Did you mean image", "您是不是想输入 image"],
    [["image", "a", "lake"], "Did you mean toolcast run image?", "您是不是想输入 toolcast run image"],
    [["imgae", "a", "lake"], "Did you mean toolcast run image?", "您是不是想输入 toolcast run image"],
    [["docter"], "Did you mean doctor", "您是不是想输入 doctor"],
    [["run", "doctor"], "Did you mean toolcast doctor?", "您是不是想输入 toolcast doctor"],
    [["run", "image", "--sise", "3"], "Did you mean --size", "您是不是想输入 --size"],
    [["run"], "A command is missing. See --help.", "缺少命令"],
    [["job"], "Missing required argument", "缺少参数"],
    [["jobs", "--limit"], "--limit", "缺少值"],
    [["tools", "extra"], "Too many", "参数过多"],
    [["sandbox", "--speed", "0"], "--speed", "--speed"],
    [["explain", "1", "--provider", "nobody"], "no provider nobody", "没有名为 nobody 的服务商"],
  ])("%j", async (args, english, chinese) => {
    const inEnglish = await run(args, { TOOLCAST_LOCALE: "en" });
    const inChinese = await run(args, { TOOLCAST_LOCALE: "zh-CN" });
    expect(inEnglish).toMatchObject({ code: 2, out: "" });
    expect(inChinese).toMatchObject({ code: 2, out: "" });
    expect(inEnglish.error).toContain(english);
    expect(inChinese.error).toContain(chinese);
  });
});

test("no command at all shows the help and counts as wrong usage", async () => {
  const { code, out } = await run([]);
  expect(code).toBe(2);
  expect(out).toContain("Commands:");
  expect((await run([], { TOOLCAST_LOCALE: "zh-CN" })).out).not.toMatch(/\[options\]|\[command\]/);
});

test("help speaks the language of the terminal", async () => {
  const { code, out } = await run(["run", "image", "--help"], { LANG: "zh_CN.UTF-8" });
  expect(code).toBe(0);
  expect(out).toContain("用法：");
  expect(out).toContain("--negative-prompt <文本>");
  expect(out).not.toMatch(/Usage|Options|default/);
});

test("every command has help in both languages", async () => {
  for (const command of ["start", "run", "tools", "jobs", "job", "explain", "sandbox", "doctor"]) {
    expect((await run([command, "--help"])).out).toContain(`toolcast ${command}`);
    expect((await run([command, "--help", "--locale", "zh-CN"])).out).toMatch(/\p{Script=Han}/u);
  }
});

test("explain --all --json is an array of every entry with the fields others rely on", async () => {
  const entries = JSON.parse((await run(["explain", "--all", "--json"])).out);
  expect(entries.length).toBeGreaterThanOrEqual(91);
  for (const entry of entries) {
    expect(Object.keys(entry)).toEqual(
      expect.arrayContaining([
        "provider",
        "layer",
        "code",
        "httpStatus",
        "vendorText",
        "vendorRemedy",
        "meaning",
        "remedy",
        "actor",
        "category",
        "retry",
        "charged",
      ]),
    );
  }
});

test("explain --provider puts that vendor's meaning first", async () => {
  const { matches } = JSON.parse((await run(["explain", "10001", "--provider", "xjc", "--json"])).out);
  expect(matches[0]).toMatchObject({ provider: "xjc", code: "10001" });
});

test("tools lists what plugins add, and run shows their flags", async () => {
  writeFileSync(
    join(directory, "toolcast.config.mjs"),
    `const both = (words) => ({ en: words, "zh-CN": words });
     const shape = { kind: "text", minLength: 1, maxLength: 9, multiline: false, completes: false };
     const who = { title: both("Who"), summary: both("Whom to greet"), optional: false, shape, schema: { safeParse: (data) => ({ success: true, data }) } };
     export default { tools: [{ name: "greet_person", command: "greet", title: both("Greet"), summary: both("Says hello"),
       input: { person_name: who }, effect: "reads", answer() {} }] };`,
  );
  const tools = JSON.parse((await run(["tools", "--json"])).out);
  expect(tools.at(-1)).toMatchObject({ command: "greet", fields: [{ name: "person_name", flag: "--person-name" }] });
  expect((await run(["run", "greet", "--help"])).out).toContain("--person-name <text>");
});

test("a command without a job to show reads the data directory and starts nothing", async () => {
  const { code, out } = await run(["jobs", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ jobs: [] });
});

test("a secret in the configuration reaches neither the answer nor an error", async () => {
  const secret = "marker-secret-9f8e7d6c";
  const environment = { SPARK_APP_ID: "app", SPARK_API_KEY: "marker-key-12345", SPARK_API_SECRET: secret };
  const { out, error } = await run(["job", secret, "--json"], environment);
  expect(out).toContain("[redacted]");
  expect(out + error).not.toContain(secret);
});

test("doctor in the sandbox says so, and concludes nothing about vendors from it", async () => {
  const { code, out } = await run(["doctor"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^! sandbox/m);
  const aboutVendors = out.split("\n").filter((line) => /^. (?:spark|xjc|dashscope|openai) /.test(line));
  expect(aboutVendors).toHaveLength(4);
  for (const line of aboutVendors) {
    expect(line).toMatch(/^\? \S+ \(not verified\): Simulated by the sandbox/);
  }
  expect((await run(["doctor", "--locale", "zh-CN"])).out).toContain("由沙箱模拟");
});

describe("an adapter's own commands", () => {
  test("print what its definition gives, even before it is configured", async () => {
    const { code, out } = await run(["slack", "manifest", "ai"], { SLACK_BOT_TOKEN: "wrong" });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ settings: { socket_mode_enabled: true } });
    expect(out).toContain('"/ai-image"');
    const json = await run(["slack", "manifest", "--json"]);
    expect(JSON.parse(json.out)).toEqual({ lines: [expect.stringContaining('"/image"')] });
  });

  test("differ in the list of all commands by what they print", async () => {
    expect((await run(["--help"])).out.replace(/\s+/g, " ")).toMatch(/slack \[options\] (?!Slack )[A-Z][^.]*manifest/);
    expect((await run(["--help", "--locale", "zh-CN"])).out).toMatch(/slack .*\p{Script=Han}/u);
  });

  test("refuse an argument that cannot be used, in the language of the terminal", async () => {
    const { code, out, error } = await run(["slack", "manifest", "My AI", "--locale", "zh-CN"]);
    expect([code, out, error]).toEqual([2, "", expect.stringContaining("前缀 My AI 不能用于命令")]);
  });

  test("over HTTP, once the public address and the signing secret are set", async () => {
    const environment = { PUBLIC_URL: "https://toolcast.example/", SLACK_SIGNING_SECRET: "0123456789abcdef" };
    const { out } = await run(["slack", "manifest"], environment);
    expect(JSON.parse(out).settings.interactivity.request_url).toBe("https://toolcast.example/slack/events");
  });
});
