import { afterEach, describe, expect, test } from "vitest";
import { createProviderTools, createSharedState, type SharedState } from "../../../../test/doubles/provider-tools.ts";
import {
  type ArrivedRequest,
  type RawVendor,
  type Reply,
  startRawVendor,
} from "../../../../test/doubles/raw-vendor.ts";
import { createManualClock, type ManualClock } from "../../../../test/manual-clock.ts";
import { createClockSkew } from "../clock-skew.ts";
import { createSend } from "./exchange.ts";
import { createTokenSource, tokenSign } from "./token.ts";

const startMs = Date.UTC(2026, 0, 1);
const account = { accessKey: "ak-demo", secretKey: "marker-secret" };

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

async function vendorThat(reply: (nth: number, request: ArrivedRequest) => Reply): Promise<RawVendor> {
  let count = 0;
  const vendor = await startRawVendor((request) => {
    count += 1;
    return reply(count, request);
  });
  open.push(vendor);
  return vendor;
}

function sourceAt(url: string, clock: ManualClock, shared: SharedState, secretKey = account.secretKey) {
  const tools = createProviderTools(url, clock, shared);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  const skew = createClockSkew(clock);
  return createTokenSource({ ...account, secretKey, baseUrl: url }, createSend(url, skew, tools), skew, tools);
}

/** A token that lives this long from the vendor's current time. */
const issued = (token: string, now: number, lifeMs = 7_200_000): Reply => ({
  body: { code: 0, msg: "", data: { token, expiresIn: now + lifeMs } },
  date: now,
});

test("the signature equals the known one", () => {
  expect(tokenSign("ak-demo", 1742727701000, "sk-demo")).toBe("a17deb0cfd35b81a5686bb403811ade4");
});

test("the request carries key, timestamp and signature, and never the secret", async () => {
  const vendor = await vendorThat(() => issued("t1", startMs));
  const end = await sourceAt(vendor.url, createManualClock(startMs), createSharedState()).get();
  expect(end).toEqual({ end: "token", token: "t1" });
  const [request] = vendor.requests;
  expect(request).toMatchObject({ method: "GET", path: "/api/model/v5/oauth/token" });
  expect(Object.fromEntries(request!.query)).toEqual({
    accessKey: "ak-demo",
    timestamp: String(startMs),
    sign: tokenSign("ak-demo", startMs, "marker-secret"),
  });
  expect(request!.target).not.toContain("marker");
});

// @verifies provider.token
describe("one token for all processes", () => {
  test("many callers in two processes make one request", async () => {
    const vendor = await vendorThat((nth) => issued(`t${nth}`, startMs));
    const [clock, shared] = [createManualClock(startMs), createSharedState()];
    const [one, other] = [sourceAt(vendor.url, clock, shared), sourceAt(vendor.url, clock, shared)];
    const ends = await Promise.all([one, other, one, other, one, other].map((source) => source.get()));
    expect(new Set(ends.map((end) => end.end === "token" && end.token))).toEqual(new Set(["t1"]));
    expect(vendor.requests).toHaveLength(1);
  });

  test("it is renewed a minute before its end, once", async () => {
    const clock = createManualClock(startMs);
    const shared = createSharedState();
    const vendor = await vendorThat((nth) => issued(`t${nth}`, clock.now()));
    const [one, other] = [sourceAt(vendor.url, clock, shared), sourceAt(vendor.url, clock, shared)];
    await one.get();
    await clock.advance(7_200_000 - 60_001);
    expect(await other.get()).toMatchObject({ token: "t1" });
    await clock.advance(1);
    const ends = await Promise.all([one.get(), other.get()]);
    expect(ends).toMatchObject([{ token: "t2" }, { token: "t2" }]);
    expect(vendor.requests).toHaveLength(2);
  });

  test("a short-lived one is renewed after nine tenths of its life", async () => {
    const clock = createManualClock(startMs);
    const vendor = await vendorThat((nth) => issued(`t${nth}`, clock.now(), 20_000));
    const source = sourceAt(vendor.url, clock, createSharedState());
    await source.get();
    await clock.advance(17_999);
    expect(await source.get()).toMatchObject({ token: "t1" });
    await clock.advance(1);
    expect(await source.get()).toMatchObject({ token: "t2" });
  });

  test("while it is still valid, a failed renewal does no harm", async () => {
    const clock = createManualClock(startMs);
    const vendor = await vendorThat((nth) => (nth === 1 ? issued("t1", startMs) : "reset"));
    const source = sourceAt(vendor.url, clock, createSharedState());
    await source.get();
    await clock.advance(7_200_000 - 30_000);
    expect(await source.get()).toMatchObject({ token: "t1" });
    await clock.advance(30_000);
    expect(await source.get()).toMatchObject({ end: "none" });
  });

  test("another secret does not find this one's token", async () => {
    const vendor = await vendorThat((nth) => issued(`t${nth}`, startMs));
    const [clock, shared] = [createManualClock(startMs), createSharedState()];
    await sourceAt(vendor.url, clock, shared).get();
    expect(await sourceAt(vendor.url, clock, shared, "another").get()).toMatchObject({ token: "t2" });
  });

  test("dropping an old token leaves its successor alone", async () => {
    const vendor = await vendorThat((nth) => issued(`t${nth}`, startMs));
    const [clock, shared] = [createManualClock(startMs), createSharedState()];
    const [one, other] = [sourceAt(vendor.url, clock, shared), sourceAt(vendor.url, clock, shared)];
    await one.get();
    await one.drop("t1");
    expect(await one.get()).toMatchObject({ token: "t2" });
    await other.drop("t1");
    expect(await other.get()).toMatchObject({ token: "t2" });
    expect(vendor.requests).toHaveLength(2);
  });
});

describe("a clock that is off", () => {
  test("is measured from the refusal, and the timestamp corrected at once", async () => {
    const vendorNow = startMs + 3_600_000;
    const vendor = await vendorThat((_nth, request) =>
      Math.abs(Number(request.query.get("timestamp")) - vendorNow) > 180_000
        ? { body: { code: 20003, msg: "签名错误", data: null }, date: vendorNow }
        : issued("t1", vendorNow),
    );
    const source = sourceAt(vendor.url, createManualClock(startMs), createSharedState());
    expect(await source.get()).toEqual({ end: "token", token: "t1" });
    expect(vendor.requests).toHaveLength(2);
    // It expires by the vendor's clock, according to which two hours are left.
    await source.get();
    expect(vendor.requests).toHaveLength(2);
  });

  test("a clock that is set again while the corrected request is under way is measured again, but not for ever", async () => {
    const hourMs = 3_600_000;
    for (const [steps, requests] of [
      [2, 3],
      [9, 4],
    ] as const) {
      const vendor = await vendorThat((nth, request) => {
        const vendorNow = startMs + Math.min(nth, steps) * hourMs;
        return Math.abs(Number(request.query.get("timestamp")) - vendorNow) > 180_000
          ? { body: { code: 20003, msg: "签名错误", data: null }, date: vendorNow }
          : issued("t1", vendorNow);
      });
      const end = await sourceAt(vendor.url, createManualClock(startMs), createSharedState()).get();
      expect(end.end).toBe(requests === 3 ? "token" : "refused");
      expect(vendor.requests).toHaveLength(requests);
    }
  });

  test("a wrong secret is refused after one request", async () => {
    const vendor = await vendorThat(() => ({ body: { code: 20003, msg: "签名错误", data: null }, date: startMs }));
    const end = await sourceAt(vendor.url, createManualClock(startMs), createSharedState()).get();
    expect(end).toMatchObject({ end: "refused", code: "20003" });
    expect(JSON.stringify(end)).not.toMatch(/marker|sign=/);
    expect(vendor.requests).toHaveLength(1);
  });
});

test.each<[Reply]>([
  [{ body: { code: 0, msg: "", data: null } }],
  [{ body: { code: 0, msg: "", data: { token: "", expiresIn: 1 } } }],
  [{ body: { code: 0, data: { token: "t" } } }],
  [{ body: "<html>" }],
  ["reset"],
])("%j is no token and is not kept", async (reply) => {
  const vendor = await vendorThat(() => reply);
  const shared = createSharedState();
  const source = sourceAt(vendor.url, createManualClock(startMs), shared);
  expect(await source.get()).toMatchObject({ end: "none" });
  await source.get();
  expect(vendor.requests).toHaveLength(2);
});
