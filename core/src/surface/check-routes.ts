import type { Surface } from "./surface.ts";

/** The surface itself. Throws a `RangeError` for routes that could not be told apart in what is stored. */
export function withCheckedRoutes(surface: Surface): Surface {
  const { id, routes, privateRoutes, answerRoutes = [] } = surface;
  const twice = routes.find((route, index) => routes.indexOf(route) !== index);
  if (twice !== undefined) {
    throw new RangeError(`The surface ${id} has two delivery routes named ${twice}`);
  }
  if (routes.includes("kept")) {
    throw new RangeError(
      `The surface ${id} has a delivery route named kept, which is what is stored when none is left`,
    );
  }
  const unknown = [...privateRoutes, ...answerRoutes].find((route) => !routes.includes(route));
  if (unknown !== undefined) {
    throw new RangeError(`The surface ${id} has no delivery route named ${unknown}`);
  }
  return surface;
}
