import type { Locale } from "../ground/locale.ts";
import { formatBytes, formatDuration } from "../messages/sentence.ts";
import type { MessageMedia } from "./message.ts";

/** A medium's facts on one line, as far as they are known: type, size, dimensions and length. */
export function mediumFacts(
  { type, bytes, width, height, durationMs }: Pick<MessageMedia, "type" | "bytes" | "width" | "height" | "durationMs">,
  locale: Locale,
): string {
  return [
    type,
    formatBytes(bytes, locale),
    ...(width === undefined || height === undefined ? [] : [`${width}×${height}`]),
    ...(durationMs === undefined ? [] : [formatDuration(durationMs, locale)]),
  ].join(", ");
}
