import { signal } from "@preact/signals";
import type { Locale } from "@toolcast/core";

const cookie = "toolcast_locale";

function chosen(): Locale {
  const stored = new RegExp(`(?:^|; )${cookie}=([\\w-]+)`).exec(document.cookie)?.[1];
  return (stored ?? navigator.language).toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

/** The page's language, also sent to the server so that both agree. */
export const locale = signal<Locale>(chosen());

export function setLocale(wanted: Locale): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store interface is missing from browsers we support
  document.cookie = `${cookie}=${wanted}; Path=/; Max-Age=31536000; SameSite=Strict`;
  locale.value = wanted;
}
