/** Text broken into lines of at most `widthEm` ems; text that does not fit into `maxLines` ends in an ellipsis. */
export function wrapText(text: string, widthEm: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = "";
  let lineEm = 0;
  for (const piece of piecesOf(text)) {
    const pieceEm = widthOf(piece);
    const hangs = /^[，。、；：！？）》」』,.;:!?)]$/u.test(piece);
    if (piece === "\n" || (line !== "" && lineEm + pieceEm > widthEm && !hangs)) {
      lines.push(line.trimEnd());
      line = "";
      lineEm = 0;
      if (piece.trim() === "") continue;
    }
    line += piece;
    lineEm += pieceEm;
  }
  if (line.trim() !== "") lines.push(line.trimEnd());
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  kept[maxLines - 1] = `${kept[maxLines - 1]!.slice(0, -1)}…`;
  return kept;
}

/** Largest size between `smallest` and `largest` at which `text` fits the box, and its lines. */
export function fitText(
  text: string,
  box: { width: number; height: number; smallest: number; largest: number; lineHeight: number },
): { size: number; lines: string[] } {
  for (let size = box.largest; size > box.smallest; size *= 0.92) {
    const maxLines = Math.max(1, Math.floor(box.height / (size * box.lineHeight)));
    const lines = wrapText(text, box.width / size, Number.POSITIVE_INFINITY);
    if (lines.length <= maxLines) return { size, lines };
  }
  const maxLines = Math.max(1, Math.floor(box.height / (box.smallest * box.lineHeight)));
  return { size: box.smallest, lines: wrapText(text, box.width / box.smallest, maxLines) };
}

/** Latin words stay whole up to 24 letters; Chinese breaks anywhere. */
function piecesOf(text: string): string[] {
  return text.match(/\n|[ \t]+|[!-~\u00a1-\u024f]{1,24}|[\s\S]/gu) ?? [];
}

export function widthOf(text: string): number {
  let ems = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x20) continue;
    if (code >= 0x2e80) ems += 1;
    else if (/[A-ZMWmw@%]/.test(character)) ems += 0.74;
    else if (/[ijlIft.,:;'|!()[\] ]/.test(character)) ems += 0.34;
    else ems += 0.56;
  }
  return ems;
}
