const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A text's characters as people count them (grapheme clusters). */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
