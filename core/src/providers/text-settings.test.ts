import { describe, expect, test } from "vitest";
import { dashscopeSchema } from "./dashscope/settings.ts";
import { openaiSchema } from "./openai/settings.ts";
import { sparkSchema } from "./spark/settings.ts";

const providers = {
  spark: { schema: sparkSchema, values: { SPARK_APP_ID: "a", SPARK_API_KEY: "b", SPARK_API_SECRET: "c" } },
  dashscope: { schema: dashscopeSchema, values: { DASHSCOPE_API_KEY: "a" } },
  openai: { schema: openaiSchema, values: { OPENAI_API_KEY: "a", OPENAI_MODEL: "b" } },
} as const;

describe("every number that questions are asked with has a range, and is refused on either side of it", () => {
  test.each([
    ["spark", "SPARK_TEMPERATURE", 0, 1, 0.01],
    ["spark", "SPARK_TOP_K", 1, 6, 1],
    ["spark", "SPARK_MAX_TOKENS", 1, 4_096, 1],
    ["spark", "SPARK_CHAT_TIMEOUT_SECONDS", 1, 600, 0.5],
    ["spark", "SPARK_MEMORY_TURNS", 0, 50, 1],
    ["spark", "SPARK_MEMORY_TOKENS", 0, 6_000, 1],
    ["dashscope", "DASHSCOPE_CHAT_MAX_TOKENS", 1, 32_768, 1],
    ["dashscope", "DASHSCOPE_CHAT_TIMEOUT_SECONDS", 1, 600, 0.5],
    ["dashscope", "DASHSCOPE_MEMORY_TURNS", 0, 50, 1],
    ["dashscope", "DASHSCOPE_MEMORY_TOKENS", 0, 100_000, 1],
    ["openai", "OPENAI_MAX_TOKENS", 1, 32_768, 1],
    ["openai", "OPENAI_TIMEOUT_SECONDS", 1, 600, 0.5],
    ["openai", "OPENAI_MEMORY_TURNS", 0, 50, 1],
    ["openai", "OPENAI_MEMORY_TOKENS", 0, 100_000, 1],
  ] as const)("%s: %s from %d to %d", (provider, variable, min, max, step) => {
    const { schema, values } = providers[provider];
    const read = (value: number) => schema.safeParse({ ...values, [variable]: String(value) });
    expect([min, max].map((value) => read(value).success)).toEqual([true, true]);
    for (const outside of [min - step, max + step]) {
      expect(read(outside).error?.issues).toMatchObject([
        { path: [variable], message: expect.stringContaining(variable) },
      ]);
    }
  });
});

test.each([
  ["whole", 7],
  ["fractional", 0.25],
  ["yes or no", true],
  ["text", "search"],
])("a further parameter may be %s", (_kind, value) => {
  const { values, schema } = providers.spark;
  const extra = (variable: string, given: unknown) =>
    schema.safeParse({ ...values, [variable]: JSON.stringify(given) });
  for (const variable of ["SPARK_EXTRA", "SPARK_CHAT_EXTRA"]) {
    const { extra: forPictures, chat } = extra(variable, { further: value }).data!;
    expect(variable === "SPARK_EXTRA" ? forPictures : chat.extra).toEqual({ further: value });
    expect(extra(variable, { further: [value] }).error?.issues).toMatchObject([{ path: [variable] }]);
    // It has a variable of its own.
    expect(extra(variable, { temperature: value }).error?.issues).toMatchObject([{ path: [variable] }]);
  }
});
