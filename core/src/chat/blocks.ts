import { withoutControls } from "../messages/visible.ts";

/**
 * A piece of text in one style. `text` is always plain, whoever wrote it: only an adapter's renderer makes markup, and it
 * escapes or separates `text` so that nothing in it becomes any.
 */
export interface Span {
  /** Any length, also empty; may hold line breaks. */
  text: string;
  /** Default false. */
  bold?: boolean;
  /** Worth copying: shown in a fixed width, without any other style. Such a span is shown whole or not at all. Default false. */
  code?: boolean;
  /** `http:` or `https:`: where the text leads. Default nowhere. */
  link?: string;
}

/**
 * What part of a message a block is, so that a platform gives it its own form: a heading, a quotation bar, small print.
 * `fact`s that follow each other belong together.
 */
export type BlockKind = "title" | "paragraph" | "quote" | "progress" | "unsent" | "fact" | "note";

/** A part of a message. */
export interface Block {
  kind: BlockKind;
  spans: readonly Span[];
}

/** A block's text without its styles. */
export function blockText({ spans }: Block): string {
  return spans.map(({ text }) => text).join("");
}

/**
 * Spans as a renderer wants them: without empty ones, neighbours of one style joined, line breaks as `\n`, and no
 * characters that turn text around or hide it. What is `code` has no other style.
 */
export function cleanSpans(spans: readonly Span[]): Span[] {
  const cleaned: Span[] = [];
  for (const { text, bold, code, link } of spans) {
    const span: Span = {
      text: withoutControls(text.toWellFormed().replaceAll(/\r\n?/g, "\n")),
      ...(code ? { code } : { ...(bold ? { bold } : {}), link }),
    };
    const last = cleaned.at(-1);
    if (last !== undefined && last.bold === span.bold && last.code === span.code && last.link === span.link) {
      last.text += span.text;
    } else if (span.text !== "") {
      cleaned.push(span);
    }
  }
  return cleaned;
}
