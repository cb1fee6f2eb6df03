import { expect, test } from "vitest";
import { misspeltSettings } from "./misspelt-settings.ts";

// @verifies tried.configuration, tried.misspelt, understood.both-languages

const known = ["DAILY_LIMIT_TOTAL", "CONSOLE_TOKEN", "HTTPS_PROXY", "NO_PROXY", "PORT", "TOOLCAST_DATA_DIR"];
const found = (environment: Record<string, string>) => misspeltSettings(environment, known);

test.each([
  ["DAILY_LIMT_TOTAL", "DAILY_LIMIT_TOTAL"],
  ["DALIY_LIMIT_TOTAL", "DAILY_LIMIT_TOTAL"],
  ["daily_limit_total", "DAILY_LIMIT_TOTAL"],
  ["CONSOLE_TOCKEN", "CONSOLE_TOKEN"],
  ["TOOLCAST_DATADIR", "TOOLCAST_DATA_DIR"],
  ["TOOLCAST_DATA", "TOOLCAST_DATA_DIR"],
])("%s: did you mean %s?", (name, meant) => {
  const [problem, ...others] = found({ [name]: "5" });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ variable: name });
  expect(problem?.sentence.en).toContain(`Did you mean ${meant}?`);
  expect(problem?.sentence["zh-CN"]).toContain(`是不是想写 ${meant}？`);
});

test("what belongs to other programs is left alone", () => {
  expect(misspeltSettings({ TOOLCAST: "1", TOOLCAST_DATA: "x" }, [...known, "TOOLCAST_DATA_KEY"])).toEqual([]);
  const others = { https_proxy: "x", no_proxy: "x", ALL_PROXY: "x", PORTS: "1", SORT: "x", HOME: "/", LANGUAGE: "en" };
  expect(found(others)).toEqual([]);
  expect(found({ DAILY_LIMT_TOTAL: "5", DAILY_LIMIT_TOTAL: "" })).toEqual([]);
  expect(found({ DAILY_LIMT_TOTAL: "" })).toEqual([]);
});
