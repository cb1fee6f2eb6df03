import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import type { Context } from "./context.ts";
import { readFormattedText } from "./formatted-text.ts";
import { filePayload, voicePayload } from "./media-payload.ts";
import type { Parameters } from "./parameters.ts";
import { detectedRichText, richTextOf } from "./rich-text.ts";
import type { Content, MediaKind } from "./world.ts";

const mediaBlocks: Readonly<Record<string, MediaKind>> = {
  animation: "animation",
  audio: "audio",
  document: "document",
  photo: "photo",
  video: "video",
  voice_note: "voice",
};

const textBlocks = ["paragraph", "heading", "pre", "footer", "thinking"];
const otherBlocks = [
  "divider",
  "mathematical_expression",
  "anchor",
  "list",
  "blockquote",
  "expandable_blockquote",
  "pullquote",
  "collage",
  "slideshow",
  "table",
  "details",
  "map",
  "buttons",
];

export interface RichOptions {
  /** A draft or an inline message: known files only. */
  readonly onlyKnownFiles: boolean;
  readonly isDraft: boolean;
}

/** A `rich_message` as it is stored: blocks with their files resolved. */
export function readRichMessage(context: Context, parameters: Parameters, options: RichOptions): Content {
  const given = parameters.object("rich_message");
  if (given === null) {
    throw badRequest("rich message must be non-empty");
  }
  const sources = [given.blocks, given.html, given.markdown].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    throw badRequest("exactly one of the fields blocks, html and markdown must be specified");
  }
  const blocks =
    given.blocks === undefined
      ? blocksOfText(String(given.html ?? given.markdown), given.html !== undefined)
      : readBlocks(context, parameters, given.blocks, options, given.skip_entity_detection === true);
  if (blocks.length === 0) {
    throw badRequest("RICH_MESSAGE_EMPTY");
  }
  return { kind: "rich", blocks, rightToLeft: given.is_rtl === true };
}

/** One paragraph per line; headings by their marks. */
function blocksOfText(source: string, isHtml: boolean): JsonObject[] {
  const lines = isHtml ? source.split(/<br\s*\/?>|<\/p>|\n/) : source.split("\n");
  return lines
    .map((line) => line.replace(/^<p>/, "").trim())
    .filter((line) => line !== "")
    .map((line): JsonObject => {
      const heading = isHtml ? null : /^(#{1,6}) (.+)$/.exec(line);
      const text = richTextOf(readFormattedText(heading?.[2] ?? line, isHtml ? "HTML" : "Markdown", null));
      return heading === null ? { type: "paragraph", text } : { type: "heading", text, size: heading[1]!.length };
    });
}

/** The texts of a block, searched for mentions and links; code blocks are left alone. */
function detectedTexts(block: JsonObject): JsonObject {
  if (block.type === "pre") {
    return {};
  }
  const found = ["text", "credit", "summary"].filter((name) => block[name] !== undefined);
  const caption = isObject(block.caption)
    ? { ...block.caption, text: detectedRichText(block.caption.text) }
    : detectedRichText(block.caption);
  return {
    ...Object.fromEntries(found.map((name) => [name, detectedRichText(block[name])])),
    ...(block.caption === undefined ? {} : { caption }),
  };
}

function readBlocks(
  context: Context,
  parameters: Parameters,
  given: unknown,
  options: RichOptions,
  undetected: boolean,
): JsonObject[] {
  if (!Array.isArray(given)) {
    throw badRequest("can't parse rich message: blocks must be an Array");
  }
  return given.map((block): JsonObject => {
    if (!isObject(block) || typeof block.type !== "string") {
      throw badRequest("can't parse rich message: InputRichBlock must be an Object");
    }
    const kind = Object.hasOwn(mediaBlocks, block.type) ? mediaBlocks[block.type] : undefined;
    if (kind !== undefined) {
      return mediaBlock(context, parameters, block, kind, options);
    }
    if (![...textBlocks, ...otherBlocks].includes(block.type)) {
      throw badRequest(`can't parse rich message: unsupported block type "${block.type}"`);
    }
    if (block.type === "thinking" && !options.isDraft) {
      throw badRequest("can't parse rich message: thinking blocks are for drafts only");
    }
    const inner = Array.isArray(block.blocks)
      ? { blocks: readBlocks(context, parameters, block.blocks, options, undetected) }
      : {};
    const items = Array.isArray(block.items)
      ? {
          items: block.items.map((item, index): unknown =>
            isObject(item) && Array.isArray(item.blocks)
              ? {
                  label: item.type === undefined ? "•" : `${String(item.value ?? index + 1)}.`,
                  ...item,
                  blocks: readBlocks(context, parameters, item.blocks, options, undetected),
                }
              : item,
          ),
        }
      : {};
    const map = block.type === "map" ? { zoom: 15, width: 600, height: 300 } : {};
    return { ...map, ...block, ...(undetected ? {} : detectedTexts(block)), ...inner, ...items };
  });
}

function mediaBlock(
  context: Context,
  parameters: Parameters,
  block: JsonObject,
  kind: MediaKind,
  options: RichOptions,
): JsonObject {
  const name = String(block.type);
  const media = block[name];
  if (!isObject(media)) {
    throw badRequest(`can't parse rich message: field "${name}" must be of type Object`);
  }
  const file = context.files.take(kind, media.media, parameters, media, options.onlyKnownFiles);
  if (file.kind !== kind) {
    throw badRequest(`can't parse rich message: the file is not a ${name.replace("_", " ")}`);
  }
  const { caption } = detectedTexts({ caption: block.caption });
  return {
    type: name,
    [name]: kind === "voice" ? voicePayload(file) : filePayload(file, media),
    ...(caption === undefined ? {} : { caption }),
  };
}
