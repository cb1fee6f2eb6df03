import { readFileSync } from "node:fs";
import { explain } from "@toolcast/core/errors";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import { ada, createInstallation, type Installation, startJob } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const pasted = (name: string) => readFileSync(new URL(`../fixtures/explain/${name}.txt`, import.meta.url), "utf8");

describe("what people paste", () => {
  verifies("understood.explain");

  test.each([
    ["ansi-node", "spark", "10013"],
    ["ansi-bold", "dashscope", "Throttling.RateQuota"],
    ["licence-words", "spark", "11200"],
    ["type-only", "dashscope", "InvalidParameter"],
    ["invalid-parameter-error", "dashscope", "InvalidParameter"],
  ])("%s: %s %s comes first, and nothing is called unknown", (name, provider, code) => {
    const explanations = explain(pasted(name));
    expect(explanations[0]?.entry).toMatchObject({ provider, code });
    expect(explanations.filter(({ entry }) => entry === null)).toEqual([]);
  });

  test("colour codes that a log has escaped are no part of a code", () => {
    expect(explain("code: \\u001b[33m10013\\u001b[39m, sid: x")[0]?.entry?.code).toBe("10013");
  });
});

describe("whose code it is, and the last failure", () => {
  verifies("understood.explain");
  let installation: Installation;
  beforeEach(async () => {
    installation = await createInstallation();
  });
  afterEach(() => installation[Symbol.asyncDispose]());

  const ask = async (input: object) =>
    (await installation.open()).runtime.call({ tool: "explain", input: { ...input }, caller: ada });

  test.each([
    ["Spark", "spark"],
    ["iFlytek", "spark"],
    ["讯飞星火", "spark"],
    ["AI-XJC", "xjc"],
    ["DashScope", "dashscope"],
    ["百炼", "dashscope"],
  ])("%s is %s", async (provider, id) => {
    const code = id === "dashscope" ? "InvalidApiKey" : "10003";
    expect(await ask({ text: code, provider })).toMatchObject({ data: { matches: [{ provider: id, code }] } });
  });

  test("an unknown vendor is refused rather than called a code that no document names", async () => {
    expect(await ask({ text: "10003", provider: "Midjourney" })).toMatchObject({
      type: "refused",
      failure: { field: "provider", sentence: { key: "explain.unknown-provider" } },
    });
  });

  test("without a text: the last failed job, even if its vendor gave no code", async () => {
    expect(JSON.stringify(await ask({}))).toContain("You have no failed job");
    const process = await installation.open();
    for (const vendorCode of ["10013", undefined]) {
      const failure = vendorFailure(vendorCode === undefined ? {} : { provider: "spark", vendorCode });
      installation.provider.nextStart("image", { end: "refused", failure });
      const { id } = await startJob(process, "image", { prompt: "x" });
      await installation.until(() => installation.job(id).state.phase === "failed");
      await installation.pass(1_000);
    }
    const reply = JSON.stringify(await ask({}));
    expect(reply).toContain("ended without a vendor's code");
    expect(reply).toContain("The vendor said no.");
  });

  test("the asker's jobs are read only when they can matter: without a text, or for a bare code of several vendors", async () => {
    const engine = createMemoryEngine({ clock: installation.clock, random: createSeededRandom() });
    const list = vi.spyOn(engine, "list");
    const { runtime } = await installation.open({ engine });
    const reads = async (input: Record<string, string>) => {
      list.mockClear();
      await runtime.call({ tool: "explain", input, caller: ada });
      return list.mock.calls.map(([{ phases, owner }]) => [owner, phases]);
    };
    const ofTheirLast = [[ada.id, ["failed", "unresolved"]]];
    expect(await reads({})).toEqual(ofTheirLast);
    expect(await reads({ text: "10001" })).toEqual(ofTheirLast);
    expect(await reads({ text: "InvalidApiKey" })).toEqual([]);
    expect(await reads({ text: "10001", provider: "xjc" })).toEqual([]);
    expect(await reads({ text: `code 10001 ${"a line of a log ".repeat(50)}` })).toEqual([]);
  });
});
