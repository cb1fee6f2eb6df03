import type { Locale } from "@toolcast/core";
import { nearestLocale } from "@toolcast/core/surface";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The language of a terminal: TOOLCAST_LOCALE, otherwise the POSIX variables (LC_ALL, LC_MESSAGES, LANG), otherwise
 * English.
 */
export function localeOf(environment: Environment): Locale {
  const names = ["TOOLCAST_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"];
  return nearestLocale(names.map((name) => environment[name]).find((value) => value !== undefined && value !== ""));
}

/** True for a language we support, in any spelling of its tag. */
export function isSpoken(tag: string): boolean {
  return /^(?:en|zh)(?:[-_.].*)?$/i.test(tag);
}
