import type { Locale } from "../ground/locale.ts";

/** Creating a format takes a hundred times as long as using it, and only a handful are ever needed. */
function kept<Options extends object, Format>(
  make: (locale: Locale, options: Options) => Format,
): (locale: Locale, options: Options) => Format {
  const made = new Map<string, Format>();
  return (locale, options) => {
    const name = `${locale} ${JSON.stringify(options)}`;
    const format = made.get(name) ?? make(locale, options);
    made.set(name, format);
    return format;
  };
}

/** `new Intl.NumberFormat`, made once. */
export const numberFormat = kept((locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));

/** `new Intl.DateTimeFormat`, made once. */
export const dateTimeFormat = kept(
  (locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);

/** A moment to the second, for a log that people read. */
export function momentFormat(locale: Locale): Intl.DateTimeFormat {
  return dateTimeFormat(locale, { timeStyle: "medium", dateStyle: "short" });
}
