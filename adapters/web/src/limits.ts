import type { SurfaceLimits } from "@toolcast/core/surface";

/** The console is our own page, so the limit is what a person can take in. */
export const webLimits = {
  mediaPerMessage: 16,
  mediaBytes: 1024 ** 3,
  textCharacters: 100_000,
  updateIntervalMs: 1_000,
} as const satisfies SurfaceLimits;

/** The longest name of a conversation. */
export const mostTitleCharacters = 80;
/** The most things that one request may delete. */
export const mostDeletions = 200;
