import type { Locale } from "../ground/locale.ts";

/** A tool's title and the beginning of the request, as people recognize a job by them. */
export function composeName(tool: string, title: string | undefined, locale: Locale): string {
  const shown = shorten(title) ?? "";
  // In Chinese nothing separates a quotation mark from the word before it.
  const isJoined = shown === "" || (locale === "zh-CN" && shown.startsWith("“"));
  return `${tool}${isJoined ? "" : " "}${shown}`;
}

/** Enough of a prompt to recognize it. */
const titleCharacters = 60;

function shorten(title: string | undefined): string | undefined {
  const characters = [...(title ?? "")];
  if (characters.length <= titleCharacters) {
    return title;
  }
  // A title in quotation marks keeps the closing one.
  return `${characters.slice(0, titleCharacters).join("")}…${title?.endsWith("”") ? "”" : ""}`;
}
