import type { Message } from "@toolcast/core";
import { locale } from "./locale.ts";
import { t } from "./strings.ts";

/** How long ago, in the page's language. */
export function age(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 10) {
    return t("justNow");
  }
  const format = new Intl.RelativeTimeFormat(locale.value, { style: "short", numeric: "always" });
  const [amount, unit] =
    seconds < 60
      ? ([seconds, "second"] as const)
      : seconds < 3600
        ? ([Math.floor(seconds / 60), "minute"] as const)
        : seconds < 86_400
          ? ([Math.floor(seconds / 3600), "hour"] as const)
          : ([Math.floor(seconds / 86_400), "day"] as const);
  return format.format(-amount, unit);
}

export function instant(at: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** A text with the moments that it names as they are where its reader is. */
export function inReadersZone(text: string, moments: Message["moments"] = []): string {
  return moments.reduce((written, moment) => written.replace(moment.text, instant(moment.at)), text);
}

export function bytes(count: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = count < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  const format = new Intl.NumberFormat(locale.value, { style: "unit", unit: units[step], maximumFractionDigits: 1 });
  return format.format(count / 1024 ** step).replaceAll(" ", "\u00a0");
}

export function percent(fraction: number): string {
  return new Intl.NumberFormat(locale.value, { style: "percent" }).format(fraction);
}

/** `1:05`: rounded down to whole seconds, like the browser's player next to it. */
export function clockTime(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `1,234.5`; an amount below a tenth keeps four significant digits, so that no cost is shown as zero. */
export function amount(value: number): string {
  const digits = Math.abs(value) < 0.1 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 4 };
  return new Intl.NumberFormat(locale.value, digits).format(value);
}

/** A calendar day (`2026-11-21`), written out. */
export function calendarDay(day: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeZone: "UTC" }).format(Date.parse(day));
}

/** Read one after the other: a title has no full stop of its own. */
export function sentences(texts: readonly string[]): string {
  const isChinese = locale.value === "zh-CN";
  const stopped = texts.map((text) => (/[.?!:…。？！：]$/.test(text) ? text : `${text}${isChinese ? "。" : "."}`));
  return stopped.join(isChinese ? "" : " ");
}

/** Several things in one sentence. */
export function list(items: readonly string[]): string {
  return items.join(locale.value === "zh-CN" ? "、" : ", ");
}

/** A duration to the second or minute. */
export function duration(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  const [value, unit] = seconds < 120 ? ([seconds, "second"] as const) : ([Math.ceil(seconds / 60), "minute"] as const);
  return new Intl.NumberFormat(locale.value, { style: "unit", unit, unitDisplay: "long" }).format(value);
}
