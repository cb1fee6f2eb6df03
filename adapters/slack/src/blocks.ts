import type { KnownBlock, RichTextElement, RichTextSection } from "@slack/types";
import { type Block, cleanSpans, gapBefore, type Span, type TextPort, truncate } from "@toolcast/core/chat";
import { slackLimits } from "./limits.ts";

/** Blocks as Slack shows them. Rich text is never read as markup, so text cannot mention anybody or become a link. */
export const blocksPort: TextPort<KnownBlock[]> = {
  render(blocks) {
    const notes = blocks.filter(({ kind }) => kind === "note");
    const said = blocks.filter(({ kind }) => kind !== "note");
    const sections: RichTextSection[] =
      said.length === 0
        ? []
        : [
            {
              type: "rich_text_section",
              elements: said.flatMap((block, index) => [...gap(gapBefore(said, index)), ...elementsOf(block)]),
            },
          ];
    return [
      ...(sections.length === 0 ? [] : [{ type: "rich_text" as const, elements: sections }]),
      ...notes.map(({ spans }) => ({
        type: "context" as const,
        elements: [
          { type: "plain_text" as const, text: truncate(textOf(spans), slackLimits.noteCharacters), emoji: false },
        ],
      })),
    ];
  },
  measure: (blocks) => lengthOf(blocks),
};

function gap(text: string): RichTextElement[] {
  return text === "" ? [] : [{ type: "text", text }];
}

function elementsOf({ kind, spans }: Block): RichTextElement[] {
  return cleanSpans(spans).map(({ text, bold, code, link, moment }) => {
    const isBold = bold === true || kind === "title";
    if (link !== undefined) {
      return { type: "link", url: link, text, ...(isBold ? { style: { bold: true } } : {}) };
    }
    if (moment !== undefined) {
      const timestamp = Math.floor(moment.at / 1_000);
      const style = isBold ? { style: { bold: true } } : {};
      return { type: "date", timestamp, format: dateFormats[moment.detail], fallback: text, ...style };
    }
    const style = { ...(isBold && !code ? { bold: true } : {}), ...(code ? { code: true } : {}) };
    return { type: "text", text, ...(Object.keys(style).length === 0 ? {} : { style }) };
  });
}

/** Slack's own dates, in their reader's time zone and language. */
const dateFormats: Record<NonNullable<Span["moment"]>["detail"], string> = {
  ago: "{ago}",
  minute: "{date_short_pretty} {time}",
  second: "{date_num} {time_secs}",
};

function textOf(spans: readonly Span[]): string {
  return cleanSpans(spans)
    .map(({ text }) => text)
    .join("");
}

/** The length of all text in blocks, in UTF-16 units. */
function lengthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === "text" && typeof inner === "string" ? inner.length : lengthOf(inner)),
    0,
  );
}

/** Text for places that Slack reads as markup. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
