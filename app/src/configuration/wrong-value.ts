import type { LocalizedText } from "@toolcast/core";
import type { Problem } from "./configuration-error.ts";

/** What a variable must be, and a valid example. */
export interface ValueRule {
  /** A clause that completes "it must be …". */
  rule: LocalizedText;
  example: string;
  /** Its value is never shown. */
  secret?: boolean;
}

const shownCharacters = 80;

/** The sentence for a variable whose value cannot be used. */
export function wrongValue(variable: string, value: string, { rule, example, secret }: ValueRule): Problem {
  const harmless = value.replace(/\/\/[^/@\s]*@/, "//…@");
  const characters = [...harmless];
  const shown = characters.length > shownCharacters ? `${characters.slice(0, shownCharacters).join("")}…` : harmless;
  return {
    variable,
    sentence: {
      en: `${variable} ${secret ? "cannot be used" : `is "${shown}"`}: it must be ${rule.en}. Set for example ${variable}=${example}, or remove it.`,
      "zh-CN": `${variable} ${secret ? "的值不可用" : `的值是“${shown}”`}：须为${spaced(rule["zh-CN"])}。请改成例如 ${variable}=${example}，或将其删除。`,
    },
  };
}

/** Chinese typography puts a space between Chinese and Latin characters. */
function spaced(text: string): string {
  return /^[\x21-\x7e]/.test(text) ? ` ${text}` : text;
}
