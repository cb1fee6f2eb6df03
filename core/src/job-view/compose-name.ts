import type { Locale } from "../ground/locale.ts";

/** A tool's title and the beginning of the request in quotation marks, as people recognize a job by them. */
export function composeName(tool: string, title: string | undefined, locale: Locale): string {
  if (title === undefined || title === "") {
    return tool;
  }
  // In Chinese nothing separates a quotation mark from the word before it.
  return `${tool}${locale === "zh-CN" ? "" : " "}${quoted(title)}`;
}

/** Enough of a prompt to recognize it. */
const titleCharacters = 60;

function quoted(title: string): string {
  const isQuoted = title.startsWith("“") && title.endsWith("”");
  const characters = [...(isQuoted ? title.slice(1, -1) : title)];
  const shown = characters.slice(0, titleCharacters).join("");
  return `“${shown}${characters.length > titleCharacters ? "…" : ""}”`;
}
