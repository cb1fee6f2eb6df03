import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { sparkSchema } from "./spark/settings.ts";
import { xjcSchema } from "./xjc/settings.ts";

const spark = { SPARK_APP_ID: "app", SPARK_API_KEY: "key", SPARK_API_SECRET: "marker-secret" };
const xjc = { XJC_ACCESS_KEY: "access", XJC_SECRET_KEY: "marker-secret" };

test("only the keys are required; everything else has a default or is not sent", () => {
  expect(sparkSchema.parse(spark)).toEqual({
    appId: "app",
    apiKey: "key",
    apiSecret: "marker-secret",
    baseUrl: "https://spark-api.cn-huabei-1.xf-yun.com",
    domain: "general",
    temperature: undefined,
    topK: undefined,
    maxTokens: undefined,
    auditing: undefined,
    chatId: undefined,
    extra: {},
    imageDomain: "imagev3",
    chat: { domain: "lite", url: "https://spark-api.xf-yun.com/v1.1/chat", timeoutMs: 60_000, extra: {} },
    memory: { turns: 5, tokens: 4096 },
    rates: {},
    concurrent: 2,
    startsPerSecond: 2,
  });
  expect(xjcSchema.parse(xjc)).toEqual({
    accessKey: "access",
    secretKey: "marker-secret",
    baseUrl: "https://doc.ai-xjc.com",
    rates: {},
    concurrent: 3,
    startsPerSecond: 2,
  });
});

test("set values are read, without spaces and an address's last slash", () => {
  const settings = sparkSchema.parse({
    ...spark,
    SPARK_BASE_URL: " http://127.0.0.1:4000/spark/ ",
    SPARK_DOMAIN: "tti",
    SPARK_TEMPERATURE: "0.7",
    SPARK_TOP_K: "6",
    SPARK_MAX_TOKENS: "1",
    SPARK_AUDITING: "default",
    SPARK_CHAT_ID: "chat",
    SPARK_EXTRA: '{"seed": 7, "watermark": false}',
    SPARK_CONCURRENT: "5",
  });
  expect(settings).toMatchObject({
    baseUrl: "http://127.0.0.1:4000/spark",
    domain: "tti",
    temperature: 0.7,
    topK: 6,
    maxTokens: 1,
    auditing: "default",
    chatId: "chat",
    extra: { seed: 7, watermark: false },
    concurrent: 5,
  });
});

describe("a wrong value is refused with the variable's name, in both languages, without the value", () => {
  test.each([
    ["SPARK_APP_ID", undefined],
    ["SPARK_API_SECRET", "  "],
    ["SPARK_BASE_URL", "marker"],
    ["SPARK_BASE_URL", "ftp://marker"],
    ["SPARK_BASE_URL", "https://marker:pass@host"],
    ["SPARK_BASE_URL", "https://host/?marker=1"],
    ["SPARK_DOMAIN", "marker"],
    ["SPARK_TEMPERATURE", "-0.01"],
    ["SPARK_TEMPERATURE", "1.01"],
    ["SPARK_TEMPERATURE", "marker"],
    ["SPARK_TOP_K", "0"],
    ["SPARK_TOP_K", "7"],
    ["SPARK_TOP_K", "2.5"],
    ["SPARK_MAX_TOKENS", "0"],
    ["SPARK_MAX_TOKENS", "4097"],
    ["SPARK_AUDITING", "marker"],
    ["SPARK_EXTRA", "marker"],
    ["SPARK_EXTRA", '["marker"]'],
    ["SPARK_EXTRA", '{"marker": {}}'],
    ["SPARK_EXTRA", '{"width": 2048}'],
    ["SPARK_CONCURRENT", "0"],
  ])("%s = %s", (variable, value) => {
    const result = sparkSchema.safeParse({ ...spark, [variable]: value });
    const issue = result.error?.issues[0] as z.core.$ZodIssueCustom | undefined;
    expect(issue?.path).toEqual([variable]);
    expect(issue?.message).toContain(variable);
    expect(issue?.message).not.toContain("marker");
    expect(issue?.params?.sentence).toMatchObject({ values: { variable } });
  });
});

test("an address pasted from the vendor's document is used without its path", () => {
  const whole = "https://spark-api.cn-huabei-1.xf-yun.com/v2.1/tti";
  expect(sparkSchema.parse({ ...spark, SPARK_BASE_URL: whole }).baseUrl).toBe(
    "https://spark-api.cn-huabei-1.xf-yun.com",
  );
  expect(xjcSchema.parse({ ...xjc, XJC_BASE_URL: "https://host/xjc/api/model/v5/" }).baseUrl).toBe("https://host/xjc");
});

test("the ends of a range are allowed", () => {
  for (const changes of [
    { SPARK_TEMPERATURE: "1" },
    { SPARK_TEMPERATURE: "0" },
    { SPARK_TOP_K: "1" },
    { SPARK_TOP_K: "6" },
    { SPARK_MAX_TOKENS: "1" },
    { SPARK_MAX_TOKENS: "4096" },
  ]) {
    expect(sparkSchema.safeParse({ ...spark, ...changes }).success).toBe(true);
  }
});
