import type { Locale, Message } from "@toolcast/core";
import { type Attached, wordsFor } from "./layout-files.ts";
import { codeSpan, cut, escapeText } from "./markdown.ts";

const barLength = 12;
/** Longer titles are no headings. */
const headingCharacters = 200;

/** The words of a message in Discord's markup, every foreign one escaped; `isWhole` is false when some had no room. */
export function textOf(
  message: Message,
  media: readonly Attached[],
  { locale, note, mostCharacters }: { locale: Locale; note?: string; mostCharacters: number },
): { content: string; isWhole: boolean } {
  const { title, lines = [], fields = [], progress } = message;
  const unsent = media.flatMap(({ medium, file }) => (file === undefined ? [wordsFor(medium, locale)] : []));
  const isHeading = title.length <= headingCharacters && !title.includes("\n") && title.trim() !== "";
  const parts = [
    { text: `${isHeading ? "### " : ""}${escapeText(title)}`, joined: false },
    ...lines.map((line) => ({ text: escapeText(line), joined: false })),
    ...(progress === undefined ? [] : [{ text: bar(progress), joined: false }]),
    ...unsent.map((line) => ({ text: escapeText(line), joined: false })),
    ...fields.map(({ label, value, copyable }, index) => ({
      text: `**${escapeText(label)}**: ${copyable ? codeSpan(value) : escapeText(value)}`,
      joined: index > 0,
    })),
    ...(note === undefined ? [] : [{ text: `-# ${escapeText(note)}`, joined: false }]),
  ];
  let content = "";
  for (const { text, joined } of parts) {
    const gap = content === "" ? "" : joined ? "\n" : "\n\n";
    const shown = cut(text, mostCharacters - content.length - gap.length);
    content += shown === "" ? "" : gap + shown;
    if (shown !== text) {
      return { content: content || "–", isWhole: false };
    }
  }
  return { content: content || "–", isWhole: true };
}

/** The same words without markup, for a file. */
export function plainText({ title, lines = [], fields = [], overflow }: Message): string {
  const facts = fields.map(({ label, value }) => `${label}: ${value}`).join("\n");
  return [title, ...(overflow === undefined ? lines : [overflow.text]), facts]
    .filter((part) => part !== "")
    .join("\n\n");
}

function bar({ fraction, estimated, label }: NonNullable<Message["progress"]>): string {
  if (fraction === undefined) {
    return escapeText(label);
  }
  const full = Math.max(0, Math.min(barLength, Math.round(fraction * barLength)));
  const percent = `${estimated ? "≈ " : ""}${Math.floor(fraction * 100)} %`;
  return `${"▰".repeat(full)}${"▱".repeat(barLength - full)} ${percent} · ${escapeText(label)}`;
}
