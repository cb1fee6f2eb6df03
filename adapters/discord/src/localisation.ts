import type { LocalizedText } from "@toolcast/core";
import { shorten } from "@toolcast/core/chat";
import { discordLimits } from "./limits.ts";

/** Discord's rule for the names of commands and options; in lower case where the script has one. */
const nameRule = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** Names and descriptions as Discord wants them: a default, and others by locale. */
export interface LocalizedName {
  name: string;
  name_localizations: Record<string, string>;
}

/** Any text as the name of a command or option; null when none of it can be used. */
export function nameFrom(title: string): string | null {
  const words = [
    ...title
      .normalize("NFC")
      .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, "-")
      .toLowerCase()
      .replaceAll(/[^-_'\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-+|-+$/g, ""),
  ].join("");
  const name = beginning(words, discordLimits.commandNameCharacters).replace(/-+$/, "");
  return nameRule.test(name) && name === name.toLowerCase() ? name : null;
}

/** The name people type, and the titles in other languages as names there. Names differ from all those in `taken`. */
export function localizedName(name: string, title: LocalizedText, taken: Map<string, Set<string>>): LocalizedName {
  const chinese = nameFrom(title["zh-CN"]);
  return {
    name: unused(name, "default", taken),
    name_localizations: chinese === null ? {} : inChinese((locale) => unused(chinese, locale, taken)),
  };
}

/** The same for an entry of a menu, whose name is words as they are. */
export function localizedMenuName(title: LocalizedText, taken: Map<string, Set<string>>): LocalizedName {
  const nameIn = (title: string, locale: string) =>
    unused(shorten(title, discordLimits.commandNameCharacters), locale, taken);
  return {
    name: nameIn(title.en, "default"),
    name_localizations: inChinese((locale) => nameIn(title["zh-CN"], locale)),
  };
}

/** One sentence, no longer than a description may be, with its translations. */
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

/** Answers to people in Taiwan are in simplified Chinese, so the commands are too. */
function inChinese(text: (locale: string) => string): Record<string, string> {
  return Object.fromEntries(["zh-CN", "zh-TW"].map((locale) => [locale, text(locale)]));
}

/** Without an ellipsis, which no command's name may have. */
function beginning(name: string, mostCharacters: number): string {
  return name.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, "");
}

function unused(name: string, locale: string, taken: Map<string, Set<string>>): string {
  const names = taken.get(locale) ?? new Set();
  taken.set(locale, names);
  let free = name;
  for (let number = 2; names.has(free); number += 1) {
    free = `${beginning(name, discordLimits.commandNameCharacters - 3)}-${number}`;
  }
  names.add(free);
  return free;
}
