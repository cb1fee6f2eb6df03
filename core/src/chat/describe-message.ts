import type { Locale } from "../ground/locale.ts";
import { dateTimeFormat, numberFormat } from "../messages/formats.ts";
import { say } from "../messages/sentence.ts";
import type { Message, MessageMedia, NamedMoment } from "../surface/message.ts";
import { type Block, blockText, type Span } from "./blocks.ts";

/** How a message is described, apart from its content. */
export interface DescribeOptions {
  /** The reader's language. */
  locale: Locale;
  /** Media that are not sent as files: each is named, with a way to get it. Default none. */
  unsent?: readonly MessageMedia[];
  /** Links the name of an unsent medium to its address. Default false: the address is on a button. */
  linkedNames?: boolean;
  /** The text that the message answers, if the platform does not show it. Default none. */
  quote?: string;
  /** Small print below everything else. Default none. */
  note?: string;
}

/** Characters of a progress bar. */
const barLength = 12;

/** A message as blocks of plain text, in reading order. */
export function describeMessage(message: Message, options: DescribeOptions): Block[] {
  const { title, lines = [], fields = [], progress, moments: named = [] } = message;
  const { unsent = [], quote, note } = options;
  return [
    ...(quote === undefined ? [] : [block("quote", { text: quote })]),
    block("title", ...withMoments({ text: title }, named)),
    ...lines.map((text) => block("paragraph", ...withMoments({ text }, named))),
    ...(progress === undefined ? [] : [block("progress", { text: bar(progress) })]),
    ...unsent.map((medium) => ({ kind: "unsent" as const, spans: unsentSpans(medium, options) })),
    ...fields.map(({ label, value, copyable, moments = [] }) =>
      block(
        "fact",
        ...withMoments({ text: label, bold: true }, moments),
        { text: ": " },
        ...(copyable ? [codeOrPlain(value)] : withMoments({ text: value }, moments)),
      ),
    ),
    ...(note === undefined ? [] : [block("note", { text: note })]),
  ];
}

/** The whole message without styles, for a file sent with a message that is shown only in part. */
export function plainText(message: Message, locale: Locale): string {
  const { overflow, lines = [] } = message;
  const { progress: _passing, ...rest } = { ...message, lines: overflow === undefined ? lines : [overflow.text] };
  const blocks = describeMessage(rest, { locale }).filter((one) => blockText(one) !== "");
  return blocks.map((one, index) => `${gapBefore(blocks, index)}${blockText(one)}`).join("");
}

/** The line breaks between a block and the one before it, on platforms whose messages are a single text. */
export function gapBefore(blocks: readonly Block[], index: number): "" | "\n" | "\n\n" {
  const areFacts = blocks[index]?.kind === "fact" && blocks[index - 1]?.kind === "fact";
  return index === 0 ? "" : areFacts ? "\n" : "\n\n";
}

function block(kind: Block["kind"], ...spans: Span[]): Block {
  return { kind, spans };
}

/** The value as code, which people copy: one line, without surrounding white space. */
function codeOrPlain(value: string): Span {
  const line = value.replaceAll(/\s+/g, " ").trim();
  return line === "" ? { text: value } : { text: line, code: true };
}

/** The moments of a text as spans of their own. */
function withMoments(span: Span, [first, ...others]: readonly NamedMoment[]): Span[] {
  const at = first === undefined || first.text === "" ? -1 : span.text.lastIndexOf(first.text);
  if (first === undefined) {
    return [span];
  }
  const { text, ...moment } = first;
  return at === -1
    ? withMoments(span, others)
    : [
        ...withMoments({ ...span, text: span.text.slice(0, at) }, others),
        { ...span, text, moment },
        ...withMoments({ ...span, text: span.text.slice(at + text.length) }, others),
      ];
}

/** Where to get a medium that is not shown. */
function unsentSpans(medium: MessageMedia, { locale, linkedNames }: DescribeOptions): Span[] {
  const { name, bytes, link } = medium;
  if (link === undefined) {
    const size = numberFormat(locale, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
    return [{ text: say({ key: "chat.kept-only", values: { name, size: size.format(bytes / 1_000_000) } }, locale) }];
  }
  const time = dateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  const until: NamedMoment = { text: `${time.format(link.expiresAt)} UTC`, at: link.expiresAt, detail: "minute" };
  const text = say({ key: "chat.link-until", values: { name, time: until.text } }, locale);
  const at = linkedNames && name !== "" ? text.indexOf(name) : -1;
  const rest = (from: number) => withMoments({ text: text.slice(from) }, [until]);
  return at === -1
    ? rest(0)
    : [...withMoments({ text: text.slice(0, at) }, [until]), { text: name, link: link.url }, ...rest(at + name.length)];
}

function bar({ fraction, estimated, label }: NonNullable<Message["progress"]>): string {
  if (fraction === undefined) {
    return label;
  }
  const full = Math.max(0, Math.min(barLength, Math.round(fraction * barLength)));
  const percent = `${estimated ? "≈ " : ""}${Math.floor(fraction * 100)} %`;
  return `${"▰".repeat(full)}${"▱".repeat(barLength - full)} ${percent} · ${label}`;
}
