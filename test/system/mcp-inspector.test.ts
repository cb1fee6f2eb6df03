import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { builtCard } from "@toolcast/mcp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundled } from "../bundled.ts";
import { fixture } from "../doubles/fixture-media.ts";
import { type RunningMcp, startMcp } from "../mcp-server.ts";
import { verifies } from "../verifies.ts";

const { resolve } = createRequire(import.meta.url);
const inspector = resolve("@modelcontextprotocol/inspector/package.json").replace(
  /package\.json$/,
  "clients/launcher/build/index.js",
);

describe("the Inspector's command line", () => {
  let running: RunningMcp;
  beforeAll(async () => {
    await bundled("@toolcast/mcp", "adapters/mcp/dist/card/card.html");
    running = await startMcp({ card: builtCard() });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  function inspect(...options: string[]) {
    const { promise, resolve: end } = Promise.withResolvers<{ code: number; out: string; error: string }>();
    const args = [inspector, "--cli", "--server-url", running.url.href, "--stored-auth-only", ...options];
    execFile(process.execPath, args, { timeout: 60_000, maxBuffer: 50_000_000 }, (error, out, errors) =>
      end({ code: error === null ? 0 : Number(error.code ?? 1), out, error: errors }),
    );
    return promise;
  }

  for (const era of ["legacy", "modern"]) {
    test(`${era}: finds no schema that some client could not take`, async () => {
      verifies("mcp.interop", "mcp.derived");
      const { code, out, error } = await inspect("--protocol-era", era, "--method", "tools/list", "--strict");
      expect({ code, error }, out).toMatchObject({ code: 0 });
    });
  }

  test("sees the card of each tool that answers with a job", async () => {
    verifies("mcp.card");
    const { code, out } = await inspect("--method", "tools/list", "--app-info");
    expect(code, out).toBe(0);
    expect(out).toContain("ui://toolcast/job.html");
  });

  test("modern: declares the tasks extension, polls on its own and prints the result", async () => {
    verifies("mcp.interop", "mcp.tasks");
    const keep = async (name: string) =>
      (await running.runtime.media.keep(fixture(name), { owner: "mcp:local", name, maxBytes: 1_000_000 })).id;
    const input = { video: await keep("avc.mp4"), audio: await keep("tone.wav") };
    const { code, out, error } = await inspect(
      ...["--protocol-era", "modern", "--method", "tools/call", "--tool-name", "create_avatar_video"],
      ...["--tool-args-json", JSON.stringify(input), "--format", "json"],
    );
    expect({ code, error }, out).toMatchObject({ code: 0 });
    expect(out).toContain("succeeded");
    expect(out).toMatch(/asset_[\w-]{22}/);
  });
});
