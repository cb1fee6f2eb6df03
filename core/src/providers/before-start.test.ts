import { expect, test } from "vitest";
import { type Failure, internalFailure, ProviderError, UsageError } from "../errors/errors.ts";
import { refusal, unreadable, unsent } from "../errors/refusal.ts";
import { endBeforeStart, prepare } from "./before-start.ts";
import { dashscopeName } from "./dashscope/name.ts";
import { xjcName } from "./xjc/name.ts";

const refused = (name: typeof xjcName, code: string) => refusal({ ...name, layer: "api", code });

test.each<[string, Failure, { end: string; retry: string; kind: string }]>([
  [
    "another try may reach it",
    unsent({ ...xjcName, trouble: "connect" }),
    { end: "not-sent", retry: "later", kind: "unreachable" },
  ],
  [
    "an address that is not allowed is not tried again",
    unsent({ ...xjcName, trouble: "blocked" }),
    { end: "refused", retry: "never", kind: "unreachable" },
  ],
  ["a fault of ours", internalFailure(), { end: "refused", retry: "never", kind: "internal" }],
  ["no credit", refused(xjcName, "20005"), { end: "refused", retry: "after-change", kind: "refused" }],
  ["too many at once", refused(xjcName, "20007"), { end: "refused", retry: "later", kind: "refused" }],
  [
    "a file that could not be fetched",
    refused(xjcName, "20012"),
    { end: "refused", retry: "after-change", kind: "refused" },
  ],
  [
    "content, which starts may be charged for",
    refused(dashscopeName, "DataInspectionFailed"),
    { end: "refused", retry: "after-change", kind: "refused" },
  ],
  ["a fault of the vendor's", refused(xjcName, "10001"), { end: "not-sent", retry: "later", kind: "unreachable" }],
  ["an unknown code", refused(dashscopeName, "New"), { end: "not-sent", retry: "later", kind: "unreachable" }],
])("before a start nothing is charged: %s", (_name, failure, { end, retry, kind }) => {
  expect(endBeforeStart(xjcName, failure)).toMatchObject({
    end,
    failure: { charged: "no", retry: { kind: retry }, kind },
  });
});

test("anything thrown before a start ends it, except a bug in the program", async () => {
  expect(await prepare(xjcName, async () => 7)).toEqual({ end: "ready", result: 7 });
  const silence = unreadable({ ...xjcName, trouble: "timeout" });
  expect(await prepare(xjcName, () => Promise.reject(new ProviderError(silence)))).toEqual({
    end: "not-sent",
    failure: silence,
  });
  const wrong = new UsageError({ key: "provider.text-empty" }, "text");
  expect(await prepare(xjcName, () => Promise.reject(wrong))).toEqual({ end: "refused", failure: wrong.failure });
  const fault = new TypeError("undefined is no function");
  await expect(prepare(xjcName, () => Promise.reject(fault))).rejects.toBe(fault);
});
