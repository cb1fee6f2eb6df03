import type { LogEntry } from "./conversation-log.ts";
import type { ExcerptView } from "./wire.ts";

/** How much text is shown around a match. */
const aroundCharacters = 40;

/**
 * An entry's text for the search. Empty for first answers about jobs: they change while the job runs, and their outcome
 * is delivered as a result.
 */
export function entryText({ content, jobId }: Pick<LogEntry, "content" | "jobId">): string {
  if (content.kind === "request") {
    const { text, form } = content;
    const values = Object.values(form?.input ?? {}).filter((value) => typeof value === "string");
    return [text, form === undefined ? undefined : `/${form.command}`, ...values]
      .filter((part) => part !== undefined)
      .join("\n");
  }
  if (content.kind === "reply" && jobId !== undefined) {
    return "";
  }
  const { title, lines = [], fields = [], media = [] } = content.message;
  return [
    title,
    ...lines,
    ...fields.map(({ label, value }) => `${label}: ${value}`),
    ...media.flatMap(({ name, alternative }) => [name, alternative]),
  ].join("\n");
}

/** The first match with some text around it. The text itself when the match cannot be located in it. */
export function excerptOf(text: string, query: string): ExcerptView {
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  const isExact = at >= 0 && text.toLowerCase().length === text.length;
  const start = isExact ? at : 0;
  const end = isExact ? at + query.length : 0;
  const from = Math.max(0, start - aroundCharacters);
  const to = end + (isExact ? aroundCharacters : 3 * aroundCharacters);
  const inOneLine = (part: string) => part.toWellFormed().replaceAll("\ufffd", "").replaceAll(/\s+/g, " ");
  return {
    before: `${from > 0 ? "…" : ""}${inOneLine(text.slice(from, start))}`,
    match: inOneLine(text.slice(start, end)),
    after: `${inOneLine(text.slice(end, to))}${to < text.length ? "…" : ""}`,
  };
}
