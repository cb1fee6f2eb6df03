import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

test("the LangChain example runs against the sandbox and pays once when a tool call is repeated", async () => {
  verifies("langchain.tools", "tried.no-setup");
  const example = join(repository, "docs", "examples", "langchain.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=toolcast-source", example], {
    env: { PATH: process.env.PATH, LANG: "en_US.UTF-8" },
    timeout: 60_000,
  });
  expect(stdout).toMatch(/“a lake at dawn”/);
  expect(stdout).toMatch(/asset_[\w-]{22}/);
  expect(stdout).toMatch(/^1 paid start\(s\)$/m);
});
