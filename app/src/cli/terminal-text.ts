import type { Locale, Message } from "@toolcast/core";
import { messageText } from "@toolcast/core/surface";
import { plainText } from "./plain-text.ts";

/** A message for a terminal, in one text of several lines. */
export function terminalText(message: Message, locale: Locale): string {
  return plainText(messageText(message, locale, { factIndent: "  " }).join("\n"));
}
