import { graphemes } from "../ground/graphemes.ts";
import { withoutControls } from "../messages/visible.ts";
import { type Block, type BlockKind, blockText, type Span } from "./blocks.ts";

/** How a platform shows blocks. Both functions are pure. */
export interface TextPort<Native> {
  /**
   * Blocks in the platform's own form, e.g. markdown, rich text blocks, or a text with entities. There may be no blocks
   * at all.
   */
  render(blocks: readonly Block[]): Native;
  /**
   * The size of that in the platform's unit: UTF-16 units, characters, bytes. If a platform has several limits, the one
   * most used up, as a share of `most`.
   */
  measure(native: Native): number;
}

/** Blocks as a platform shows them, and whether they are complete. */
export interface Fitted<Native> {
  native: Native;
  /** False if something was cut or left out: send the whole text along as a file. */
  isWhole: boolean;
}

/**
 * The kinds of blocks, those first that keep their room longest; quotes and then paragraphs are cut first, from their
 * end.
 */
const keptInOrder: readonly BlockKind[] = ["title", "note", "progress", "unsent", "fact", "paragraph", "quote"];

/** Shown when no part of a message fits. */
const nothing: Block = { kind: "paragraph", spans: [{ text: "–" }] };

/**
 * As much of the blocks as fits into `most` by the platform's own measure. Text is cut before it is rendered, between
 * characters as people count them (grapheme clusters): no markup, escape, surrogate pair or entity is ever cut. Renders
 * once if everything fits, otherwise as often as a binary search over the text's length takes.
 */
export function fitBlocks<Native>(blocks: readonly Block[], port: TextPort<Native>, most: number): Fitted<Native> {
  const shown = blocks.filter((block) => withoutControls(blockText(block)).trim() !== "");
  const whole = port.render(shown.length === 0 ? [nothing] : shown);
  if (port.measure(whole) <= most) {
    return { native: whole, isWhole: true };
  }
  const pieces = piecesOf(shown);
  let best = port.render([nothing]);
  let [low, high] = [0, pieces.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const native = port.render(firstOf(shown, pieces.slice(0, middle)));
    if (port.measure(native) <= most) {
      [low, best] = [middle, native];
    } else {
      high = middle - 1;
    }
  }
  return { native: best, isWhole: false };
}

/** What is shown whole or not at all: a character, or a span to copy. */
interface Piece {
  block: number;
  span: number;
  text: string;
}

/** In the order in which they keep their room. */
function piecesOf(blocks: readonly Block[]): Piece[] {
  return blocks
    .map((block, index) => ({ block, index, rank: keptInOrder.indexOf(block.kind) }))
    .sort((one, other) => one.rank - other.rank || one.index - other.index)
    .flatMap(({ block, index }) =>
      block.spans.flatMap(({ text, code, moment }, span) =>
        (code || moment !== undefined ? [text] : graphemes(text)).map((piece) => ({ block: index, span, text: piece })),
      ),
    );
}

/** The blocks with only these pieces; an incomplete one ends with an ellipsis. */
function firstOf(blocks: readonly Block[], pieces: readonly Piece[]): Block[] {
  const texts = new Map<string, string>();
  for (const { block, span, text } of pieces) {
    const key = `${block}.${span}`;
    texts.set(key, (texts.get(key) ?? "") + text);
  }
  return blocks.flatMap((block, index) => {
    const spans: Span[] = block.spans.flatMap((span, place) => {
      const text = texts.get(`${index}.${place}`);
      return text === undefined ? [] : [{ ...span, text }];
    });
    if (spans.length === 0) {
      return [];
    }
    const isWhole = blockText({ ...block, spans }) === blockText(block);
    return [{ ...block, spans: isWhole ? spans : [...spans, { text: "…" }] }];
  });
}
