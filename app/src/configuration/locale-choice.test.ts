import { expect, test } from "vitest";
import { isSpoken, localeOf } from "./locale-choice.ts";

test.each([
  [{}, "en"],
  [{ LANG: "zh_CN.UTF-8" }, "zh-CN"],
  [{ LANG: "C" }, "en"],
  [{ LC_ALL: "en_US.UTF-8", LANG: "zh_CN.UTF-8" }, "en"],
  [{ LC_ALL: "", LANG: "zh_CN.UTF-8" }, "zh-CN"],
  [{ LC_MESSAGES: "zh_TW", LANG: "en_US" }, "zh-CN"],
  [{ TOOLCAST_LOCALE: "en", LC_ALL: "zh_CN" }, "en"],
])("%j speaks %s", (environment, locale) => {
  expect(localeOf(environment)).toBe(locale);
});

test.each(["en", "zh-CN", "zh_CN.UTF-8", "EN-gb", "zh"])("%s is spoken", (tag) => expect(isSpoken(tag)).toBe(true));
test.each(["", "fr", "english", "zhx"])("%j is not spoken", (tag) => expect(isSpoken(tag)).toBe(false));
