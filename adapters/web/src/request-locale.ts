import type { Locale } from "@toolcast/core";
import { locales, nearestLocale } from "@toolcast/core/surface";
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
  return locales.find((locale) => locale === chosen) ?? accepted(request.headers.get("accept-language")) ?? fallback;
}

function accepted(header: string | null): Locale | undefined {
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
