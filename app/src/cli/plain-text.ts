/**
 * Text from people and vendors made safe for a terminal: without escape sequences and other control characters, and
 * without the marks that reorder the text around them. Line breaks stay.
 */
export function plainText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === "\n" || character === "\t" ? character : "",
    );
}
