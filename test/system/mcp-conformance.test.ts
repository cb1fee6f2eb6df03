import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMcpFixtures } from "../doubles/mcp-fixtures.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

const { resolve } = createRequire(import.meta.url);
const deprecatedOnly = join(repository, "test", "conformance", "2025-11-25.yml");

describe("the official conformance suites, against our own server object with their fixtures", () => {
  let running: RunningMcp;
  beforeAll(async () => {
    running = await startMcp({ extend: createMcpFixtures() });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  /** Never rejects: the output tells what went wrong. */
  function run(suite: "conformance-2025" | "conformance-2026", ...options: string[]) {
    const { promise, resolve: end } = Promise.withResolvers<{ code: number; output: string }>();
    const args = [resolve(`${suite}/dist/index.js`), "server", "--url", running.url.href, ...options];
    execFile(process.execPath, args, { timeout: 90_000, maxBuffer: 50_000_000 }, (error, stdout, stderr) =>
      end({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}\n${stderr}` }),
    );
    return promise;
  }

  /** The scenarios in the summary: passed checks by name, and the names of those with failures. */
  function summary(output: string) {
    const lines = [...output.matchAll(/^([✓✗]) ([\w-]+): (\d+) passed, (\d+) failed/gm)];
    return {
      passed: new Map(lines.map(([, , name, passed]) => [name!, Number(passed)])),
      failed: lines.filter(([, mark]) => mark === "✗").map(([, , name]) => name),
    };
  }

  test("0.1.16: every active scenario of 2025-11-25 except deprecated logging", async () => {
    verifies("mcp.conformance");
    const { code, output } = await run("conformance-2025", "--expected-failures", deprecatedOnly);
    expect(summary(output).failed, output).toEqual(["logging-set-level", "tools-call-with-logging"]);
    expect(summary(output).passed.size).toBe(30);
    expect(code, output).toBe(0);
  });

  test("0.2.0-alpha.12: the frozen set of 2025-11-25 except deprecated logging", async () => {
    verifies("mcp.conformance");
    const { code, output } = await run(
      "conformance-2026",
      "--requirements",
      "2025-11-25",
      "--expected-failures",
      deprecatedOnly,
    );
    expect(summary(output).failed, output).toEqual(["logging-set-level", "tools-call-with-logging"]);
    expect(summary(output).passed.size).toBeGreaterThanOrEqual(30);
    expect(code, output).toBe(0);
  });

  test("0.2.0-alpha.12: the frozen set of 2026-07-28 and every tasks scenario, without exception", async () => {
    verifies("mcp.conformance", "mcp.tasks");
    const { code, output } = await run("conformance-2026", "--requirements", "2026-07-28");
    const { passed, failed } = summary(output);
    expect(failed, output).toEqual([]);
    expect(code, output).toBe(0);
    const tasks = [...passed].filter(([name]) => name.startsWith("tasks-"));
    expect(tasks).toHaveLength(10);
    expect(tasks.reduce((sum, [, checks]) => sum + checks, 0)).toBe(44);
    expect(passed.size).toBeGreaterThanOrEqual(47);
  });
});
