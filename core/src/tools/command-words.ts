/** One word of a command: an input by name, with or without its value, or plain words. */
export interface CommandWord {
  /** The word's number, counted from 0. */
  index: number;
  /** Its offset in the text. */
  start: number;
  end: number;
  /** The input it names, with underscores. */
  name?: string;
  /** The name as it was written, e.g. `--negative-prompt`. */
  written?: string;
  /** Without quotes. Absent for a named input whose value, if it has one, is the next word. */
  value?: string;
}

/** Opening quotes, with what may close each: keyboards and phones mix straight and curly quotes. */
const quotes: Readonly<Record<string, string>> = {
  '"': '"“”',
  "“": '"“”',
  "”": '"“”',
  "'": "'‘’",
  "‘": "'‘’",
  "「": "」",
  "『": "』",
};

/** `--name`, `--name=`; phones turn two hyphens into one dash, which counts only before a known name. */
const dashed = /(?:(--)|[—–]{1,2})([\p{L}_][\p{L}\p{N}_-]*)([=＝]?)/uy;
/** `name=`, only for known names: a description may well contain `e=mc²`. */
const assigned = /([\p{L}_][\p{L}\p{N}_-]*)[=＝]/uy;

/** Splits a command's text. `isKnown` decides which names are inputs; after a lone `--` none are. */
export function readWords(text: string, isKnown: (name: string) => boolean): CommandWord[] {
  const source: Source = { text, isKnown, unclosed: new Set() };
  const words: CommandWord[] = [];
  let position = skipSpace(text, 0);
  let namesEnded = false;
  while (position < text.length) {
    const plain = readValue(source, position);
    if (!namesEnded && text.slice(position, plain.end) === "--") {
      namesEnded = true;
      position = skipSpace(text, plain.end);
      continue;
    }
    const named = namesEnded ? null : readNamed(source, position);
    const { end, ...word } = named ?? plain;
    words.push({ index: words.length, start: position, end, ...word });
    position = skipSpace(text, end);
  }
  return words;
}

interface Source {
  text: string;
  isKnown: (name: string) => boolean;
  /** Closing quotes known not to occur in the rest: each is searched for only once, which keeps reading linear. */
  unclosed: Set<string>;
}

type Read = Pick<CommandWord, "name" | "written" | "value"> & { end: number };

function readNamed(source: Source, start: number): Read | null {
  const { text, isKnown } = source;
  dashed.lastIndex = start;
  const withDashes = dashed.exec(text);
  if (withDashes !== null) {
    const [written, twoDashes, rawName, equals] = withDashes as unknown as [string, string | undefined, string, string];
    const name = nameOf(rawName);
    const end = start + written.length;
    const isWhole = equals !== "" || end === text.length || /\s/.test(text[end] ?? "");
    if (isWhole && (twoDashes !== undefined || isKnown(name))) {
      const shown = written.replace(/[=＝]$/, "");
      return equals === "" ? { name, written: shown, end } : { name, written: shown, ...readValue(source, end) };
    }
  }
  assigned.lastIndex = start;
  const [written, rawName] = assigned.exec(text) ?? [];
  if (written === undefined || rawName === undefined || !isKnown(nameOf(rawName))) {
    return null;
  }
  return { name: nameOf(rawName), written: rawName, ...readValue(source, start + written.length) };
}

/** Reads up to the next space, or between quotes if the closing one ends a word. */
function readValue({ text, unclosed }: Source, start: number): { value: string; end: number } {
  const closing = quotes[text[start] ?? ""];
  if (closing !== undefined && !unclosed.has(closing)) {
    for (let at = start + 1; at < text.length; at += 1) {
      const isEscaped = text[at - 1] === "\\";
      const endsWord = at + 1 === text.length || /\s/.test(text[at + 1]!);
      if (!isEscaped && endsWord && closing.includes(text[at]!)) {
        return { value: text.slice(start + 1, at).replaceAll(/\\(["'“”‘’「」『』])/g, "$1"), end: at + 1 };
      }
    }
    unclosed.add(closing);
  }
  let end = start;
  while (end < text.length && !/\s/.test(text[end]!)) {
    end += 1;
  }
  return { value: text.slice(start, end), end };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at]!)) {
    at += 1;
  }
  return at;
}

/** An input or a command as programs name it. */
export function nameOf(written: string): string {
  return written.toLowerCase().replaceAll("-", "_");
}
