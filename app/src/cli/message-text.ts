import type { Locale, Message } from "@toolcast/core";
import { plainText } from "./plain-text.ts";

/** A message as lines of a terminal. */
export function messageText(message: Message, locale: Locale): string {
  const colon = locale === "zh-CN" ? "：" : ": ";
  const fields = (message.fields ?? []).map(({ label, value }) => `  ${label}${colon}${value}`);
  return plainText([message.title, ...(message.lines ?? []), ...fields].join("\n"));
}
