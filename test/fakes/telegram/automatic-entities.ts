import type { TelegramMessageEntity } from "@gramio/types";
import type { FormattedText } from "./world.ts";

/** The server searches nothing inside these. */
const opaque = new Set(["code", "pre", "text_link", "text_mention", "custom_emoji", "url", "email", "mention"]);

const genericDomains =
  "com|org|net|edu|gov|mil|int|info|biz|name|app|dev|page|site|online|shop|xyz|top|club|cloud|tech";
const link = new RegExp(
  `(?<![\\p{L}\\p{N}_@.])(?:(?:https?|ftp|tg|ton|tonsite)://[^\\s<>"«»‘’“”]+` +
    `|(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]{0,62})\\.)+(?:${genericDomains}|[a-z]{2})(?![\\p{L}\\p{N}_])(?:[/?#][^\\s<>"«»]*)?)`,
  "giu",
);

const patterns: readonly [TelegramMessageEntity["type"], RegExp][] = [
  ["email", /(?<![\p{L}\p{N}_.+-])[a-z0-9_.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?![\p{L}\p{N}_])/giu],
  ["url", link],
  ["mention", /(?<![\p{L}\p{N}_/@.])@[a-z0-9_]{3,32}(?![a-z0-9_])/giu],
  ["bot_command", /(?<![\p{L}\p{N}_/<>])\/[a-z0-9_]{1,64}(?:@[a-z0-9_]{3,32})?(?![\p{L}\p{N}_/<>])/giu],
  ["hashtag", /(?<![\p{L}\p{N}_])#(?=[^\s]*[\p{L}_])[\p{L}\p{N}_]{1,256}(?:@[a-z0-9_]{3,32})?/gu],
  ["cashtag", /(?<![\p{L}\p{N}_$])\$(?:1INCH|[A-Z]{1,8})(?![A-Za-z$])/gu],
];

/** Sentence punctuation at the end of an address does not belong to it. */
const withoutTail = (found: string) => found.replace(/[.,:;!?'")\]}…。，！？；：）】」』、]+$/u, "");

/** What the server finds in a text on its own: mentions that ping, commands, links that open and bring a preview. */
export function withAutomaticEntities({ text, entities }: FormattedText): FormattedText {
  const taken = entities.filter(({ type }) => opaque.has(type)).map(({ offset, length }) => [offset, offset + length]);
  const found: TelegramMessageEntity[] = [];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const shown = type === "url" ? withoutTail(match[0]) : match[0];
      const start = match.index;
      const end = start + shown.length;
      if (shown.length > 0 && !taken.some(([from, to]) => start < to! && end > from!)) {
        taken.push([start, end]);
        found.push({ type, offset: start, length: shown.length });
      }
    }
  }
  const all = [...entities, ...found];
  return { text, entities: all.sort((one, other) => one.offset - other.offset || other.length - one.length) };
}
