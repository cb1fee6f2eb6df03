import { ProviderError } from "@toolcast/core/errors";
import type { CheckEnd, Price, StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { createScriptedProvider, usualOutput } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, operator, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let logged: { facts: { error?: string }; text: string }[];
beforeEach(async () => {
  installation = await createInstallation();
  logged = [];
});
afterEach(() => installation[Symbol.asyncDispose]());

const note = (facts: object, text: string) => void logged.push({ facts, text });
const logger = { debug() {}, info() {}, warn() {}, error: note };
const open = () => installation.open({ logger, policy: { operators: [operator.id] } });
const phase = (id: string) => installation.job(id).state.phase;
const errors = () => logged.map(({ facts }) => facts.error ?? "").join("\n");

/** What a plugin in JavaScript may return, whatever the types say. */
const asStart = (returned: unknown) => returned as StartEnd;
const asCheck = (returned: unknown) => returned as CheckEnd;
const begun: StartEnd = { end: "operation", reference: "vendor-1" };

describe("an accidental exception in a provider", () => {
  test.each(["balance", "bills"])("is in the log that the answer to its %s refers operators to", async (command) => {
    verifies("understood.failure");
    const { definition } = installation.provider;
    const broken = async () => {
      throw new TypeError("marker of a fault");
    };
    const { runtime } = await installation.open({
      logger,
      policy: { operators: [operator.id] },
      providers: [
        {
          definition: {
            ...definition,
            create: (settings, tools) => ({ ...definition.create(settings, tools), balance: broken, bills: broken }),
          },
          values: {},
        },
      ],
    });
    const reply = await runtime.call({ tool: command, input: {}, caller: operator });
    expect(JSON.stringify(reply.message)).toContain("An operator can find the cause in the log");
    expect(errors()).toContain("marker of a fault");
    expect(logged[0]).toMatchObject({ facts: { provider: "scripted" }, text: `a provider's ${command} threw` });
  });

  test("while a request is checked is logged too, when another provider does the job", async () => {
    verifies("provider.choice");
    const [first, second] = [createScriptedProvider("first"), createScriptedProvider("second")];
    first.invalid.set("image", new TypeError("marker of a fault"));
    const providers = [first, second].map(({ definition }) => ({ definition, values: {} }));
    const { id } = await startJob(await installation.open({ logger, providers }), "image", { prompt: "x" });
    expect(installation.job(id).provider).toBe("second");
    expect(errors()).toContain("marker of a fault");
  });
});

describe("what a provider returns is validated", () => {
  test.each([
    ["a bare word", "done", "start"],
    ["an unknown end", { end: "ok" }, "end"],
    ["a result without media", { end: "done", output: {} }, "output.media"],
    ["a picture that is text", { end: "done", output: { media: [{ bytes: "abc" }] } }, "output.media.0"],
    ["an operation without a reference", { end: "operation" }, "reference"],
    ["a refusal without a failure", { end: "refused", failure: "no" }, "failure"],
    [
      "a failure without a charge",
      { end: "refused", failure: { kind: "refused", sentence: { en: "n", "zh-CN": "n" } } },
      "failure.charged",
    ],
  ])("a start that returns %s is unclear, and the log says where", async (_what, returned, where) => {
    verifies("provider.contract", "paid-once.unknown-not-repeated");
    installation.provider.nextStart("image", asStart(returned));
    const { id } = await startJob(await open(), "image", { prompt: "x" });
    await installation.until(() => phase(id) === "unresolved");
    expect(installation.provider.starts).toHaveLength(1);
    expect(installation.job(id).timeline.map(({ event }) => event)).not.toContain("left");
    expect(errors()).toContain("scripted");
    expect(errors()).toContain(where);
  });

  test.each([
    ["a bare word", "done", "check"],
    ["an unknown state", { state: "succeeded", output: usualOutput("image") }, "state"],
    ["a result without media", { state: "done", output: { url: "https://vendor.example/1.png" } }, "output.media"],
    ["a failure that is text", { state: "failed", failure: "it broke" }, "failure"],
  ])("a look that returns %s counts as missed: it is repeated later, not at once", async (_what, returned, where) => {
    verifies("provider.contract");
    installation.provider.nextStart("image", begun);
    installation.provider.nextCheck(...Array.from({ length: 3 }, () => asCheck(returned)));
    const { id } = await startJob(await open(), "image", { prompt: "x" });
    await installation.until(() => installation.provider.checks.length === 1);
    await installation.pass(400);
    expect(installation.provider.checks).toHaveLength(1);
    expect(installation.job(id).state).toMatchObject({ phase: "running", failedChecks: 1 });
    expect(errors()).toContain("scripted");
    expect(errors()).toContain(where);
    await installation.until(() => phase(id) === "succeeded");
  });

  test("a look that the vendor wants later is repeated no sooner, for as long as the work may take", async () => {
    verifies("survives.asked-to-wait");
    const { provider, clock } = installation;
    provider.nextStart("image", begun);
    const tooMany = (afterMs?: number) =>
      new ProviderError({
        ...{ kind: "refused", category: "rate", charged: "no", httpStatus: 429, retry: { kind: "later", afterMs } },
        sentence: { en: "too many", "zh-CN": "过于频繁" },
      });
    const asked: number[] = [];
    const answers = [tooMany(120_000), tooMany(), tooMany(60_000)];
    provider.everyCheck = () => {
      asked.push(clock.now());
      const answer = answers.shift();
      if (answer !== undefined) {
        throw answer;
      }
      return null;
    };
    const { id } = await startJob(await open(), "image", { prompt: "x" });
    await installation.until(() => phase(id) === "succeeded");
    const pauses = asked.slice(1).map((at, index) => at - asked[index]!);
    expect(pauses).toHaveLength(3);
    expect(pauses[0]).toBeGreaterThanOrEqual(120_000);
    expect(pauses[1]).toBeLessThan(10_000);
    expect(pauses[2]).toBeGreaterThanOrEqual(60_000);
    expect(provider.starts).toHaveLength(1);
    expect(installation.job(id).timeline.map(({ event }) => event)).not.toContain("operation-failed");
  });

  test("null values are left out", async () => {
    const output = {
      media: [{ bytes: fixture("picture.png") }],
      text: null,
      charge: null,
      requestId: 7,
      missing: null,
    };
    installation.provider.nextStart("image", asStart({ end: "done", output }));
    const { id } = await startJob(await open(), "image", { prompt: "x" });
    await installation.until(() => phase(id) === "succeeded");
    for (const part of ["text", "charge", "requestId", "missing"]) {
      expect(installation.job(id).steps[0]).not.toHaveProperty(part);
    }
  });

  test("a charge that is not a number is left out; the result is kept", async () => {
    verifies("spending.ledger");
    const output = { media: [{ bytes: fixture("picture.png") }], charge: { amount: Number.NaN, unit: "points" } };
    installation.provider.nextStart("image", { end: "done", output });
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase(id) === "succeeded");
    expect(installation.job(id).steps[0]?.charge).toEqual({ unit: "points" });
    expect((await process.runtime.overview(operator)).spend).toEqual([]);
  });

  test.each([
    ["a number", 5, "price"],
    ["an amount that is not a number", { known: true, amount: Number.NaN, unit: "points" }, "amount"],
    ["neither an amount nor what it depends on", { known: false }, "dependsOn"],
  ])("a price that is %s starts nothing, and passes no threshold", async (_what, returned, where) => {
    verifies("spending.ask-above", "spending.price");
    installation.provider.prices.set("image", returned as Price);
    const { runtime } = await installation.open({ logger, policy: { operators: [], askAbove: 1 } });
    const reply = await runtime.call({ tool: "image", input: { prompt: "x" }, caller: ada });
    await installation.pass(5_000);
    expect(installation.provider.starts).toEqual([]);
    expect(reply).toMatchObject({ type: "refused", failure: { kind: "internal", charged: "no" } });
    expect(errors()).toContain("scripted");
    expect(errors()).toContain(where);
  });
});
