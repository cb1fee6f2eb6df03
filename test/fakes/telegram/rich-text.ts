import type { TelegramMessageEntity } from "@gramio/types";
import { isObject, type JsonObject } from "../json.ts";
import { withAutomaticEntities } from "./automatic-entities.ts";
import type { FormattedText } from "./world.ts";

/** The words of a rich text, without its formatting. */
function plainRichText(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(plainRichText).join("");
  }
  return isObject(value) ? plainRichText(value.text ?? "") : "";
}

function wrapped(
  type: TelegramMessageEntity["type"],
  shown: string,
  text: unknown,
  entity: TelegramMessageEntity,
): unknown {
  switch (type) {
    case "mention":
      return { type, text, username: shown.slice(1) };
    case "url":
      return { type, text, url: /^[a-z]+:/i.test(shown) ? shown : `http://${shown}` };
    case "text_link":
      return { type: "url", text, url: "url" in entity ? entity.url : shown };
    case "text_mention":
      return { type, text, user: "user" in entity ? entity.user : {} };
    case "email":
      return { type: "email_address", text, email_address: shown };
    case "hashtag":
      return { type, text, hashtag: shown };
    case "cashtag":
      return { type, text, cashtag: shown };
    case "bot_command":
      return { type, text, bot_command: shown };
    case "bold":
    case "italic":
    case "underline":
    case "strikethrough":
    case "spoiler":
    case "code":
      return { type, text };
    default:
      return text;
  }
}

/** A formatted text in the form that rich blocks use. */
export function richTextOf({ text, entities }: FormattedText): unknown {
  const edges = new Set([0, text.length, ...entities.flatMap(({ offset, length }) => [offset, offset + length])]);
  const sorted = [...edges].sort((one, other) => one - other);
  const parts = sorted.slice(0, -1).map((start, index): unknown => {
    const end = sorted[index + 1]!;
    const covering = entities.filter(({ offset, length }) => offset <= start && offset + length >= end);
    return covering.reduceRight<unknown>(
      (inner, entity) => wrapped(entity.type, text.slice(entity.offset, entity.offset + entity.length), inner, entity),
      text.slice(start, end),
    );
  });
  return parts.length === 0 ? "" : parts.length === 1 ? parts[0] : parts;
}

/** Plain strings inside are searched for mentions and links, as other texts are; code is left alone. */
export function detectedRichText(value: unknown): unknown {
  if (typeof value === "string") {
    return richTextOf(withAutomaticEntities({ text: value, entities: [] }));
  }
  if (Array.isArray(value)) {
    return value.map(detectedRichText);
  }
  if (!isObject(value) || value.type === "code" || value.type === "url" || value.text === undefined) {
    return value;
  }
  return { ...value, text: detectedRichText(value.text) };
}

/** All active parts in a tree of blocks and rich texts: what does something when it is seen or tapped. */
export function activeParts(value: unknown): JsonObject[] {
  if (Array.isArray(value)) {
    return value.flatMap(activeParts);
  }
  if (!isObject(value)) {
    return [];
  }
  const inner = Object.values(value).flatMap(activeParts);
  const types = ["mention", "text_mention", "url", "email_address", "hashtag", "cashtag", "bot_command"];
  return types.includes(String(value.type)) ? [value, ...inner] : inner;
}

/** Every text in a tree of blocks, one per line. */
export function textOfBlocks(blocks: readonly unknown[]): string {
  const lines = blocks.flatMap((block): string[] => {
    if (!isObject(block)) {
      return [];
    }
    const inner = [block.blocks, block.items].flatMap((list) => (Array.isArray(list) ? [textOfBlocks(list)] : []));
    const cells = Array.isArray(block.cells) ? [textOfBlocks(block.cells.flat())] : [];
    const caption = isObject(block.caption) ? plainRichText(block.caption.text) : plainRichText(block.caption ?? "");
    return [plainRichText(block.summary ?? ""), plainRichText(block.text ?? ""), ...cells, ...inner, caption];
  });
  return lines.filter((line) => line !== "").join("\n");
}
