import type { Locale, Message } from "@toolcast/core";
import { fieldText } from "@toolcast/core/surface";
import { plainText } from "./plain-text.ts";

/** A message as lines for a terminal. */
export function messageText({ title, lines = [], fields = [] }: Message, locale: Locale): string {
  return plainText([title, ...lines, ...fields.map((field) => `  ${fieldText(field, locale)}`)].join("\n"));
}
