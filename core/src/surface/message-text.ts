import type { Locale } from "../ground/locale.ts";
import { labelled } from "../messages/labelled.ts";
import type { Message, MessageField } from "./message.ts";

/**
 * A message as lines of plain text: title, paragraphs, progress, facts; without media and buttons. `factIndent`: what
 * each fact's line begins with; default nothing.
 */
export function messageText(
  { title, lines = [], progress, fields = [] }: Message,
  locale: Locale,
  { factIndent = "" }: { factIndent?: string } = {},
): string[] {
  return [
    title,
    ...lines,
    ...(progress === undefined ? [] : [progress.label]),
    ...fields.map((field) => `${factIndent}${fieldText(field, locale)}`),
  ];
}

/** A labelled fact on one line, with the language's colon. */
export function fieldText({ label, value }: Pick<MessageField, "label" | "value">, locale: Locale): string {
  return labelled(label, value, locale);
}
