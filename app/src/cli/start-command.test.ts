import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "./command-line.ts";

// @verifies understood.both-languages, survives.roles

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-start-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function start(...args: string[]) {
  const streams = { out: "", error: "" };
  const code = await runCommandLine(["start", ...args], {
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: { write: (text) => (streams.out += text) },
    stderr: { write: (text) => (streams.error += text) },
    environment: {},
    workingDirectory: directory,
    platform: "linux",
  });
  return { code, ...streams };
}

test.each([
  ["surfaces", "en", "--role surfaces needs a database that several servers share: set DATABASE_URL"],
  ["worker", "zh-CN", "--role worker 需要由多个服务器共用的数据库：请设置 DATABASE_URL"],
  ["boss", "en", "--role must be one of: all, surfaces, worker."],
  ["boss", "zh-CN", "--role 只能是以下之一：all、surfaces、worker。"],
])(
  "the role %s is refused without a database, in one sentence, and nothing is created: %s",
  async (role, locale, sentence) => {
    const { code, out, error } = await start("--role", role, "--locale", locale);
    expect([code, out, error.trim().split("\n").length]).toEqual([2, "", 1]);
    expect(error).toContain(sentence);
    expect(readdirSync(directory)).toEqual([]);
  },
);
