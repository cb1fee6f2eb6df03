import { type Block, blockText, cleanSpans, gapBefore, type Span, type TextPort } from "@toolcast/core/chat";

/** An invisible character that keeps its neighbours from being read as one word with it. */
export const joiner = "\u2060";

/** A text with entities, as Telegram's `sendMessage` accepts it. Offsets count UTF-16 units. */
export interface EntityText {
  text: string;
  entities: {
    type: "bold" | "code" | "text_link" | "blockquote" | "italic";
    offset: number;
    length: number;
    url?: string;
  }[];
}

/** Telegram finds mentions, commands, hashtags and addresses in all text but code: invisible joiners break them up. */
function withoutFinds(text: string): string {
  return text.replaceAll(/[@#$/.:+]/gu, (character) => `${character}${joiner}`);
}

/** Notes, titles and quotes are styled as whole blocks. */
const styleOf: Partial<Record<Block["kind"], EntityText["entities"][number]["type"]>> = {
  title: "bold",
  note: "italic",
  quote: "blockquote",
};

/** A text with entities, counted in UTF-16 units. */
export const entityPort: TextPort<EntityText> = {
  render(blocks) {
    const native: EntityText = { text: "", entities: [] };
    const add = (type: EntityText["entities"][number]["type"], offset: number, url?: string) => {
      const length = native.text.length - offset;
      if (length > 0) {
        native.entities.push({ type, offset, length, ...(url === undefined ? {} : { url }) });
      }
    };
    for (const [index, block] of blocks.entries()) {
      native.text += gapBefore(blocks, index);
      const start = native.text.length;
      for (const { text, bold, code, link } of cleanSpans(block.spans)) {
        const offset = native.text.length;
        native.text += code ? text : withoutFinds(text);
        if (code) add("code", offset);
        if (bold) add("bold", offset);
        if (link !== undefined) add("text_link", offset, link);
      }
      const style = styleOf[block.kind];
      if (style !== undefined) add(style, start);
    }
    return native;
  },
  measure: ({ text }) => text.length,
};

/** An element of Slack's `rich_text` block. Its text is shown literally: nothing in it becomes markup or a mention. */
export type RichTextElement =
  | { type: "text"; text: string; style?: { bold?: true; code?: true } }
  | { type: "link"; url: string; text: string };

export interface RichTextBlock {
  type: "rich_text";
  elements: { type: "rich_text_section" | "rich_text_quote"; elements: RichTextElement[] }[];
}

/** Slack's rich text, counted in characters. */
export const richTextPort: TextPort<RichTextBlock> = {
  render: (blocks) => ({
    type: "rich_text",
    elements: blocks.map((block, index) => ({
      type: block.kind === "quote" ? "rich_text_quote" : "rich_text_section",
      elements: [
        ...(gapBefore(blocks, index) === "" ? [] : [{ type: "text" as const, text: gapBefore(blocks, index) }]),
        ...cleanSpans(block.spans).map((span) => elementOf(block, span)),
      ],
    })),
  }),
  measure: ({ elements }) =>
    [...elements.flatMap((section) => section.elements.map(({ text }) => text)).join("")].length,
};

function elementOf({ kind }: Block, { text, bold, code, link }: Span): RichTextElement {
  if (link !== undefined) {
    return { type: "link", url: link, text };
  }
  const style = {
    ...(bold || kind === "title" ? { bold: true as const } : {}),
    ...(code ? { code: true as const } : {}),
  };
  return { type: "text", text, ...(Object.keys(style).length === 0 ? {} : { style }) };
}

/** Sections of Slack's mrkdwn, which can escape only three characters: joiners keep the others from opening a style. */
interface MrkdwnSection {
  type: "section";
  text: { type: "mrkdwn"; text: string };
}

const sectionCharacters = 3_000;
const mostSections = 50;

function withoutReferences(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function escapeMrkdwn(text: string): string {
  return withoutReferences(text).replaceAll(/[*_~`:@#]/g, (character) => `${joiner}${character}${joiner}`);
}

/** One section per block. There are two limits, so the measure is the larger share of the two: up to 1 fits. */
export const mrkdwnPort: TextPort<MrkdwnSection[]> = {
  render: (blocks) =>
    blocks.map((block) => ({
      type: "section",
      text: {
        type: "mrkdwn",
        text: cleanSpans(block.spans)
          .map(({ text, bold, code }) =>
            code && !text.includes("`")
              ? `\`${withoutReferences(text)}\``
              : bold
                ? `*${escapeMrkdwn(text)}*`
                : escapeMrkdwn(text),
          )
          .join(""),
      },
    })),
  measure: (sections) =>
    Math.max(sections.length / mostSections, ...sections.map(({ text }) => [...text.text].length / sectionCharacters)),
};

/** An entity text as a person reads it. */
export function readable(text: string): string {
  return text.replaceAll(joiner, "");
}

/** Blocks as a person reads them when nothing is cut. */
export function readableBlocks(blocks: readonly Block[]): string {
  return blocks
    .map((block, index) => `${gapBefore(blocks, index)}${blockText({ ...block, spans: cleanSpans(block.spans) })}`)
    .join("");
}
