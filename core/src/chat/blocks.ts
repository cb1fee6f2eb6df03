import { withoutControls } from "../messages/visible.ts";
import type { NamedMoment } from "../surface/message.ts";

/**
 * A piece of text in one style. `text` is always plain, whoever wrote it: only an adapter's renderer makes markup, and
 * it escapes or separates `text` to keep it from being read as markup.
 */
export interface Span {
  /** Of any length, even empty; may contain line breaks. */
  text: string;
  /** Default false. */
  bold?: boolean;
  /** Something to copy: shown in a monospaced font, without any other style, and whole or not at all. Default false. */
  code?: boolean;
  /** Where the text links to, `http:` or `https:`. Default none. */
  link?: string;
  /** The text is this moment: where the platform shows moments itself, it does so, whole or not at all. Default none. */
  moment?: Omit<NamedMoment, "text">;
}

/**
 * What part of a message a block is. The platform gives each its own form: a heading, a quotation bar, small print.
 * Consecutive `fact`s belong together.
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
 * Spans as a renderer needs them: no empty ones, neighbours of the same style joined, line breaks as `\n`, and no
 * characters that reverse or hide text. A `code` span has no other style.
 */
export function cleanSpans(spans: readonly Span[]): Span[] {
  const cleaned: Span[] = [];
  for (const { text, bold, code, link, moment } of spans) {
    const span: Span = {
      text: withoutControls(text.toWellFormed().replaceAll(/\r\n?/g, "\n")),
      ...(code ? { code } : { bold: bold || undefined, link }),
      moment,
    };
    const last = cleaned.at(-1);
    const isApart = last === undefined || last.moment !== undefined || moment !== undefined;
    if (!isApart && last.bold === span.bold && last.code === span.code && last.link === span.link) {
      last.text += span.text;
    } else if (span.text !== "") {
      cleaned.push(span);
    }
  }
  return cleaned;
}
