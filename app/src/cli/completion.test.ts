import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInTools } from "@toolcast/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "./command-line.ts";
import { mcpClients } from "./mcp-clients.ts";

// @verifies tried.completion

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-completion-"));
  writeFileSync(join(directory, "a file.png"), "");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function scriptFor(shell: string, locale = "en"): Promise<string> {
  let out = "";
  const code = await runCommandLine(["completion", shell], {
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: { write: (text) => (out += text) },
    stderr: { write: () => {} },
    // Wrong settings are no reason to complete nothing.
    environment: { TOOLCAST_LOCALE: locale, PORT: "wrong" },
    workingDirectory: directory,
    platform: "linux",
  });
  expect(code).toBe(0);
  return out;
}

/** What bash offers for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const lines = execFileSync(
    "bash",
    [
      "--norc",
      "-c",
      `eval "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _toolcast; printf '%s\\n' "\${COMPREPLY[@]}"`,
      await scriptFor("bash"),
      "toolcast",
      ...words,
    ],
    { cwd: directory, encoding: "utf8" },
  );
  return lines.split("\n").filter((line) => line !== "");
}

describe("in bash", () => {
  test("commands, tools, their options and values, and files are offered where they belong", async () => {
    expect(await offered("j")).toEqual(["jobs", "job"]);
    expect(await offered("run", "")).toEqual(builtInTools.map(({ command }) => command));
    expect(await offered("run", "image", "a lake", "--neg")).toEqual(["--negative-prompt"]);
    expect(await offered("run", "image", "--locale", "z")).toEqual(["zh-CN"]);
    expect(await offered("jobs", "--state", "he")).toEqual(["held"]);
    expect(await offered("mcp", "config", "")).toEqual(Object.keys(mcpClients));
    expect(await offered("run", "avatar", "--video", "a")).toEqual(["a file.png"]);
    expect(await offered("run", "image", "--prompt", "")).toEqual([]);
  });
});

test.each(["zsh", "fish"])("%s gets the same, with summaries in the reader's language", async (shell) => {
  const [english, chinese] = [await scriptFor(shell), await scriptFor(shell, "zh-CN")];
  for (const { command, summary } of builtInTools) {
    expect(english).toContain(command);
    expect(english).toContain(summary.en.slice(0, 40).split(/['"\\]/)[0]);
    expect(chinese).toContain(summary["zh-CN"].slice(0, 10));
  }
  expect(english).toMatch(/negative-prompt/);
});
