import type { TelegramMessageEntity } from "@gramio/types";
import { badRequest } from "./api-error.ts";
import { linkEntity } from "./link-entity.ts";
import type { FormattedText } from "./world.ts";

const simpleTags: Readonly<Record<string, TelegramMessageEntity["type"]>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  u: "underline",
  ins: "underline",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};
const otherTags = ["a", "tg-emoji"];

const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface Open {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly start: number;
}

function refused(reason: string): Error {
  return badRequest(`can't parse entities: ${reason}`);
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) {
      return characters[String(name).toLowerCase()] ?? whole;
    }
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : whole;
  });
}

/** The mode "HTML", with the error messages of tdlib's parser. */
export function parseHtml(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = [];
  const nested: Open[] = [];
  const languages = new Map<Open, string>();
  let text = "";

  function close(open: Open): void {
    const { tag, attributes, start } = open;
    const span = { offset: start, length: text.length - start };
    if (span.length === 0) {
      return;
    }
    if (tag === "a") {
      const entity = linkEntity(attributes.href ?? text.slice(start), span);
      entities.push(...(entity === null ? [] : [entity]));
    } else if (tag === "tg-emoji") {
      const id = attributes["emoji-id"] ?? "";
      if (!/^\d+$/.test(id)) {
        throw refused("Invalid custom emoji identifier specified");
      }
      entities.push({ type: "custom_emoji", ...span, custom_emoji_id: id });
    } else if (tag === "blockquote") {
      entities.push({ type: "expandable" in attributes ? "expandable_blockquote" : "blockquote", ...span });
    } else if (tag === "code" && nested.at(-1)?.tag === "pre" && attributes.class?.startsWith("language-")) {
      // `<pre><code class="language-x">` is one entity.
      languages.set(nested.at(-1)!, attributes.class.slice("language-".length));
    } else if (tag === "pre") {
      const language = languages.get(open);
      entities.push({ type: "pre", ...span, ...(language === undefined ? {} : { language }) });
    } else {
      entities.push({ type: simpleTags[tag]!, ...span });
    }
  }
  for (let index = 0; index < source.length; ) {
    if (source[index] !== "<") {
      const next = source.indexOf("<", index);
      const end = next === -1 ? source.length : next;
      text += decoded(source.slice(index, end));
      index = end;
      continue;
    }
    const at = Buffer.byteLength(source.slice(0, index));
    const end = source.indexOf(">", index);
    if (source[index + 1] === "/") {
      if (nested.length === 0) {
        throw refused(`Unexpected end tag at byte offset ${at}`);
      }
      if (end === -1) {
        throw refused(`Unclosed end tag at byte offset ${at}`);
      }
      const name = source
        .slice(index + 2, end)
        .trim()
        .toLowerCase();
      const open = nested.pop()!;
      if (name !== "" && name !== open.tag) {
        throw refused(`Unmatched end tag at byte offset ${at}, expected "</${open.tag}>", found "</${name}>"`);
      }
      close(open);
      index = end + 1;
      continue;
    }
    if (end === -1) {
      throw refused(`Unclosed start tag at byte offset ${at}`);
    }
    const tag = (/^[^\s>]*/.exec(source.slice(index + 1, end))?.[0] ?? "").toLowerCase();
    if (simpleTags[tag] === undefined && !otherTags.includes(tag)) {
      throw refused(`Unsupported start tag "${tag}" at byte offset ${at}`);
    }
    const attributes: Record<string, string> = {};
    const attribute = /([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;
    for (const [, name, double, single, bare] of source.slice(index + 1 + tag.length, end).matchAll(attribute)) {
      attributes[name!.toLowerCase()] = decoded(double ?? single ?? bare ?? "");
    }
    if (tag === "span" && attributes.class !== "tg-spoiler") {
      throw refused(`Tag "span" must have class "tg-spoiler" at byte offset ${at}`);
    }
    nested.push({ tag, attributes, start: text.length });
    index = end + 1;
  }
  const open = nested.at(-1);
  if (open !== undefined) {
    throw refused(`Can't find end tag corresponding to start tag "${open.tag}"`);
  }
  return { text, entities: entities.sort((one, other) => one.offset - other.offset || other.length - one.length) };
}
