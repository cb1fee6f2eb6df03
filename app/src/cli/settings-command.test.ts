import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { builtInProviders } from "@toolcast/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { read } from "../../../test/repository.ts";
import { builtInAdapters } from "../configuration/built-in-adapters.ts";
import { readConfiguration } from "../configuration/configuration.ts";
import { ownSettings } from "../configuration/own-settings.ts";
import { runCommandLine } from "./command-line.ts";

// @verifies tried.settings, built.variables, safe.no-secrets, understood.both-languages

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-settings-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(args: string[], environment: Record<string, string> = {}) {
  const streams = { out: "", error: "" };
  const code = await runCommandLine(["settings", ...args], {
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: { write: (text) => (streams.out += text) },
    stderr: { write: (text) => (streams.error += text) },
    ...{ environment, workingDirectory: directory, platform: "linux" },
  });
  return { code, ...streams };
}

const configured = (environment: Record<string, string>) =>
  readConfiguration({ environment, workingDirectory: directory, homeDirectory: "/home/ada", platform: "linux" });

const definitions = [...builtInProviders, ...builtInAdapters];
const variables = [
  ...Object.keys(ownSettings),
  ...definitions.flatMap(({ settings }) => settings.map(({ variable }) => variable)),
];
const secrets = [
  ...Object.entries(ownSettings).filter(([, { secret }]) => secret),
  ...definitions.flatMap(({ settings }) =>
    settings.filter(({ secret }) => secret).map((setting) => [setting.variable, setting] as const),
  ),
].map(([variable]) => variable);

test(".env.example is what `toolcast settings --env` prints, in any language", async () => {
  for (const locale of ["en", "zh-CN"]) {
    const printed = await run(["--env", "--locale", locale]);
    expect(printed).toEqual({ code: 0, out: read(".env.example"), error: "" });
  }
});

const bucket = {
  S3_ENDPOINT: "https://s3.example.com",
  S3_ACCESS_KEY_ID: "AKIAEXAMPLE",
  S3_SECRET_ACCESS_KEY: "a-secret-of-the-bucket",
};

test(".env.example has every variable once, sets nothing, and every value in it is accepted", async () => {
  const text = read(".env.example");
  expect(parseEnv(text)).toEqual({});
  const filled = parseEnv(text.replaceAll(/^#(?=[A-Z])/gm, ""));
  expect([...text.matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name)).toEqual(variables);
  expect(Object.keys(filled).sort()).toEqual([...variables].sort());
  for (const secret of secrets) {
    expect(filled[secret], secret).toBe("");
  }
  const own = Object.keys(ownSettings).map((name) => [name, filled[name]!]);
  await expect(
    configured({ ...Object.fromEntries(own), CONSOLE_TOKEN: "a-token-nobody-can-guess", ...bucket }),
  ).resolves.toBeDefined();
});

test("a default that is a value means the same as setting nothing", async () => {
  const base = { PUBLIC_URL: "https://toolcast.example.com" };
  const unset = await configured(base);
  // Core has the defaults of these.
  const ofCore: Record<string, object> = {
    LIMITS_TIME_ZONE: { limitsTimeZone: undefined },
    MEDIA_RETENTION_DAYS: { retentionDays: undefined },
    JOB_RETENTION_DAYS: { jobRetentionDays: undefined },
  };
  const withBucket = await configured({ ...bucket, S3_REGION: "auto" });
  expect(JSON.stringify(withBucket)).toBe(JSON.stringify(await configured(bucket)));
  for (const [name, { default: fallback }] of Object.entries(ownSettings)) {
    if (typeof fallback === "string" && name !== "S3_REGION") {
      const set = { ...(await configured({ ...base, [name]: fallback })), ...ofCore[name] };
      expect(JSON.stringify(set), name).toBe(JSON.stringify({ ...unset, ...ofCore[name] }));
    }
  }
});

test("the list says what is set, whatever is wrong with it, and shows no value", async () => {
  writeFileSync(join(directory, ".env"), "SPARK_API_SECRET=marker-in-file\nLOG_LEVEL=marker-no-level\n");
  const environment = {
    ...{ CONSOLE_TOKEN: "marker-token", DISCORD_TOKEN: "marker-bot", https_proxy: "http://a:marker-word@proxy" },
    ...{ PORT: "marker-port", ASK_ABOVE: " " },
  };
  const { code, out, error } = await run([], environment);
  expect([code, error]).toEqual([0, ""]);
  const marked = [...out.matchAll(/^ {2}([A-Z0-9_]+): set$/gm)].map(([, name]) => name);
  const set = ["PORT", "CONSOLE_TOKEN", "HTTPS_PROXY", "LOG_LEVEL", "SPARK_API_SECRET", "DISCORD_TOKEN"];
  expect(marked).toEqual(set);
  expect(out.match(/^ {2}[A-Z0-9_]+: (?:not )?set$/gm)).toHaveLength(variables.length);
  expect(out).toContain("Must be a whole number from 1 to 65535. Default: 3000");

  const chinese = await run(["--locale", "zh-CN"], environment);
  expect(chinese.out).toContain("  PORT：已设置\n    控制台在本机的端口。\n    须为 1 到 65535 之间的整数。默认：3000");

  const { settings } = JSON.parse((await run(["--json"], environment)).out);
  expect(settings.map(({ variable }: { variable: string }) => variable)).toEqual(variables);
  expect(
    settings
      .filter((setting: { set: boolean }) => setting.set)
      .map((setting: { variable: string }) => setting.variable),
  ).toEqual(set);
  expect(settings.at(-1)).toMatchObject({ adapter: "telegram", secret: true, required: false, set: false });
  for (const text of [out, chinese.out, JSON.stringify(settings), (await run(["--env"], environment)).out]) {
    expect(text).not.toContain("marker");
  }
});
