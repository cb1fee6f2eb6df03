import { describe, expect, test } from "vitest";
import { say } from "../messages/sentence.ts";
import { catalogEntries } from "./catalog.ts";
import { adviceOf, refusal, unanswered, unreadable, unsent } from "./refusal.ts";

const xjc = { provider: "xjc", providerTitle: { en: "AI-XJC", "zh-CN": "数字人" } };

test("what a code means, costs and allows comes from the catalogue; the vendor's words are kept", () => {
  expect(
    refusal({ ...xjc, layer: "api", code: "20007", vendorMessage: "原话", requestId: "job-1", httpStatus: 200 }),
  ).toMatchObject({
    kind: "refused",
    provider: "xjc",
    layer: "api",
    vendorCode: "20007",
    vendorMessage: "原话",
    requestId: "job-1",
    httpStatus: 200,
    charged: "no",
    retry: { kind: "later", afterMs: 30_000 },
  });
  const failure = refusal({ ...xjc, layer: "api", code: "20005" });
  expect(say(failure.sentence, "en")).toContain("too few points");
  expect(say(failure.sentence, "zh-CN")).toContain("积分不足");
});

test("an error at the vendor leaves the charge unknown and is never retried automatically", () => {
  expect(refusal({ ...xjc, layer: "api", code: "20902" })).toMatchObject({
    kind: "refused",
    charged: "unknown",
    retry: { kind: "never" },
  });
});

test("a code that is in no document is reported as such, without assumptions", () => {
  const failure = refusal({ ...xjc, layer: "api", code: "77777", vendorMessage: "?" });
  expect(failure).toMatchObject({
    kind: "refused",
    vendorCode: "77777",
    vendorMessage: "?",
    charged: "unknown",
    retry: { kind: "never" },
  });
  expect(say(failure.sentence, "en")).toContain("77777");
});

test("a code means something only with its vendor and layer", () => {
  const spark = { provider: "spark", providerTitle: xjc.providerTitle };
  expect(refusal({ ...spark, layer: "cloud", code: "10001" }).sentence).not.toEqual(
    refusal({ ...xjc, layer: "api", code: "10001" }).sentence,
  );
  expect(refusal({ ...spark, layer: "http", code: "10001" }).charged).toBe("unknown");
});

test("nothing in the catalogue is retried automatically unless it certainly cost nothing", () => {
  for (const { provider, layer, code, message } of catalogEntries()) {
    const failure = refusal({ ...xjc, provider, layer, code, vendorMessage: message });
    if (failure.retry.kind === "later") {
      expect(failure.charged).toBe("no");
    }
  }
});

test.each([
  ["later", "no", { kind: "later", afterMs: 50 }],
  ["later", "unknown", { kind: "never" }],
  ["later", "yes", { kind: "never" }],
  ["no-error", "no", { kind: "never" }],
  ["after-change", "no", { kind: "after-change" }],
] as const)("advice for %s with charged %s", (kind, charged, advice) => {
  expect(adviceOf({ retry: { kind, afterMs: 50 }, charged })).toEqual(advice);
});

describe("without a readable answer", () => {
  test("nothing sent: free, and worth another attempt", () => {
    const failure = unsent({ ...xjc, trouble: "connect" });
    expect(failure).toMatchObject({ kind: "unreachable", charged: "no", retry: { kind: "later" } });
    expect(say(failure.sentence, "zh-CN")).toBe("无法连接数字人（无法建立连接），请求未发出。");
  });

  test("an address that is not allowed is not tried again", () => {
    expect(unsent({ ...xjc, trouble: "blocked" }).retry).toEqual({ kind: "never" });
  });

  test("sent: the charge is unknown, and there is no automatic retry", () => {
    expect(unanswered({ ...xjc, trouble: { httpStatus: 502 }, requestId: "sid" })).toMatchObject({
      kind: "unknown",
      charged: "unknown",
      retry: { kind: "never" },
      httpStatus: 502,
      requestId: "sid",
    });
  });

  test("a question: free, and worth another attempt", () => {
    expect(unreadable({ ...xjc, trouble: "timeout" })).toMatchObject({
      kind: "unreachable",
      charged: "no",
      retry: { kind: "later" },
    });
  });
});
