import type { TelegramMessageEntity } from "@gramio/types";
import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { withAutomaticEntities } from "./automatic-entities.ts";
import { parseHtml } from "./html-entities.ts";
import { parseMarkdown, parseMarkdownV2 } from "./markdown-entities.ts";
import type { FormattedText } from "./world.ts";

const givenTypes = new Set([
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "spoiler",
  "blockquote",
  "expandable_blockquote",
  "code",
  "pre",
  "text_link",
  "text_mention",
  "custom_emoji",
]);

const inMiddle = (text: string, offset: number) =>
  /[\uDC00-\uDFFF]/.test(text[offset] ?? "") && /[\uD800-\uDBFF]/.test(text[offset - 1] ?? "");

function givenEntity(value: unknown, text: string): TelegramMessageEntity | null {
  const refuse = (reason: string) => badRequest(`can't parse MessageEntity: ${reason}`);
  if (!isObject(value)) {
    throw refuse("expected an Object");
  }
  const { type, offset, length } = value;
  if (typeof offset !== "number" || typeof length !== "number" || !Number.isInteger(offset + length)) {
    throw refuse('Field "offset" must be a valid Number');
  }
  if (typeof type !== "string") {
    throw refuse("Type is not specified");
  }
  if (!givenTypes.has(type) || length <= 0) {
    return null;
  }
  if (offset < 0) {
    throw badRequest(`receive an entity with incorrect offset ${offset}`);
  }
  if (offset >= text.length) {
    throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  }
  if (offset + length > text.length) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${offset + length}`,
    );
  }
  // The server reports the position after the symbol.
  const at = (index: number) => Buffer.byteLength(text.slice(0, index + 1));
  if (inMiddle(text, offset)) {
    throw badRequest(`entity begins in a middle of a UTF-16 symbol at byte offset ${at(offset)}`);
  }
  if (inMiddle(text, offset + length)) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${at(offset + length)}`,
    );
  }
  return value as unknown as TelegramMessageEntity;
}

/** Control characters become blanks and surrounding blanks are removed, with the entities moved accordingly. */
function cleaned({ text, entities }: FormattedText): FormattedText {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the server takes out
  const visible = text.replaceAll(/[\u0000-\u0008\u000B-\u001F]/g, " ");
  const inside = visible.trimEnd();
  const lead = inside.length - inside.trimStart().length;
  const kept = inside.slice(lead);
  const moved = entities.flatMap((entity) => {
    const start = Math.max(0, entity.offset - lead);
    const end = Math.min(kept.length, entity.offset + entity.length - lead);
    return end > start ? [{ ...entity, offset: start, length: end - start }] : [];
  });
  return { text: kept, entities: moved };
}

/** A text with its formatting parsed, its blanks trimmed and automatic entities marked. */
export function readFormattedText(text: string, parseMode: string | null, entities: unknown): FormattedText {
  return withAutomaticEntities(cleaned(parsed(text, parseMode, entities)));
}

function parsed(text: string, parseMode: string | null, entities: unknown): FormattedText {
  switch ((parseMode ?? "").toLowerCase()) {
    case "":
    case "none": {
      const list = Array.isArray(entities) ? entities : [];
      return { text, entities: list.flatMap((entity) => givenEntity(entity, text) ?? []) };
    }
    case "markdownv2":
      return parseMarkdownV2(text);
    case "html":
      return parseHtml(text);
    case "markdown":
      return parseMarkdown(text);
    default:
      throw badRequest("unsupported parse_mode");
  }
}

/** An object's text (`text`, `caption` …) with the two fields that give its formatting. */
export function textOf(value: JsonObject, name: string, entitiesName: string, modeName = "parse_mode"): FormattedText {
  const text = value[name];
  const mode = value[modeName];
  return readFormattedText(
    text === undefined || text === null ? "" : String(text),
    typeof mode === "string" ? mode : null,
    value[entitiesName],
  );
}
