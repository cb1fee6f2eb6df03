import { type Block, blockText, cleanSpans, gapBefore, type Span, type TextPort } from "@toolcast/core/chat";

/** Characters that begin or end markup, mentions, links or emoji anywhere in a line. */
const anywhere = /[\\*_~`|<>[\]()@#]/;
/** A number or dash that begins a list at the start of a line. */
const listStart = /^\s*([-+]|\d+\.)(?=\s|$)/;
/** Longer titles are not shown as headings. */
const headingCharacters = 200;

/** Blocks in Discord's markup, counted in UTF-16 units as Discord counts. Text is shown literally. */
export const markdownPort: TextPort<string> = {
  render: (blocks) => blocks.map((block, index) => `${gapBefore(blocks, index)}${markdownOf(block)}`).join(""),
  measure: (markdown) => markdown.length,
};

function markdownOf({ kind, spans }: Block): string {
  const cleaned = cleanSpans(spans);
  const text = spansIn(cleaned);
  switch (kind) {
    case "title": {
      const plain = blockText({ kind, spans: cleaned });
      return plain.length <= headingCharacters && !plain.includes("\n") ? `### ${text}` : text;
    }
    case "quote":
      return text.replaceAll(/^/gm, "> ");
    case "note":
      return `-# ${text}`;
    default:
      return text;
  }
}

/**
 * Discord may read one construct across two spans, so a character's neighbours in adjoining spans decide whether it is
 * escaped.
 */
function spansIn(spans: readonly Span[]): string {
  const escaped = escapes(spans.map(({ text }) => text).join(""));
  let at = 0;
  return spans
    .map(({ text, bold, code, link, moment }) => {
      const own = escaped.slice(at, at + text.length).join("");
      at += text.length;
      if (moment !== undefined) {
        return timestamp(moment);
      }
      // A code span takes no escapes: text that would end it is not put into one.
      const shown = code && text.trim() !== "" && !/[`\n]/.test(text) ? `\`${text}\`` : own;
      const linked = link === undefined || text.trim() === "" ? shown : `[${shown}](<${addressOf(link)}>)`;
      return bold && text.trim() !== "" ? `**${linked}**` : linked;
    })
    .join("");
}

/** Discord's own time stamp, in its reader's time zone and language. Never bold: two runs of asterisks could meet. */
function timestamp({ at, detail }: NonNullable<Span["moment"]>): string {
  const stamp = (style: string) => `<t:${Math.floor(at / 1_000)}:${style}>`;
  return { ago: stamp("R"), minute: stamp("f"), second: `${stamp("d")} ${stamp("T")}` }[detail];
}

/** Text escaped so that Discord shows it literally, without markup, mentions, links or emoji. */
export function escapeText(text: string): string {
  return spansIn(cleanSpans([{ text }]));
}

/** Each UTF-16 unit of a text, escaped where it needs to be. */
function escapes(text: string): string[] {
  const escaped = text.split("").map((character, index) => {
    const next = text[index + 1];
    // A colon begins an emoji's name or ends a link's scheme only when something follows directly.
    const isColon = character === ":" && next !== undefined && /\S/.test(next);
    return anywhere.test(character) || isColon ? `\\${character}` : character;
  });
  let start = 0;
  for (const line of text.split("\n")) {
    const [opening] = listStart.exec(line) ?? [];
    if (opening !== undefined) {
      const at = start + opening.length - 1;
      escaped[at] = `\\${text[at]}`;
    }
    start += line.length + 1;
  }
  return escaped;
}

/** Inside angle brackets an address ends at the closing bracket and gets no preview. */
function addressOf(link: string): string {
  return link.replaceAll(/[<>\s\\]/g, encodeURIComponent);
}
