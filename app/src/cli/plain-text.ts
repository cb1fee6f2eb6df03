/**
 * Text from people and vendors as a terminal may show it: without escape sequences and other control characters, and
 * without the marks that reorder what stands around them. Line breaks stay.
 */
export function plainText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === "\n" || character === "\t" ? character : "",
    );
}

/** The columns a text takes in a terminal: East Asian characters and pictographs take two. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + columnsOfCharacter(character.codePointAt(0) ?? 0), 0);
}

/** As much of the text as fits. */
export function fitColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) {
    return text;
  }
  let fitted = "";
  let used = 1;
  for (const character of text) {
    used += columnsOfCharacter(character.codePointAt(0) ?? 0);
    if (used > columns) {
      break;
    }
    fitted += character;
  }
  return `${fitted}…`;
}

function columnsOfCharacter(codePoint: number): number {
  const wide =
    (codePoint >= 0x1100 && codePoint <= 0x115f) ||
    (codePoint >= 0x2e80 && codePoint <= 0xa4cf) ||
    (codePoint >= 0xac00 && codePoint <= 0xd7a3) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0xfe30 && codePoint <= 0xfe6f) ||
    (codePoint >= 0xff00 && codePoint <= 0xff60) ||
    (codePoint >= 0xffe0 && codePoint <= 0xffe6) ||
    codePoint >= 0x1f300;
  return wide ? 2 : 1;
}
