import type { Surface } from "@toolcast/core/surface";

/** The command line, as the place that its jobs belong to. */
export const cliSurfaceId = "cli";

/**
 * Whoever ordered there comes back for the result (`toolcast job`). Every process has it, so that outcomes are settled
 * by whichever is at work, those of earlier versions included.
 */
export const cliSurface: Surface = {
  id: cliSurfaceId,
  pulled: true,
  limits: {
    mediaPerMessage: Number.MAX_SAFE_INTEGER,
    mediaBytes: Number.MAX_SAFE_INTEGER,
    textCharacters: Number.MAX_SAFE_INTEGER,
    updateIntervalMs: 1_000,
  },
  routes: [],
  privateRoutes: [],
  deliver: async () => ({ end: "closed", reason: "nothing is sent to a command line" }),
};
