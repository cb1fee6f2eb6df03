/** The languages every sentence exists in. */
export const locales = ["en", "zh-CN"] as const;
export type Locale = (typeof locales)[number];

/** One text in every language. */
export type LocalizedText = Readonly<Record<Locale, string>>;

/** The nearest language we speak to a BCP 47 tag such as `zh-Hans-CN`; English when none fits. */
export function nearestLocale(tag: string | undefined | null): Locale {
  return tag?.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

/** What an `Accept-Language` header prefers of the languages we speak; undefined if it names none of them. */
export function acceptedLocale(header: string | null): Locale | undefined {
  const wanted = (header ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { tag: tag.trim().toLowerCase(), weight: Number(weight ?? 1) };
    })
    .filter(({ tag, weight }) => /^(en|zh)\b/.test(tag) && weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return wanted[0] === undefined ? undefined : nearestLocale(wanted[0].tag);
}
