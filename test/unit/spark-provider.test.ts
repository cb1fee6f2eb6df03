import { systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { type Capabilities, type StartEnd, spark } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { createOperationContext, createProviderTools, jsonOf } from "../doubles/provider-tools.ts";
import { closedAddress, type RawVendor, type Reply, startRawVendor } from "../doubles/raw-vendor.ts";
import { createManualClock } from "../manual-clock.ts";

const secrets = { SPARK_API_KEY: "marker-key", SPARK_API_SECRET: "marker-secret" };
const picture = Buffer.from("a picture");
const success = {
  header: { code: 0, message: "Success", sid: "cht-1", status: 0 },
  payload: { choices: { status: 2, seq: 0, text: [{ content: picture.toString("base64"), index: 0 }] } },
};
const clockRefusal =
  "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

async function vendorThat(reply: (nth: number) => Reply): Promise<RawVendor> {
  let count = 0;
  const vendor = await startRawVendor(() => {
    count += 1;
    return reply(count);
  });
  open.push(vendor);
  return vendor;
}

function providerAt(url: string, variables: Record<string, string> = {}, clock: Clock = systemClock) {
  const settings = spark.schema.parse({ SPARK_APP_ID: "app", ...secrets, SPARK_BASE_URL: url, ...variables });
  const tools = createProviderTools(url, clock);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  return spark.create(settings, tools);
}

type SparkProvider = ReturnType<typeof providerAt>;

function start(
  provider: SparkProvider,
  request: Partial<Capabilities["image"]> = {},
  callerId = "web:a",
): Promise<StartEnd> {
  const operation = provider.operations.image;
  return operation!.start({ prompt: "日照金山", ...request }, createOperationContext({ callerId }));
}

describe("what is sent", () => {
  test("the documented body, a hashed user, and nothing that is not set", async () => {
    const vendor = await vendorThat(() => ({ body: success }));
    await start(providerAt(vendor.url), { size: "1280x720" }, "web:somebody");
    const [request] = vendor.requests;
    expect(request).toMatchObject({ method: "POST", path: "/v2.1/tti" });
    expect(jsonOf(request!.text)).toEqual({
      header: { app_id: "app", uid: "2755dabd142c6a169a076b9d9ec0cd36" },
      parameter: { chat: { domain: "general", width: 1280, height: 720 } },
      payload: { message: { text: [{ role: "user", content: "日照金山" }] } },
    });
  });

  test("every documented parameter, and those the operator passes through", async () => {
    const vendor = await vendorThat(() => ({ body: success }));
    const provider = providerAt(`${vendor.url}/spark`, {
      SPARK_DOMAIN: "tti",
      SPARK_TEMPERATURE: "0.5",
      SPARK_TOP_K: "4",
      SPARK_MAX_TOKENS: "2048",
      SPARK_AUDITING: "default",
      SPARK_CHAT_ID: "chat",
      SPARK_EXTRA: '{"style":"ink","hd":true}',
    });
    await start(provider);
    expect(vendor.requests[0]?.path).toBe("/spark/v2.1/tti");
    expect(jsonOf(vendor.requests[0]!.text).parameter).toEqual({
      chat: {
        style: "ink",
        hd: true,
        domain: "tti",
        width: 512,
        height: 512,
        temperature: 0.5,
        top_k: 4,
        max_tokens: 2048,
        auditing: "default",
        chat_id: "chat",
      },
    });
  });
});

describe("each end of a start", () => {
  test("done: the picture, its points and the sid", async () => {
    const vendor = await vendorThat(() => ({ body: success }));
    const end = await start(providerAt(vendor.url), { size: "1024x1024" });
    expect(end).toEqual({
      end: "done",
      output: {
        media: [{ bytes: new Uint8Array(picture) }],
        charge: { amount: 14, unit: "points" },
        requestId: "cht-1",
      },
    });
  });

  test("not-sent: nothing listens", async () => {
    const end = await start(providerAt(await closedAddress()));
    expect(end).toMatchObject({
      end: "not-sent",
      failure: { kind: "unreachable", charged: "no", retry: { kind: "later" } },
    });
  });

  test("refused: an address that is not allowed here is not retried automatically", async () => {
    const vendor = await vendorThat(() => ({ body: success }));
    const settings = spark.schema.parse({ SPARK_APP_ID: "app", ...secrets, SPARK_BASE_URL: vendor.url });
    const provider = spark.create(settings, createProviderTools("http://127.0.0.1:1", systemClock));
    expect(await start(provider)).toMatchObject({
      end: "refused",
      failure: { charged: "no", retry: { kind: "never" } },
    });
    expect(vendor.requests).toHaveLength(0);
  });

  test.each([
    ["10006", { kind: "later", afterMs: 2000 }, "no"],
    ["10021", { kind: "after-change" }, "no"],
    ["10012", { kind: "never" }, "unknown"],
    ["12345", { kind: "never" }, "unknown"],
  ])("refused: code %s", async (code, retry, charged) => {
    const body = { header: { code: Number(code), message: "原话", sid: "cht-2", status: 2 } };
    const vendor = await vendorThat(() => ({ body }));
    expect(await start(providerAt(vendor.url))).toMatchObject({
      end: "refused",
      failure: { layer: "cloud", vendorCode: code, vendorMessage: "原话", requestId: "cht-2", retry, charged },
    });
    expect(vendor.requests).toHaveLength(1);
  });

  test("refused: a code counts even if the HTTP status is an error", async () => {
    const vendor = await vendorThat(() => ({ status: 500, body: { header: { code: 10008, sid: "s" } } }));
    expect(await start(providerAt(vendor.url))).toMatchObject({ end: "refused", failure: { vendorCode: "10008" } });
  });

  test.each([
    ["HMAC signature does not match", 401, "401"],
    ["HMAC signature does not match", 403, "401"],
    ["no Route matched with those values", 404, "404"],
    ["Your IP address is not allowed", 403, "HTTP 403"],
  ])("refused: the gateway says %s with %i", async (message, status, vendorCode) => {
    const vendor = await vendorThat(() => ({ status, body: { message } }));
    expect(await start(providerAt(vendor.url))).toMatchObject({
      end: "refused",
      failure: { layer: "http", vendorCode, vendorMessage: message, httpStatus: status },
    });
  });

  test.each([
    ["reset", "reset"],
    ["malformed JSON", { body: '{"header":{"code":0' }],
    ["no payload", { body: { header: success.header } }],
    ["an empty picture", { body: { ...success, payload: { choices: { text: [{ content: "" }] } } } }],
    ["a picture that is not base64", { body: { ...success, payload: { choices: { text: [{ content: "<svg/>" }] } } } }],
    [
      "a picture whose base64 breaks off",
      { body: { ...success, payload: { choices: { text: [{ content: "AAAAA" }] } } } },
    ],
    ["an error page", { status: 502, body: "<html>" }],
    ["a server error without a code", { status: 502, body: { message: "An invalid response was received" } }],
    ["a success with an error status", { status: 500, body: success }],
    ["a giant body", "giant"],
  ] satisfies [string, Reply][])("unknown: %s", async (_name, reply) => {
    const vendor = await vendorThat(() => reply);
    expect(await start(providerAt(vendor.url))).toMatchObject({
      end: "unknown",
      failure: { kind: "unknown", charged: "unknown", retry: { kind: "never" } },
    });
    expect(vendor.requests).toHaveLength(1);
  });

  test("unknown: no answer within a minute", async () => {
    const clock = createManualClock();
    const vendor = await vendorThat(() => "hang");
    const arrival = vendor.arrival();
    const end = start(providerAt(vendor.url, {}, clock));
    await arrival;
    let settled = false;
    void end.then(() => (settled = true));
    await clock.advance(59_000);
    expect(settled).toBe(false);
    await clock.advance(1000);
    expect(await end).toMatchObject({
      end: "unknown",
      failure: { sentence: { values: { reason: { en: "no answer in time" } } } },
    });
  });

  test("no end holds a key, a secret or a signature", async () => {
    for (const reply of ["reset", { status: 401, body: { message: "HMAC signature does not match" } }] as Reply[]) {
      const vendor = await vendorThat(() => reply);
      const text = JSON.stringify(await start(providerAt(vendor.url)));
      expect(text).not.toMatch(/marker|authorization|hmac-sha256/);
    }
    expect(JSON.stringify(await start(providerAt(await closedAddress())))).not.toMatch(/marker|authorization/);
  });
});

describe("a clock that is off", () => {
  test("the refusal gives the time, is worth repeating at once, and the next request is right", async () => {
    const vendorNow = Date.now() + 3_600_000;
    const vendor = await vendorThat((nth) =>
      nth === 1
        ? { status: 403, body: { message: clockRefusal }, date: vendorNow }
        : { body: success, date: vendorNow },
    );
    const provider = providerAt(vendor.url);
    expect(await start(provider)).toMatchObject({
      end: "refused",
      failure: { vendorCode: "403", charged: "no", retry: { kind: "later", afterMs: 0 } },
    });
    expect(await start(provider)).toMatchObject({ end: "done" });
    const signedAt = Date.parse(vendor.requests[1]?.query.get("date") ?? "");
    expect(Math.abs(signedAt - vendorNow)).toBeLessThan(5000);
  });

  test("a refusal that does not give the time is not repeated automatically", async () => {
    const vendor = await vendorThat(() => ({ status: 403, body: { message: clockRefusal }, date: null }));
    expect(await start(providerAt(vendor.url))).toMatchObject({
      end: "refused",
      failure: { retry: { kind: "never" } },
    });
  });
});

describe("doctor proves the keys without a prompt", () => {
  const levels = async (provider: SparkProvider) => (await provider.doctor()).map(({ level }) => level);

  test.each([10003, 10004, 10005])("code %i: accepted, and says what is not proved", async (code) => {
    const vendor = await vendorThat(() => ({ body: { header: { code, sid: "s" } } }));
    expect(await levels(providerAt(vendor.url))).toEqual(["ok", "unproved"]);
    expect(vendor.requests).toHaveLength(1);
    expect(vendor.requests[0]?.text).not.toContain("payload");
  });

  test("a wrong secret is an error that says what to do", async () => {
    const vendor = await vendorThat(() => ({ status: 401, body: { message: "HMAC signature does not match" } }));
    const findings = await providerAt(vendor.url).doctor();
    expect(findings).toMatchObject([{ level: "error", sentence: { key: "provider.doctor.refused" } }]);
    expect(JSON.stringify(findings)).toContain("SPARK_API_SECRET");
    expect(JSON.stringify(findings)).not.toContain("marker");
  });

  test("a clock that is off is corrected and reported", async () => {
    const date = Date.now() - 900_000;
    const vendor = await vendorThat((nth) =>
      nth === 1 ? { status: 403, body: { message: clockRefusal }, date } : { body: { header: { code: 10004 } }, date },
    );
    expect(await levels(providerAt(vendor.url))).toEqual(["ok", "unproved", "warning"]);
  });

  test("unreachable, unhelpful and unexpectedly successful answers", async () => {
    expect(await levels(providerAt(await closedAddress()))).toEqual(["error"]);
    const page = await vendorThat(() => ({ status: 404, body: "<html>" }));
    expect(await levels(providerAt(page.url))).toEqual(["warning"]);
    const content = await vendorThat(() => ({ body: success }));
    expect(await levels(providerAt(content.url))).toEqual(["warning"]);
  });
});

test("its limits, its host and whether it is on this machine come from the settings", () => {
  const settings = spark.schema.parse({ SPARK_APP_ID: "app", ...secrets, SPARK_CONCURRENT: "5" });
  expect(spark.limits(settings)).toEqual({ concurrent: 5, concurrentPerCaller: 1, startsPerSecond: 2 });
  expect(spark.hosts(settings)).toEqual(["spark-api.cn-huabei-1.xf-yun.com", "spark-api.xf-yun.com"]);
  expect(spark.onLoopback(settings)).toBe(false);
  const address = "http://127.0.0.1:4000/spark";
  const local = spark.schema.parse({
    ...{ SPARK_APP_ID: "a", ...secrets, SPARK_BASE_URL: address, SPARK_CHAT_URL: address },
  });
  expect(spark.hosts(local)).toEqual(["127.0.0.1:4000"]);
  expect(spark.onLoopback(local)).toBe(true);
});
