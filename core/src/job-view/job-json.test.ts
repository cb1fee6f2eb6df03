import { expect, test } from "vitest";
import { refusal } from "../errors/refusal.ts";
import { failureJson } from "./job-json.ts";

test("of several rows with one code, a program gets the one that matches the vendor's words", () => {
  const dashscope = {
    provider: "dashscope",
    providerTitle: { en: "DashScope", "zh-CN": "百炼" },
    layer: "api",
  } as const;
  const remedyOf = (vendorMessage: string) => {
    const failure = refusal({ ...dashscope, code: "Throttling.AllocationQuota", vendorMessage });
    return failureJson(failure, "en");
  };
  expect(remedyOf("Free allocated quota exceeded.")).toMatchObject({ actor: "operator", retry: "after-change" });
  expect(remedyOf("Allocated quota exceeded, please wait.")).toMatchObject({ actor: "nobody", retry: "later" });
});
