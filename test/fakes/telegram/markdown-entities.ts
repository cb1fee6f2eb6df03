import type { TelegramMessageEntity } from "@gramio/types";
import { badRequest } from "./api-error.ts";
import { linkEntity } from "./link-entity.ts";
import type { FormattedText } from "./world.ts";

/** A position as the server counts it in its error messages. */
const byteOffset = (text: string, index: number) => Buffer.byteLength(text.slice(0, index));

type NestedType =
  | "Bold"
  | "Italic"
  | "Underline"
  | "Strikethrough"
  | "Spoiler"
  | "TextUrl"
  | "Code"
  | "Pre"
  | "PreCode"
  | "CustomEmoji"
  | "BlockQuote";

const typeNames: Record<Exclude<NestedType, "TextUrl" | "CustomEmoji">, TelegramMessageEntity["type"]> = {
  Bold: "bold",
  Italic: "italic",
  Underline: "underline",
  Strikethrough: "strikethrough",
  Spoiler: "spoiler",
  Code: "code",
  Pre: "pre",
  PreCode: "pre",
  BlockQuote: "blockquote",
};

interface Nested {
  readonly type: NestedType;
  readonly start: number;
  readonly at: number;
  readonly language: string;
}

function refused(reason: string): Error {
  return badRequest(`can't parse entities: ${reason}`);
}

/** What begins at `index`, the length of its mark, and a code block's language. */
function opening(text: string, index: number): { type: NestedType; length: number; language: string } | null {
  const rest = text.slice(index);
  if (rest.startsWith("```")) {
    const language = /^```([^\s`]+)(?=[^`])/u.exec(rest)?.[1] ?? "";
    const newline = /^(?:\r\n|\n\r|\n|\r)/.exec(rest.slice(3 + language.length))?.[0] ?? "";
    return { type: language === "" ? "Pre" : "PreCode", length: 3 + language.length + newline.length, language };
  }
  const marks: readonly [string, NestedType][] = [
    ["__", "Underline"],
    ["||", "Spoiler"],
    ["![", "CustomEmoji"],
    ["_", "Italic"],
    ["*", "Bold"],
    ["~", "Strikethrough"],
    ["[", "TextUrl"],
    ["`", "Code"],
  ];
  const found = marks.find(([mark]) => rest.startsWith(mark));
  return found === undefined ? null : { type: found[1], length: found[0].length, language: "" };
}

function closingLength(type: NestedType, text: string, index: number): number {
  const ends: Record<NestedType, string> = {
    Bold: "*",
    Italic: "_",
    Underline: "__",
    Strikethrough: "~",
    Spoiler: "||",
    TextUrl: "]",
    CustomEmoji: "]",
    Code: "`",
    Pre: "```",
    PreCode: "```",
    BlockQuote: "\n",
  };
  if (type === "BlockQuote" || !text.startsWith(ends[type], index)) {
    return 0;
  }
  return type === "Italic" && text.startsWith("__", index) ? 0 : ends[type].length;
}

/** The address in parentheses after a link's text, and the position of its end. */
function address(text: string, index: number): { url: string; end: number } {
  let url = "";
  let at = index + 1;
  while (at < text.length && text[at] !== ")") {
    if (text[at] === "\\" && (text.codePointAt(at + 1) ?? 0) <= 126 && at + 1 < text.length) {
      at += 1;
    }
    url += text[at];
    at += 1;
  }
  if (text[at] !== ")") {
    throw refused(`Can't find end of a URL at byte offset ${byteOffset(text, index + 1)}`);
  }
  return { url, end: at + 1 };
}

/** MarkdownV2, with the error messages of tdlib's parser. */
export function parseMarkdownV2(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = [];
  const nested: Nested[] = [];
  let text = "";
  let quoteMayBegin = true;
  let quoting = false;

  const endNotFound = ({ type, at }: Nested) =>
    refused(`Can't find end of ${type} entity at byte offset ${byteOffset(source, at)}`);

  function endQuote(expandable: boolean): void {
    const quote = nested.pop()!;
    quoting = false;
    if (text.length > quote.start) {
      const type = expandable ? "expandable_blockquote" : "blockquote";
      entities.push({ type, offset: quote.start, length: text.length - quote.start });
    }
  }

  for (let index = 0; index < source.length; ) {
    const character = source[index]!;
    const innermost = nested.at(-1);
    if (character === "\\" && index + 1 < source.length && source.charCodeAt(index + 1) <= 126) {
      text += source[index + 1];
      index += 2;
      quoteMayBegin = false;
      continue;
    }
    const verbatim = innermost !== undefined && ["Code", "Pre", "PreCode"].includes(innermost.type);
    const reserved = verbatim ? "`" : "_*[]()~`>#+-=|{}.!\n";
    if (!reserved.includes(character)) {
      text += character;
      quoteMayBegin = quoteMayBegin && character === "\r";
      index += 1;
      continue;
    }
    if (character === "\n") {
      if (quoting && source[index + 1] !== ">") {
        const hidden = innermost?.type === "Spoiler" && innermost.at === index - 2;
        if (hidden) {
          nested.pop();
        }
        if (nested.at(-1)?.type !== "BlockQuote") {
          throw endNotFound(nested.at(-1) ?? innermost!);
        }
        text += "\n";
        endQuote(hidden);
      } else {
        text += "\n";
      }
      quoteMayBegin = true;
      index += 1;
      continue;
    }
    const length = innermost === undefined ? 0 : closingLength(innermost.type, source, index);
    if (innermost !== undefined && length > 0) {
      nested.pop();
      index += length;
      let entity: TelegramMessageEntity | null = null;
      const span = { offset: innermost.start, length: text.length - innermost.start };
      if (innermost.type === "TextUrl" || innermost.type === "CustomEmoji") {
        const hasAddress = source[index] === "(";
        if (!hasAddress && innermost.type === "CustomEmoji") {
          throw refused("The entity must contain a tg://emoji or tg://time URL");
        }
        const target = hasAddress ? address(source, index) : { url: text.slice(innermost.start), end: index };
        index = target.end;
        if (innermost.type === "CustomEmoji") {
          const id = /^tg:\/\/emoji\?id=(\d+)$/.exec(target.url)?.[1];
          if (id === undefined) {
            throw refused("Invalid tg://emoji or tg://time URL specified");
          }
          entity = { type: "custom_emoji", ...span, custom_emoji_id: id };
        } else {
          entity = linkEntity(target.url, span);
        }
      } else {
        const language = innermost.type === "PreCode" ? { language: innermost.language } : {};
        entity = { type: typeNames[innermost.type], ...span, ...language };
      }
      if (entity !== null && span.length > 0) {
        entities.push(entity);
      }
      continue;
    }
    if (character === ">" && quoteMayBegin) {
      if (!quoting) {
        nested.push({ type: "BlockQuote", start: text.length, at: index, language: "" });
        quoting = true;
      }
      index += 1;
      continue;
    }
    const begun = opening(source, index);
    if (begun === null) {
      throw refused(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
    }
    nested.push({ type: begun.type, start: text.length, at: index, language: begun.language });
    index += begun.length;
    quoteMayBegin = false;
  }
  if (quoting) {
    const last = nested.at(-1);
    const hidden = last?.type === "Spoiler" && last.at === source.length - 2;
    if (hidden) {
      nested.pop();
    }
    if (nested.at(-1)?.type === "BlockQuote") {
      endQuote(hidden);
    }
  }
  const open = nested.at(-1);
  if (open !== undefined) {
    throw endNotFound(open);
  }
  return { text, entities: entities.sort((one, other) => one.offset - other.offset || other.length - one.length) };
}

/** The old mode "Markdown": no nesting, a backslash before `_`, `*`, `` ` `` and `[` only. */
export function parseMarkdown(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = [];
  let text = "";
  for (let index = 0; index < source.length; ) {
    const rest = source.slice(index);
    if (/^\\[_*`[]/.test(rest)) {
      text += rest[1];
      index += 2;
      continue;
    }
    const mark = /^(?:```|[_*`[])/.exec(rest)?.[0];
    if (mark === undefined) {
      text += source[index];
      index += 1;
      continue;
    }
    const end = source.indexOf(mark === "[" ? "]" : mark, index + mark.length);
    if (end === -1) {
      throw refused(`Can't find end of the entity starting at byte offset ${byteOffset(source, index)}`);
    }
    const inner = source.slice(index + mark.length, end).replace(mark === "```" ? /^\n/ : /(?!)/, "");
    const span = { offset: text.length, length: inner.length };
    text += inner;
    index = end + mark.length;
    if (mark === "[") {
      if (source[index] === "(") {
        const target = address(source, index);
        index = target.end;
        const entity = linkEntity(target.url, span);
        entities.push(...(entity === null || inner === "" ? [] : [entity]));
      }
    } else if (inner !== "") {
      const types = { "*": "bold", _: "italic", "`": "code", "```": "pre" } as const;
      entities.push({ type: types[mark as keyof typeof types], ...span });
    }
  }
  return { text, entities };
}
