import type { DialogueTurn, OperationContext } from "./operation.ts";

/** How much of a dialogue is sent along, like the vendor's window and token memories: both limits apply. */
export interface MemoryLimits {
  /** Questions with their answers. */
  turns: number;
  /** The estimated number of tokens in all of them. */
  tokens: number;
}

/**
 * The latest turns within the limits, oldest first. A turn is kept whole or not at all, and nothing is kept before a
 * gap.
 */
export function remembered(history: readonly DialogueTurn[], limits: MemoryLimits): DialogueTurn[] {
  const kept: DialogueTurn[] = [];
  let tokens = 0;
  for (const turn of history.toReversed()) {
    tokens += tokensOf(turn.question) + tokensOf(turn.answer);
    if (kept.length === limits.turns || tokens > limits.tokens) {
      break;
    }
    kept.unshift(turn);
  }
  return kept;
}

/**
 * How long a whole answer may take, in milliseconds: several times what may pass between two pieces, so that a long one is
 * not cut off while it still arrives.
 */
export function wholeAnswerMs(silenceMs: number): number {
  return silenceMs * 5;
}

/** How long an answer may take: as a whole, or, if `onText` takes its pieces, several times the longest silence. */
export function limitMs(timeoutMs: number, onText: OperationContext["onText"]): number {
  return onText === undefined ? timeoutMs : wholeAnswerMs(timeoutMs);
}

/** An estimate from the vendor's own rule: a token is about 1.5 Chinese characters or 0.8 English words. */
export function tokensOf(text: string): number {
  const wide = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  const words =
    text.match(/[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu)?.length ?? 0;
  return Math.ceil(wide / 1.5 + words / 0.8);
}
