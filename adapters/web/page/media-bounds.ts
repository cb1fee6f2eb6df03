import type { MediaLimits } from "@toolcast/core/surface";
import { bytes, clockTime, list } from "./format.ts";
import { t } from "./strings.ts";

/** What an input for media accepts, in one line; empty if it accepts everything. */
export function acceptedBy(limits: MediaLimits | undefined): string {
  const { formats, maxBytes, durationMs, shortSidePixels, longSidePixels } = limits ?? {};
  return [
    formats === undefined ? null : t("accepted", { formats: list(formats) }),
    maxBytes === undefined ? null : t("upTo", { limit: bytes(maxBytes) }),
    durationMs === undefined
      ? null
      : t("lengthBetween", { min: clockTime(durationMs.min), max: clockTime(durationMs.max) }),
    shortSidePixels === undefined ? null : t("shortSide", { ...shortSidePixels }),
    longSidePixels === undefined ? null : t("longSide", { ...longSidePixels }),
  ]
    .filter((fact) => fact !== null)
    .join(" · ");
}

/** That a file cannot be used in an input: which file, and what the input accepts. */
export function wrongFile(name: string, limits: MediaLimits | undefined): string {
  const kind = limits === undefined ? "" : t(limits.kind);
  return [t("fileWrongKind", { name, kind }), acceptedBy(limits)].filter((part) => part !== "").join(" ");
}
