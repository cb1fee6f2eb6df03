import { wellFormed } from "./well-formed.ts";

/** Half of a character can only come from an escape: the text itself was UTF-8. */
const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** The value of a JSON text, with whole characters only; undefined, which JSON cannot express, for any other text. */
export function parseJson(text: string): unknown {
  const value = parseJsonPiece(text);
  try {
    return surrogateEscape.test(text) ? wellFormed(value) : value;
  } catch {
    // Nested too deeply.
    return undefined;
  }
}

/**
 * The same for a piece of a stream, whose strings may begin and end within a character: halves are kept, because
 * joining the pieces makes them whole.
 */
export function parseJsonPiece(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
