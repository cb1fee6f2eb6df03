import type { LocalizedText } from "@toolcast/core";
import { shorten } from "@toolcast/core/chat";
import { discordLimits } from "./limits.ts";

/** Discord's rule for the names of commands and options; lower case where the script has it. */
const nameRule = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** Names and descriptions as Discord wants them: a default, and others by locale. */
export interface LocalizedName {
  name: string;
  name_localizations: Record<string, string>;
}

/** Any words as a command's or option's name; null when nothing of them can be one. */
export function nameFrom(words: string): string | null {
  const name = [
    ...words
      .normalize("NFC")
      .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, "-")
      .toLowerCase()
      .replaceAll(/[^-_'\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-+|-+$/g, ""),
  ]
    .join("")
    .slice(0, discordLimits.commandNameCharacters)
    .replace(/[\ud800-\udbff]$/, "")
    .replace(/-+$/, "");
  return nameRule.test(name) && name === name.toLowerCase() ? name : null;
}

/** The name people type, and the titles of other languages as names in them. Names stay different from those in `taken`. */
export function localizedName(name: string, title: LocalizedText, taken: Map<string, Set<string>>): LocalizedName {
  const chinese = nameFrom(title["zh-CN"]);
  return {
    name: unused(name, "default", taken),
    name_localizations: chinese === null ? {} : inChinese((locale) => unused(chinese, locale, taken)),
  };
}

/** One sentence, as long as a description may be, and in the other languages. */
export function localizedDescription(summary: LocalizedText): {
  description: string;
  description_localizations: Record<string, string>;
} {
  return {
    description: shorten(summary.en, discordLimits.descriptionCharacters),
    description_localizations: inChinese(() => shorten(summary["zh-CN"], discordLimits.descriptionCharacters)),
  };
}

export function localizedChoice(title: LocalizedText): { name: string; name_localizations: Record<string, string> } {
  return {
    name: shorten(title.en, discordLimits.choiceCharacters),
    name_localizations: inChinese(() => shorten(title["zh-CN"], discordLimits.choiceCharacters)),
  };
}

/** Answers are in simplified Chinese for Taiwan too, and so is all that leads to them. */
function inChinese(text: (locale: string) => string): Record<string, string> {
  return Object.fromEntries(["zh-CN", "zh-TW"].map((locale) => [locale, text(locale)]));
}

function unused(name: string, locale: string, taken: Map<string, Set<string>>): string {
  const names = taken.get(locale) ?? new Set();
  taken.set(locale, names);
  let free = name;
  for (let number = 2; names.has(free); number += 1) {
    free = `${name.slice(0, discordLimits.commandNameCharacters - 3)}-${number}`;
  }
  names.add(free);
  return free;
}
