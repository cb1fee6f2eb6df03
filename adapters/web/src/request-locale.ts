import type { Locale } from "@toolcast/core";
import { acceptedLocale, locales } from "@toolcast/core/surface";
import { cookieOf } from "./cookie.ts";

const localeCookie = "toolcast_locale";

/**
 * The caller's language: chosen on the page (header, query or cookie), otherwise the browser's, otherwise `fallback`.
 */
export function requestLocale(request: Request, fallback: Locale): Locale {
  const chosen =
    request.headers.get("x-toolcast-locale") ??
    new URL(request.url).searchParams.get("locale") ??
    cookieOf(request, localeCookie);
  return (
    locales.find((locale) => locale === chosen) ?? acceptedLocale(request.headers.get("accept-language")) ?? fallback
  );
}
