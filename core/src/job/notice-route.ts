import type { Notice } from "./job.ts";

/**
 * A notice's delivery route is stored as `rung`, as every store until now has it and every later one must; only this file
 * and the sentence `timeline.delivered` say so. Undefined: no route was tried yet.
 */
export function routeOf({ rung }: Pick<Notice, "rung">): string | undefined {
  return rung;
}

/** The stored property that names a delivery route; `Name` may be how people call it, in a sentence. */
export function onRoute<Name>(route: Name): { rung: Name } {
  return { rung: route };
}
