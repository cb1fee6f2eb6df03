import type { TelegramMessageEntity } from "@gramio/types";
import { type Block, cleanSpans, gapBefore, type TextPort } from "@toolcast/core/chat";

/** A text with its styles as Telegram's entities, never as markup. */
export interface FormattedText {
  text: string;
  entities: TelegramMessageEntity[];
}

/** Invisible, takes no space, and cannot be part of a name or an address. */
const joiner = "\u2060";

/**
 * Telegram's server turns plain text into mentions, commands, hashtags, links and phone numbers, whatever entities are
 * given. A joiner inside each prevents that without changing how the text looks.
 */
export function inert(text: string): string {
  return text
    .replaceAll(/([@#$/+])(?=[\p{L}\p{N}_])/gu, `$1${joiner}`)
    .replaceAll(/:(?=\/\/)/g, `:${joiner}`)
    .replaceAll(/(?<=[\p{L}\p{N}_-])\.(?=\p{L})/gu, `.${joiner}`);
}

/** Blocks as text with entities, counted in UTF-16 units as Telegram counts. */
export const formattedTextPort: TextPort<FormattedText> = {
  render: (blocks) => {
    const whole: FormattedText = { text: "", entities: [] };
    for (const [index, block] of blocks.entries()) {
      whole.text += gapBefore(blocks, index);
      append(whole, block);
    }
    return whole;
  },
  measure: ({ text }) => text.length,
};

function append(whole: FormattedText, { kind, spans }: Block): void {
  const start = whole.text.length;
  const cleaned = cleanSpans(spans);
  for (const { text, bold, code, link } of cleaned) {
    const from = whole.text.length;
    // Telegram's server finds no links in these styles, and people copy their text exactly as it is.
    whole.text += code || link !== undefined ? text : inert(text);
    const entity = { offset: from, length: whole.text.length - from };
    if (text.trim() === "") {
      continue;
    }
    if (code) {
      whole.entities.push({ type: "code", ...entity });
    } else if (link !== undefined) {
      whole.entities.push({ type: "text_link", url: link, ...entity });
    }
    if (bold || (kind === "title" && !code)) {
      whole.entities.push({ type: "bold", ...entity });
    }
  }
  const entity = { offset: start, length: whole.text.length - start };
  if (entity.length > 0 && (kind === "quote" || kind === "note") && !cleaned.some(({ code }) => code)) {
    whole.entities.push({ type: kind === "quote" ? "blockquote" : "italic", ...entity });
  }
}
