import type { Locale, LocalizedText } from "../ground/locale.ts";
import { agentMessages } from "./agent.ts";
import { answeringMessages } from "./answering.ts";
import { chatMessages } from "./chat.ts";
import { deletingMessages } from "./deleting.ts";
import { forgettingMessages } from "./forgetting.ts";
import { dateTimeFormat, numberFormat } from "./formats.ts";
import { jobMessages } from "./job.ts";
import { mediaMessages } from "./media.ts";
import { fillPlaceholders } from "./placeholders.ts";
import { providerMessages } from "./provider.ts";
import { sendingMessages } from "./sending.ts";
import { sharingMessages } from "./sharing.ts";
import { storeMessages } from "./store.ts";
import { toolMessages } from "./tool.ts";
import { withoutControls } from "./visible.ts";

/** Every sentence of core, both languages side by side, by area. */
export const messages = {
  ...agentMessages,
  ...answeringMessages,
  ...chatMessages,
  ...deletingMessages,
  ...forgettingMessages,
  ...jobMessages,
  ...mediaMessages,
  ...providerMessages,
  ...sendingMessages,
  ...sharingMessages,
  ...storeMessages,
  ...toolMessages,
};
export type MessageKey = keyof typeof messages;

/** A value inside a sentence. Numbers are formatted for the language; a localized text is shown in it. */
export type SentenceValue =
  | string
  | number
  | LocalizedText
  | { durationMs: number }
  | { bytes: number }
  | { instant: number }
  | PersonValue;

/** A person in a sentence; what they are called depends on who reads it. */
export interface PersonValue {
  /** `<surface>:<person>`. */
  person: string;
  name: string | LocalizedText;
}

/** Something to say, independent of language: a key of our catalogue with its values, or a text in every language. */
export type Sentence = { key: MessageKey; values?: Record<string, SentenceValue> } | LocalizedText;

/**
 * Renders a sentence in a language; `values` fill the placeholders (`{name}`) of a localized text. A missing value
 * stays visible as its placeholder, and a placeholder inside a value stays text. A key that this version does not know,
 * because another version stored it, is shown as it is, with its values.
 */
export function say(sentence: Sentence, locale: Locale, values?: Record<string, SentenceValue>): string {
  if (!("key" in sentence)) {
    return fill(sentence[locale], values, locale);
  }
  return isMessageKey(sentence.key)
    ? fill(messages[sentence.key][locale], sentence.values, locale)
    : unknownSentence(sentence.key, sentence.values, locale);
}

function fill(template: string, values: Record<string, SentenceValue> | undefined, locale: Locale): string {
  return values === undefined
    ? template
    : fillPlaceholders(template, (name) => {
        const value = values[name];
        return value === undefined ? undefined : formatValue(value, locale);
      });
}

/** Whether this version has the sentence. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(messages, key);
}

function unknownSentence(key: string, values: Record<string, SentenceValue> = {}, locale: Locale): string {
  const said = Object.entries(values).map(([name, value]: [string, unknown]) => {
    const isKnown = typeof value === "string" || typeof value === "number" || (typeof value === "object" && value);
    return `${name}: ${isKnown ? formatValue(value as SentenceValue, locale) : JSON.stringify(value)}`;
  });
  return withoutControls(said.length === 0 ? key : `${key} (${said.join(", ")})`);
}

/** A sentence as a value of another one. */
export function inEveryLanguage(sentence: Sentence): LocalizedText {
  return { en: say(sentence, "en"), "zh-CN": say(sentence, "zh-CN") };
}

function formatValue(value: SentenceValue, locale: Locale): string {
  if (typeof value === "string") {
    return withoutControls(value);
  }
  if (typeof value === "number") {
    return formatNumber(value, locale);
  }
  if ("durationMs" in value) {
    return formatDuration(value.durationMs, locale);
  }
  if ("bytes" in value) {
    return formatBytes(value.bytes, locale);
  }
  if ("instant" in value) {
    return instantText(value.instant, locale);
  }
  if ("person" in value) {
    return typeof value.name === "string" ? withoutControls(value.name) : value.name[locale];
  }
  return locale in value ? value[locale] : withoutControls(JSON.stringify(value));
}

function instantText(instant: number, locale: Locale): string {
  return dateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(instant);
}

/** The instants that a sentence names, as it writes them. */
export function instantsIn(sentence: Sentence, locale: Locale): { text: string; at: number }[] {
  const values = "key" in sentence ? Object.values(sentence.values ?? {}) : [];
  return values.flatMap((value) =>
    typeof value === "object" && "instant" in value && typeof value.instant === "number"
      ? [{ text: instantText(value.instant, locale), at: value.instant }]
      : [],
  );
}

/** At most two decimals; an amount below a tenth keeps two significant digits, so that no small cost is shown as 0. */
function formatNumber(value: number, locale: Locale): string {
  const isSmall = Math.abs(value) < 0.1;
  return numberFormat(locale, isSmall ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 }).format(value);
}

/** "1 min 5 sec" as the language writes it; never shorter than a tenth of a second. */
export function formatDuration(durationMs: number, locale: Locale): string {
  const unit = (amount: number, name: "second" | "minute" | "hour", digits = 0) =>
    numberFormat(locale, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    }).format(amount);
  const seconds = durationMs / 1000;
  if (seconds < 10) {
    return unit(seconds, "second", 1);
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return unit(whole, "second");
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return [unit(minutes, "minute"), ...(whole % 60 === 0 ? [] : [unit(whole % 60, "second")])].join(" ");
  }
  return [unit(Math.floor(minutes / 60), "hour"), ...(minutes % 60 === 0 ? [] : [unit(minutes % 60, "minute")])].join(
    " ",
  );
}

/** Bytes in the largest unit that keeps the number readable (powers of 1024, as the vendors count). */
export function formatBytes(bytes: number, locale: Locale): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return numberFormat(locale, {
    style: "unit",
    unit: units[step],
    unitDisplay: "short",
    maximumFractionDigits: 1,
  }).format(bytes / 1024 ** step);
}

/** An amount of money or points; units we know are named in the language. */
export function amountSentence({ amount, unit }: { amount: number; unit: string }): Sentence {
  const key = [`unit.${unit}.one`, `unit.${unit}`].find(
    (candidate) => candidate in messages && (amount === 1 || !candidate.endsWith(".one")),
  );
  return { key: "job.amount", values: { amount, unit: key === undefined ? unit : messages[key as MessageKey] } };
}
