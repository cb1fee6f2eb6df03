import { expect, test } from "vitest";
import { addToCatalog } from "../errors/catalog.ts";
import { HttpError } from "../http/http.ts";
import { say } from "../messages/sentence.ts";
import { vendorFailures } from "./vendor-failures.ts";

// @verifies built.plugins

const title = { en: "Cloudpainter", "zh-CN": "云朵画师" };
addToCatalog({
  id: "cloudpainter",
  title,
  errors: [
    {
      ...{ code: "full", says: "busy", policy: "capacity", afterMs: 3_000 },
      meaning: { en: "It is busy.", "zh-CN": "服务繁忙。" },
      remedy: { en: "Wait.", "zh-CN": "请稍候。" },
    },
  ],
});
const failures = vendorFailures({ id: "cloudpainter", title });

test("a refusal means what the vendor's own table says, with the vendor's words and ids", () => {
  const failure = failures.refused({ code: "full", message: "busy", requestId: "r1", httpStatus: 429 });
  expect(failure).toMatchObject({
    ...{ kind: "refused", provider: "cloudpainter", vendorCode: "full", vendorMessage: "busy" },
    ...{ requestId: "r1", httpStatus: 429, charged: "no", retry: { kind: "later", afterMs: 3_000 } },
  });
  expect(say(failure.sentence, "zh-CN")).toContain("服务繁忙");
});

test("a code that is in no table is never retried automatically, and may have cost something", () => {
  expect(failures.refused({ code: "new" })).toMatchObject({ charged: "unknown", retry: { kind: "never" } });
});

test("a start of which no byte was sent may be repeated if that can help; any other without an answer is unknown", () => {
  expect(failures.startEnd(new HttpError("connect", false, "host"))).toMatchObject({
    end: "not-sent",
    failure: { charged: "no", retry: { kind: "later" } },
  });
  expect(failures.startEnd(new HttpError("blocked", false, "host"))).toMatchObject({
    end: "refused",
    failure: { charged: "no", retry: { kind: "never" } },
  });
  for (const reason of [new HttpError("timeout", true, "host"), "unreadable", { httpStatus: 502 }] as const) {
    expect(failures.startEnd(reason, "r2")).toMatchObject({
      end: "unknown",
      failure: { charged: "unknown", retry: { kind: "never" }, requestId: "r2" },
    });
  }
});

test("a bug in the provider does not count as a missing answer", () => {
  const fault = new TypeError("undefined is no function");
  expect(() => failures.startEnd(fault as HttpError)).toThrow(fault);
});

test("a question without a readable answer is asked again", () => {
  expect(failures.notReadable(new HttpError("reset", true, "host")).failure).toMatchObject({
    ...{ kind: "unreachable", provider: "cloudpainter", retry: { kind: "later" } },
  });
});
