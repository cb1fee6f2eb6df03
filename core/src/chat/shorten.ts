import { graphemes } from "../ground/graphemes.ts";
import { withoutControls } from "../messages/visible.ts";

/**
 * A text as one line of at least one character and at most `mostCharacters` UTF-16 units, for labels and titles, which
 * allow no markup. Cut between characters as people count them, with an ellipsis.
 */
export function shorten(text: string, mostCharacters: number): string {
  return truncate(withoutControls(text.toWellFormed()).replaceAll(/\s+/g, " ").trim() || "–", mostCharacters);
}

/**
 * A text of at most `mostCharacters` UTF-16 units; its lines stay as they are. Cut between characters as people count
 * them, with an ellipsis.
 */
export function truncate(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) {
    return text;
  }
  let shown = "";
  // No character is shorter than one unit, so those beyond the limit need not be split.
  for (const letter of graphemes(text.slice(0, mostCharacters + 1))) {
    if (shown.length + letter.length >= mostCharacters) {
      break;
    }
    shown += letter;
  }
  return `${shown.trimEnd()}…`;
}
