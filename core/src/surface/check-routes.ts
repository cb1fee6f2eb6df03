import type { Surface } from "./surface.ts";

/** Returns the surface. Throws a `RangeError` for routes whose stored names would be ambiguous or unknown. */
export function withCheckedRoutes(surface: Surface): Surface {
  const { id, routes, privateRoutes, answerRoutes = [] } = surface;
  const twice = routes.find((route, index) => routes.indexOf(route) !== index);
  if (twice !== undefined) {
    throw new RangeError(`The surface ${id} has two delivery routes named ${twice}`);
  }
  if (routes.includes("kept")) {
    throw new RangeError(
      `The surface ${id} has a delivery route named kept, which is the name stored when no route is left`,
    );
  }
  const unknown = [...privateRoutes, ...answerRoutes].find((route) => !routes.includes(route));
  if (unknown !== undefined) {
    throw new RangeError(`The surface ${id} has no delivery route named ${unknown}`);
  }
  return surface;
}
