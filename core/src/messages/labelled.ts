import type { Locale } from "../ground/locale.ts";

/** A label and what it is about, with the language's colon. */
export function labelled(label: string, value: string, locale: Locale): string {
  return `${label}${locale === "zh-CN" ? "：" : ": "}${value}`;
}
