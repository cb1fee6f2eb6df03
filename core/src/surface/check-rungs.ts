import type { Surface } from "./surface.ts";

/** The surface itself. Throws a `RangeError` for ways that could not be told apart in what is stored. */
export function withCheckedRungs(surface: Surface): Surface {
  const { id, rungs, privateRungs, answerRungs = [] } = surface;
  const twice = rungs.find((rung, index) => rungs.indexOf(rung) !== index);
  if (twice !== undefined) {
    throw new RangeError(`The surface ${id} has two rungs named ${twice}`);
  }
  if (rungs.includes("kept")) {
    throw new RangeError(`The surface ${id} has a rung named kept, which is the end of every ladder`);
  }
  const unknown = [...privateRungs, ...answerRungs].find((rung) => !rungs.includes(rung));
  if (unknown !== undefined) {
    throw new RangeError(`The surface ${id} has no rung named ${unknown}`);
  }
  return surface;
}
