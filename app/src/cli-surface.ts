import type { Surface } from "@toolcast/core/surface";

/** The command line as the place its jobs belong to. */
export const cliSurfaceId = "cli";

/**
 * People come back for their results themselves (`toolcast job`). Every process registers it, so that any running one
 * can settle outcomes, including those from earlier versions.
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
