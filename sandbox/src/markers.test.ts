import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { markers } from "./marker-list.ts";
import { isMarker, readMarkers } from "./markers.ts";

test.each([
  ["a [[10021]] b", "spark", { code: 10021 }],
  ["[[20007]]", "xjc", { code: 20007 }],
  ["[[20007]]", "spark", {}],
  ["[[99999]]", "xjc", {}],
  ["[[http 503]]", "spark", { httpStatus: 503 }],
  ["[[http 200]]", "spark", {}],
  ["[[slow 20s]]", "spark", { slowMs: 20_000 }],
  ["[[slow 1.5 m]]", "spark", { slowMs: 90_000 }],
  ["[[slow 30ms]]", "spark", { slowMs: 30 }],
  ["[[fail: no face, sorry]]", "xjc", { failure: "no face, sorry" }],
  ["[[fail]]", "xjc", { failure: "sandbox: failed on request" }],
  ["[[drop-before-accept]]", "xjc", { drop: "before-accept" }],
  ["[[reset]]", "xjc", { drop: "before-accept" }],
  ["[[DROP-after-accept]]", "xjc", { drop: "after-accept" }],
  ["[[malformed]]", "spark", { answer: "malformed" }],
  ["[[giant]]", "spark", { answer: "giant" }],
  ["[[hang]]", "spark", { answer: "hang" }],
  ["[[no-payload]]", "spark", { answer: "no-payload" }],
  ["[[stuck]]", "xjc", { stuck: true }],
  ["[[expired-url]]", "xjc", { expiredUrl: true }],
  ["[[callback twice]]", "xjc", { callback: "twice" }],
  ["[[callback sideways]]", "xjc", {}],
  ["[[http 500 once]]", "spark", { httpStatus: 500, once: true }],
  ["[[slow 2s]] and [[malformed]]", "spark", { slowMs: 2000, answer: "malformed" }],
  ["[[10021]]", "dashscope", {}],
  ["[[DataInspectionFailed]]", "dashscope", { code: "DataInspectionFailed" }],
  ["[[Throttling.RateQuota]]", "dashscope", { code: "Throttling.RateQuota" }],
  ["[[NOT AUTHORIZED]]", "dashscope", { code: "NOT AUTHORIZED" }],
  ["[[DataInspectionFailed]]", "spark", {}],
  ["[[NoSuchCode]]", "dashscope", {}],
  ["[[constructor]]", "dashscope", {}],
  ["[[RequestTimeOut 500 once]]", "dashscope", { code: "RequestTimeOut", codeStatus: 500, once: true }],
  [
    "[[Throttling.AllocationQuota free]]",
    "dashscope",
    { code: "Throttling.AllocationQuota", codeMessage: "Free allocated quota exceeded." },
  ],
  ["[[Arrearage free]]", "dashscope", {}],
  ["[[partial]] [[task-unknown]] [[no-face]]", "dashscope", { partial: true, lost: true, nobody: true }],
  ["[[partial]] [[task-unknown]] [[no-face]]", "xjc", {}],
  ["[[10029]] ", "spark", { code: 10029 }],
  ["[[sunset]] [10021] no marker", "spark", {}],
] as const)("%s means, to %s, %j", (text, vendor, expected) => {
  expect(readMarkers(text, vendor)).toEqual(expected);
});

const vendorNames = ["spark", "dashscope", "openai", "xjc"] as const;

test("the published list and the reader agree", () => {
  for (const { marker, example, summary } of markers) {
    expect(
      vendorNames.some((vendor) => isMarker(example, vendor)),
      marker,
    ).toBe(true);
    expect(summary.en).toBeTruthy();
    expect(summary["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
  }
});

test("the README lists every marker in the list's wording", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  for (const { marker, example, summary } of markers) {
    expect(readme).toContain(`| \`${marker}\` | \`${example}\` | ${summary.en} | ${summary["zh-CN"]} |`);
  }
});
