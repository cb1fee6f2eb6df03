import stringWidth from "string-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** As much of the text as fits, cut between user-perceived characters. */
export function fitColumns(text: string, columns: number): string {
  if (stringWidth(text) <= columns) {
    return text;
  }
  let fitted = "";
  let left = columns - stringWidth("…");
  for (const { segment } of graphemes.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) {
      break;
    }
    fitted += segment;
  }
  return columns < 1 ? "" : `${fitted}…`;
}
