/** Signs that begin or end markup, mentions, links or emoji somewhere in a line. */
const anywhere = /[\\*_~`|<>[\]()@#]/;
/** A number, dash or sign that begins a list, quote or heading. */
const lineStart = /^(\s*)(?:([-+])(?=\s|$)|(\d+)(\.)(?=\s|$))/;

/** Text as Discord shows it letter by letter: no markup, mentions, links or emoji come out of it. */
export function escapeText(text: string): string {
  return clean(text)
    .split("\n")
    .map((line) => {
      const [start = "", indent = "", dash, digits, dot] = lineStart.exec(line) ?? [];
      const opening = dash === undefined ? `${digits ?? ""}${dot === undefined ? "" : "\\."}` : `\\${dash}`;
      return `${indent}${opening}${[...line.slice(start.length)].map(escapeSign).join("")}`;
    })
    .join("\n");
}

/** A value worth copying, in a code span; text that would end the span is escaped instead. */
export function codeSpan(text: string): string {
  const line = clean(text).replaceAll(/\s+/g, " ").trim();
  return line === "" || line.includes("`") ? escapeText(text) : `\`${line}\``;
}

/** As much of escaped text as there is room for, never half an escape or half a letter. */
export function cut(escaped: string, mostCharacters: number): string {
  if (escaped.length <= mostCharacters) {
    return escaped;
  }
  if (mostCharacters < 2) {
    return "";
  }
  let shown = escaped.slice(0, mostCharacters - 1);
  if (/[\ud800-\udbff]$/.test(shown)) {
    shown = shown.slice(0, -1);
  }
  const backslashes = /\\*$/.exec(shown)?.[0].length ?? 0;
  shown = backslashes % 2 === 1 ? shown.slice(0, -1) : shown;
  const spans = shown.split(/(?<!\\)`/).length - 1;
  return `${shown}${spans % 2 === 1 ? "`" : ""}…`.slice(0, mostCharacters);
}

function escapeSign(sign: string, index: number, signs: string[]): string {
  const next = signs[index + 1];
  // A colon begins an emoji's name or ends a link's scheme only when something follows at once.
  const isColon = sign === ":" && next !== undefined && /\S/.test(next);
  return anywhere.test(sign) || isColon ? `\\${sign}` : sign;
}

/** Without signs that are not seen but turn text around or hide it. */
function clean(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, "");
}
