import { readFileSync } from "node:fs";
import type { Capabilities, ProviderInstance } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { answer, begun, closeAll, paths, setUp, startMs, task } from "../doubles/dashscope-vendor.ts";
import { createOperationContext, jsonOf } from "../doubles/provider-tools.ts";
import { verifies } from "../verifies.ts";

afterEach(closeAll);

const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/answers/${name}.json`, import.meta.url), "utf8"));
const start = ({ operations }: ProviderInstance, request: Partial<Capabilities["image"]> = {}) =>
  operations.image!.start({ prompt: "x", ...request }, createOperationContext());
const reference = { kind: "task", taskId: "task-1", model: "wan2.6-t2i", startedAt: startMs };
const check = ({ operations }: ProviderInstance, given: object = reference) =>
  operations.image!.check!({ ...given }, createOperationContext());

const url = "https://result.example/e.png";
const choiceOf = (content: unknown) => ({ finish_reason: "stop", message: { role: "assistant", content } });
const picture = choiceOf([{ image: url, type: "image" }]);

/** What may come beside a good picture. */
const oddChoices: [name: string, choice: unknown][] = [
  ["text as the content", choiceOf("blocked")],
  ["no message", { finish_reason: "stop", message: null }],
  ["no content", choiceOf(null)],
  ["nothing", null],
  ["a number", 7],
  ["a part that is null", choiceOf([null, { text: "blocked" }])],
  ["an image that is not text", choiceOf([{ image: 7 }])],
];

describe("one odd part beside a good picture", () => {
  verifies("paid-once.missing-parts", "provider.contract");

  test.each(oddChoices)("in the answer itself: %s", async (_name, odd) => {
    for (const choices of [
      [picture, odd],
      [odd, picture],
    ]) {
      const { provider } = await setUp(
        { [paths.generation]: () => answer({ choices }, { image_count: 1 }) },
        { DASHSCOPE_IMAGE_MODEL: "qwen-image-2.0" },
      );
      expect(await start(provider, { count: 2 })).toMatchObject({
        end: "done",
        output: { media: [{ url }], missing: [{ charged: "no" }], charge: { amount: 1 } },
      });
    }
  });

  test("in the answer itself: a part beside the picture in one content", async () => {
    const choices = [choiceOf([null, { image: url }, "words", 7])];
    const { provider } = await setUp(
      { [paths.generation]: () => answer({ choices }) },
      { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" },
    );
    expect(await start(provider)).toMatchObject({ end: "done", output: { media: [{ url }] } });
  });

  test("as it was recorded: the vendor's words say why the second is missing", async () => {
    const { provider } = await setUp(
      { [paths.generation]: () => ({ body: recorded("qwen-image-second-choice-string") }) },
      { DASHSCOPE_IMAGE_MODEL: "qwen-image-2.0" },
    );
    expect(await start(provider, { count: 2 })).toMatchObject({
      end: "done",
      output: { media: [{ url }], missing: [{ vendorMessage: "blocked" }] },
    });
  });

  test.each(oddChoices)("of a task that is requested by message: %s", async (_name, odd) => {
    const { provider } = await setUp(
      { [paths.task]: () => task("SUCCEEDED", { choices: [odd, picture] }, { image_count: 1 }) },
      { DASHSCOPE_IMAGE_MODEL: "wan2.6-t2i" },
    );
    expect(await check(provider, { ...reference, count: 2 })).toMatchObject({
      state: "done",
      output: { media: [{ url }], missing: [{ charged: "no" }], charge: { amount: 1 } },
    });
  });

  test.each([null, 7, "x", { url: 7 }, { code: 3 }, []])("of a task: %j among the results", async (odd) => {
    const { provider } = await setUp({ [paths.task]: () => task("SUCCEEDED", { results: [odd, { url }] }) });
    expect(await check(provider)).toMatchObject({
      state: "done",
      output: { media: [{ url }], missing: [{ charged: "no" }] },
    });
  });
});

test("an answer that is only text keeps the vendor's words", async () => {
  verifies("understood.failure");
  for (const content of ["抱歉，无法生成。", [{ text: "抱歉，无法生成。" }]]) {
    const { provider } = await setUp(
      { [paths.generation]: () => answer({ choices: [choiceOf(content)] }) },
      { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" },
    );
    expect(await start(provider)).toMatchObject({
      end: "unknown",
      failure: { vendorMessage: "抱歉，无法生成。", requestId: "req-1", charged: "unknown" },
    });
  }
});

describe("a task that has ended with nothing usable", () => {
  verifies("survives.lost-result");

  test("with a code: failed at once, with that code", async () => {
    const { provider } = await setUp({
      [paths.task]: () => ({ body: recorded("dashscope-task-succeeded-code-no-results") }),
    });
    expect(await check(provider)).toMatchObject({
      state: "failed",
      failure: {
        vendorCode: "DataInspectionFailed",
        vendorMessage: "Output data may contain inappropriate content.",
        charged: "no",
      },
    });
  });

  test.each([
    ["no results", {}],
    ["an empty list", { results: [] }],
    ["results without an address", { results: [{}, null] }],
    ["results that are not a list", { results: "x", video_url: 7 }],
    ["words", { message: "原话" }],
    ["a message of text", { choices: [choiceOf("原话")] }],
  ])("without a code: a person decides at once: %s", async (_name, more) => {
    for (const operation of ["image", "avatarVideo", "portraitVideo"] as const) {
      const { provider } = await setUp({ [paths.task]: () => task("SUCCEEDED", more) });
      const end = await provider.operations[operation]!.check!(reference, createOperationContext());
      expect(end).toMatchObject({
        state: "lost",
        failure: { charged: "unknown", retry: { kind: "never" }, sentence: { key: "provider.ended-without-result" } },
      });
    }
  });

  test("a refusal of the task itself ends it; one about keys or rates does not", async () => {
    const refused = (code: string) => ({ status: 400, body: { code, message: "原话" } });
    const final = await setUp({ [paths.task]: () => refused("InvalidParameter") });
    expect(await check(final.provider)).toMatchObject({ state: "lost", failure: { vendorCode: "InvalidParameter" } });
    for (const code of ["InvalidApiKey", "Throttling.RateQuota", "InternalError", "Made.Up"]) {
      const passing = await setUp({ [paths.task]: () => refused(code) });
      await expect(check(passing.provider)).rejects.toMatchObject({ failure: { vendorCode: code } });
    }
  });
});

describe("work whose answer would be lost with the process is begun as a task", () => {
  verifies("paid-once.reference-first");

  test.each([
    ["qwen-image", paths.textToImage],
    ["qwen-image-plus", paths.textToImage],
    ["wan2.6-t2i", paths.imageGeneration],
    ["wan2.7-t2i", paths.imageGeneration],
  ])("%s", async (model, path) => {
    const { vendor, provider } = await setUp({ [path]: () => begun }, { DASHSCOPE_IMAGE_MODEL: model });
    expect(await start(provider)).toMatchObject({ end: "operation", reference: { taskId: "task-1", model } });
    const [request] = vendor.requests;
    expect(request?.headers["x-dashscope-async"]).toBe("enable");
    const body = jsonOf(request!.text) as { input: object; parameters: object };
    expect(body).toMatchObject({ model, parameters: { n: 1 } });
    expect(Object.keys(body.input)).toEqual([path === paths.textToImage ? "prompt" : "messages"]);
    expect(provider.operations.image).toMatchObject({ check: expect.any(Function), cancel: expect.any(Function) });
    expect(provider.operations.image?.unlisted).toBeUndefined();
  });
});
