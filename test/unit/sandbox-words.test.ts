import { say } from "@toolcast/core/surface";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

test("what the sandbox made says so in its text, to its person and to programs; a vendor's work does not", async () => {
  verifies("mcp.sandbox");
  for (const sandbox of [true, false]) {
    const process = await installation.open({ sandbox });
    const { id } = await startJob(process, "image", { prompt: "a lake" });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    for (const locale of ["en", "zh-CN"] as const) {
      const { lines = [] } = await process.runtime.jobMessage(installation.job(id), { ...ada, locale }, "text");
      expect(lines.includes(say({ key: "job.sandbox" }, locale))).toBe(sandbox);
    }
    process.life.die();
  }
});
