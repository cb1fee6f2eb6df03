import { z } from "zod";
import type { LocalizedText } from "../ground/locale.ts";
import { parseJson } from "../ground/parse-json.ts";
import { listed } from "../messages/listed.ts";
import { type Sentence, say } from "../messages/sentence.ts";

/** The sentence about a wrong variable, in a zod issue's `params`. The issue's `message` is its English text. */
interface SettingIssue {
  sentence: Sentence;
}

/** An empty variable counts as unset. */
const raw = z.preprocess(
  (value) => (typeof value === "string" && value.trim() === "" ? undefined : value),
  z.string().trim().optional(),
);

/** A variable that must be set. */
export function requiredText(variable: string) {
  return raw.transform((text, context) => {
    return text ?? fail(context, { key: "provider.setting.missing", values: { variable } });
  });
}

/** Reports a variable that must be set because of another. */
export function missing(context: z.RefinementCtx, variable: string): void {
  fail(context, { key: "provider.setting.missing", values: { variable } });
}

/** A variable that may be left out. */
export function optionalText() {
  return raw;
}

/** One of a few words; `fallback` if unset. */
export function choice<Choice extends string, Fallback extends Choice | undefined>(
  variable: string,
  choices: readonly Choice[],
  fallback: Fallback,
) {
  return raw.transform((text, context): Choice | Fallback => {
    if (text === undefined) {
      return fallback;
    }
    const found = choices.find((candidate) => candidate === text);
    return found ?? fail(context, { key: "provider.setting.choice", values: { variable, choices: listed(choices) } });
  });
}

/** Bounds of a numeric variable. */
export interface NumberBounds {
  /** The smallest value; with `aboveMin`, the value it must exceed. */
  min: number;
  /** The largest value, inclusive. */
  max: number;
  /** Refuses `min` itself. Default: `min` is allowed. */
  aboveMin?: boolean;
  /** Refuses fractions. Default: fractions are allowed. */
  whole?: boolean;
}

/** A number within bounds; undefined if unset. */
export function optionalNumber(variable: string, bounds: NumberBounds) {
  return raw.transform((text, context) => {
    if (text === undefined) {
      return undefined;
    }
    const value = Number(text);
    const wrong =
      !Number.isFinite(value) ||
      value > bounds.max ||
      (bounds.aboveMin ? value <= bounds.min : value < bounds.min) ||
      (bounds.whole && !Number.isInteger(value));
    return wrong
      ? fail(context, {
          key: bounds.whole ? "provider.setting.whole-number" : "provider.setting.number",
          values: { variable, range: rangeText(bounds) },
        })
      : value;
  });
}

function rangeText({ min, max, aboveMin }: NumberBounds): LocalizedText {
  return aboveMin
    ? { en: `above ${min} and at most ${max}`, "zh-CN": `大于 ${min} 且不超过 ${max} ` }
    : { en: `from ${min} to ${max}`, "zh-CN": ` ${min} 到 ${max} 之间` };
}

/** An http or https address without a trailing slash; `fallback` if unset. */
export function address(variable: string, fallback: string) {
  return addressFrom(variable, fallback, (text) => text);
}

/** The same for a service over WebSockets, which may be given as `wss:` or `ws:` too, and is read as `https:` or `http:`. */
export function socketAddress(variable: string, fallback: string) {
  return addressFrom(variable, fallback, (text) => text.replace(/^ws(?=s?:)/i, "http"));
}

function addressFrom(variable: string, fallback: string, read: (text: string) => string) {
  return raw.transform((text, context) => {
    const url = URL.parse(read(text ?? fallback));
    const wrong =
      url === null ||
      !["http:", "https:"].includes(url.protocol) ||
      url.username !== "" ||
      url.password !== "" ||
      url.search !== "" ||
      url.hash !== "";
    return wrong
      ? fail(context, { key: "provider.setting.address", values: { variable, example: fallback } })
      : url.href.replace(/\/+$/, "");
  });
}

/** A JSON object of plain values (text, numbers, true or false) without the reserved names; empty if unset. */
export function extraParameters(variable: string, reserved: readonly string[]) {
  const plain = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
  return raw.transform((text, context) => {
    const parsed = plain.safeParse(parseJson(text ?? "{}"));
    if (!parsed.success || reserved.some((name) => Object.hasOwn(parsed.data, name))) {
      return fail(context, {
        key: "provider.setting.extra",
        values: { variable, example: '{"seed": 7}', reserved: listed(reserved) },
      });
    }
    return parsed.data;
  });
}

/** Never shows the value: it may be a secret put into the wrong variable. */
function fail(context: z.RefinementCtx, sentence: Sentence): never {
  const params: SettingIssue = { sentence };
  context.addIssue({ code: "custom", message: say(sentence, "en"), params: { ...params } });
  return z.NEVER;
}

/** The host of an address, in the form for lists of trusted hosts. */
export function hostOf(baseUrl: string): string {
  return new URL(baseUrl).host;
}

/** Whether an address is on this machine. */
export function isLoopback(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a token may be sent to an address: https, or http on this machine, without user name, query or fragment. */
export function isSafeAddress(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.username !== "" || url.password !== "" || /[?#]/.test(value)) {
    return false;
  }
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(value));
}
