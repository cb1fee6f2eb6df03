import { graphemes } from "../ground/graphemes.ts";
import type { Locale } from "../ground/locale.ts";
import { isReachableElsewhere, type MediaLink } from "../media/media-links.ts";
import { say } from "../messages/sentence.ts";
import type { Message, MessageMedia } from "./message.ts";
import type { SurfaceLimits, TextUnit } from "./surface.ts";

/** The longest side of the picture sent instead of one that is too large, in pixels. */
const encodeSidePx = 2_048;
/** Room for the fields and the surface's own layout, in the surface's unit. */
const layoutRoom = 200;
/** How much of a value that was asked for is shown however little room there is, in the surface's unit. */
const leastAsked = 40;

/** What a place can show, and where the rest is available. */
export interface Fit {
  limits: Omit<SurfaceLimits, "mediaPerMessage" | "updateIntervalMs">;
  locale: Locale;
  linkTo(assetId: string): Promise<MediaLink | null>;
  /** A recording's encode of at most `maxBytes`, as a message shows it; null if that is impossible. */
  smaller(medium: MessageMedia, maxBytes: number): Promise<MessageMedia | null>;
}

/**
 * Fits a message to a place: media that are too large become a smaller encode or a link, text that is too long a file.
 * Nothing is lost, because the job keeps everything.
 */
export async function fitMessage(message: Message, { limits, locale, linkTo, smaller }: Fit): Promise<Message> {
  const media: MessageMedia[] = [];
  const lines = [...(message.lines ?? [])];
  const tell = (key: "media.sent-smaller" | "media.kept-too-large", { name, bytes }: MessageMedia, limit: number) =>
    lines.push(say({ key, values: { name, size: { bytes }, limit: { bytes: limit } } }, locale));
  for (const medium of message.media ?? []) {
    const maxBytes = limits.mediaBytesByKind?.[medium.kind] ?? limits.mediaBytes;
    if (medium.bytes <= maxBytes) {
      media.push(medium);
      continue;
    }
    const address = await linkTo(medium.assetId);
    const link = address !== null && isReachableElsewhere(address) ? { link: address } : null;
    const encoded = medium.kind === "audio" ? await smaller(medium, maxBytes) : null;
    if (medium.kind === "image") {
      media.push({ ...medium, encode: { longestSidePx: encodeSidePx, maxBytes }, ...link });
    } else if (encoded !== null) {
      media.push({ ...encoded, ...link });
      tell("media.sent-smaller", medium, maxBytes);
    } else if (link !== null) {
      media.push({ ...medium, ...link });
    } else {
      tell("media.kept-too-large", medium, maxBytes);
    }
  }
  const fitted = {
    ...message,
    ...(lines.length === 0 ? {} : { lines }),
    ...(message.media === undefined ? {} : { media }),
    actions: message.actions?.slice(0, limits.buttonsPerMessage),
  };
  const isCaption = media.some(
    ({ encode, encodedFrom, link }) => encode !== undefined || encodedFrom !== undefined || link === undefined,
  );
  const { textCharacters, captionCharacters = textCharacters, textUnit = "characters" } = limits;
  return fitText(fitted, isCaption ? captionCharacters : textCharacters, textUnit);
}

/** Keeps fields and buttons, and as much of the paragraphs as fits; a file has all of them. */
function fitText(given: Message, most: number, unit: TextUnit): Message {
  const length = lengthIn[unit];
  const message = fitAsked(given, most - layoutRoom, length);
  const room = Math.max(0, most - layoutRoom - length(message.title) - fieldsLength(message, length));
  const lines = message.lines ?? [];
  if (lines.reduce((sum, line) => sum + length(line) + 1, 0) <= room) {
    return message;
  }
  if (message.growing) {
    return { ...message, lines: fitGrowing(lines, room, length) };
  }
  const kept: string[] = [];
  let left = room;
  for (const line of lines) {
    if (length(line) + 1 > left) {
      const shown = beginning(line, left - length("…") - 1, length);
      if (shown !== "") {
        kept.push(`${shown}…`);
      }
      break;
    }
    kept.push(line);
    left -= length(line) + 1;
  }
  return { ...message, lines: kept, overflow: { name: "text.txt", text: lines.join("\n\n") } };
}

/** The paragraphs before a text that still grows, and as much of its end as fits. */
function fitGrowing(lines: readonly string[], room: number, length: (text: string) => number): string[] {
  const before = lines.slice(0, -1);
  const left = room - before.reduce((sum, line) => sum + length(line) + 1, 0);
  const backwards = graphemes(lines.at(-1)?.slice(-Math.max(0, left)) ?? "")
    .slice(1)
    .toReversed();
  let taken = 0;
  let used = length("…") + 1;
  for (const letter of backwards) {
    used += length(letter);
    if (used > left) {
      break;
    }
    taken += 1;
  }
  const shown = backwards.slice(0, taken).toReversed().join("");
  return shown === "" ? before : [...before, `…${shown}`];
}

/** The request is shortened first, its longest part before the rest: the asker knows it, and the job's timeline has it. */
function fitAsked(message: Message, room: number, length: (text: string) => number): Message {
  const { title, lines = [], fields = [] } = message;
  const paragraphs = lines.reduce((sum, line) => sum + length(line) + 1, 0);
  const over = length(title) + fieldsLength(message, length) + paragraphs - room;
  const asked = fields.filter(({ kind }) => kind === "asked").map(({ value }) => length(value));
  if (over <= 0 || asked.length === 0) {
    return message;
  }
  const cutBy = (cap: number) => asked.reduce((sum, one) => sum + Math.max(0, one - cap), 0);
  let cap = Math.max(...asked);
  while (cap > leastAsked && cutBy(cap) < over) {
    cap = Math.max(leastAsked, Math.floor(cap * 0.9));
  }
  return {
    ...message,
    fields: fields.map((field) =>
      field.kind === "asked" && length(field.value) > cap
        ? { ...field, value: `${beginning(field.value, cap - length("…"), length)}…` }
        : field,
    ),
  };
}

function fieldsLength({ fields = [] }: Message, length: (text: string) => number): number {
  return fields.reduce((sum, { label, value }) => sum + length(label) + length(value) + 4, 0);
}

const lengthIn: Record<TextUnit, (text: string) => number> = {
  characters: (text) => [...text].length,
  utf16: (text) => text.length,
  bytes: (text) => Buffer.byteLength(text),
};

/** As many characters of a text as fit. */
function beginning(text: string, room: number, length: (text: string) => number): string {
  // A unit has at most two UTF-16 ones. Cutting the text here may leave half a character at its end.
  const enough = text.slice(0, Math.max(0, room) * 2 + 2);
  const letters = graphemes(enough).slice(0, enough === text ? undefined : -1);
  let shown = "";
  let left = room;
  for (const letter of letters) {
    left -= length(letter);
    if (left < 0) {
      break;
    }
    shown += letter;
  }
  return shown;
}
