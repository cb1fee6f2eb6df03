/** The languages every sentence exists in. */
export const locales = ["en", "zh-CN"] as const;
export type Locale = (typeof locales)[number];

/** One text in every language. */
export type LocalizedText = Readonly<Record<Locale, string>>;

/** The nearest language we speak to a BCP 47 tag such as `zh-Hans-CN`; English when none fits. */
export function nearestLocale(tag: string | undefined | null): Locale {
  return tag?.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
