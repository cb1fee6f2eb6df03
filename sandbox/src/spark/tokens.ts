/** The document's own rule: a token is about 1.5 Chinese characters or 0.8 English words. */
export function tokensOf(text: string): number {
  const ideographs = text.match(ideograph)?.length ?? 0;
  const words = text.replace(ideograph, " ").match(/\S+/g)?.length ?? 0;
  return Math.ceil(ideographs / 1.5 + words / 0.8);
}

/** The start of `text` that is at most this many tokens long. */
export function cutToTokens(text: string, mostTokens: number): string {
  if (tokensOf(text) <= mostTokens) return text;
  const pieces = text.match(/\s*(?:[\u2e80-\u9fff\uf900-\uffef]|[^\s\u2e80-\u9fff\uf900-\uffef]+)/g) ?? [];
  let kept = "";
  for (const piece of pieces) {
    if (tokensOf(kept + piece) > mostTokens) break;
    kept += piece;
  }
  return kept;
}

const ideograph = /[\u2e80-\u9fff\uf900-\ufaff]/g;
