import { wellFormed } from "./well-formed.ts";

/** Only an escape can say half of a character: the text itself was UTF-8. */
const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** What a JSON text says, with whole characters only; undefined, which no such text says, for any other text. */
export function parseJson(text: string): unknown {
  const value = parseJsonPiece(text);
  try {
    return surrogateEscape.test(text) ? wellFormed(value) : value;
  } catch {
    // Nested too deep.
    return undefined;
  }
}

/** The same for a piece of a stream, whose texts may begin and end within a character: whole ones are made of their sum. */
export function parseJsonPiece(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
