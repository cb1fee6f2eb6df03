import { readFileSync } from "node:fs";
import { systemClock } from "@toolcast/core";
import { type StartEnd, spark, vendorFailures } from "@toolcast/core/provider";
import { locales, say } from "@toolcast/core/surface";
import { afterEach, describe, expect, test } from "vitest";
import * as dashscope from "../doubles/dashscope-vendor.ts";
import { createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { type Reply, startRawVendor } from "../doubles/raw-vendor.ts";
import * as xjc from "../doubles/xjc-vendor.ts";
import { verifies } from "../verifies.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await dashscope.closeAll();
  await xjc.closeAll();
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

type Answer = Exclude<Reply, string>;
const context = createOperationContext();

async function sparkStart(reply: Answer): Promise<StartEnd> {
  const vendor = await startRawVendor(() => reply);
  const tools = createProviderTools(vendor.url, systemClock);
  open.push(vendor, { [Symbol.asyncDispose]: () => tools.http.close() });
  const values = { SPARK_APP_ID: "app", SPARK_API_KEY: "key", SPARK_API_SECRET: "secret", SPARK_BASE_URL: vendor.url };
  return spark.create(spark.schema.parse(values), tools).operations.image!.start({ prompt: "x" }, context);
}

async function dashscopeStart(reply: Answer): Promise<StartEnd> {
  const { provider } = await dashscope.setUp({ [dashscope.paths.textToImage]: () => reply });
  return provider.operations.image!.start({ prompt: "x" }, context);
}

async function xjcStart(reply: Answer): Promise<StartEnd> {
  const { provider } = await xjc.setUp({ "works/create": () => reply });
  return provider.operations.avatarVideo!.start({ text: "x" }, context);
}

/** A plugin's provider that reads no body: it passes on the status alone, or the code it found. */
async function pluginStart({ status = 200, body }: Answer): Promise<StartEnd> {
  const failures = vendorFailures({ id: "plugin", title: { en: "Plugin", "zh-CN": "插件" } });
  const code = (body as { code?: unknown }).code;
  return code === undefined
    ? failures.startEnd({ httpStatus: status })
    : { end: "refused", failure: failures.refused({ code: String(code), httpStatus: status }) };
}

const capitals = readFileSync(
  new URL("../fixtures/answers/dashscope-start-429-capitals.json", import.meta.url),
  "utf8",
);

const bodies: [name: string, body: unknown][] = [
  ["plain text", "Too Many Requests"],
  ["nothing", ""],
  ["a number as its code", { code: 429 }],
  ["a number in quotes as its code", { code: "429", message: "slow down" }],
  ["the cloud gateway's envelope", capitals],
  ["a gateway's message", { message: "API rate limit exceeded" }],
  ["a service's header", { header: { code: 429, message: "too many" } }],
  ["an error that is text", { error: "rate limited" }],
  ["an error with a type only", { error: { message: "slow", type: "rate_limit_error" } }],
  ["a page", "<html><h1>429 Too Many Requests</h1></html>"],
];

describe.each([
  ["spark", sparkStart],
  ["dashscope", dashscopeStart],
  ["xjc", xjcStart],
  ["a plugin", pluginStart],
] as const)("a start at %s that is answered by a status", (_vendor, start) => {
  verifies("provider.contract", "understood.failure");

  test.each(bodies)("429 with %s: nothing began, and it is tried later", async (_name, body) => {
    const end = await start({ status: 429, body });
    expect(end).toMatchObject({
      end: "refused",
      failure: { kind: "refused", charged: "no", retry: { kind: "later", afterMs: expect.any(Number) } },
    });
    expectSentence(end);
  });

  test.each([400, 401, 402, 403, 404, 405, 413, 415, 422, 451])(
    "%i in a page: refused, not charged",
    async (status) => {
      const end = await start({ status, body: "<html>" });
      expect(end).toMatchObject({
        end: "refused",
        failure: { kind: "refused", charged: "no", retry: { kind: "after-change" }, httpStatus: status },
      });
      expectSentence(end);
      expect(JSON.stringify(end)).toContain(String(status));
    },
  );

  test.each([302, 408, 409, 425, 499, 500, 502, 503, 504])("%i in a page: unclear", async (status) => {
    expect(await start({ status, body: "<html>" })).toMatchObject({
      end: "unknown",
      failure: { charged: "unknown", retry: { kind: "never" } },
    });
  });
});

function expectSentence(end: StartEnd): void {
  const { failure } = end as Extract<StartEnd, { failure: unknown }>;
  for (const locale of locales) {
    expect(say(failure.sentence, locale)).not.toMatch(/[{}]|not known|无法确定/);
  }
}

test("an unknown code is a refusal if the status says so, and open if it does not", async () => {
  const made = { code: "Made.Up", message: "x" };
  expect(await dashscopeStart({ status: 400, body: made })).toMatchObject({
    end: "refused",
    failure: { vendorCode: "Made.Up", charged: "no", retry: { kind: "after-change" } },
  });
  for (const status of [200, 408, 500]) {
    expect(await dashscopeStart({ status, body: made })).toMatchObject({
      failure: { vendorCode: "Made.Up", charged: "unknown", retry: { kind: "never" } },
    });
  }
});

test("the cloud gateway's envelope keeps its code, its words and its id", async () => {
  expect(await dashscopeStart({ status: 429, body: capitals })).toMatchObject({
    failure: {
      vendorCode: "Throttling",
      details: { code: "Throttling.User" },
      vendorMessage: "Request was denied due to user flow control.",
      requestId: "r",
    },
  });
});
