import { type Locale, type LocalizedText, locales } from "../ground/locale.ts";

/** Several things in one sentence, separated as each language does it. */
export function listed(items: readonly (string | LocalizedText)[]): LocalizedText {
  const inLocale = (locale: Locale) =>
    items.map((item) => (typeof item === "string" ? item : item[locale])).join(locale === "zh-CN" ? "、" : ", ");
  return Object.fromEntries(locales.map((locale) => [locale, inLocale(locale)])) as unknown as LocalizedText;
}
