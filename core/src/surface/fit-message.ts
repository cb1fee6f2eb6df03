import type { Locale } from "../ground/locale.ts";
import type { MediaLink } from "../media/media-links.ts";
import { say } from "../messages/sentence.ts";
import type { Message, MessageMedia } from "./message.ts";
import type { SurfaceLimits } from "./surface.ts";

/** What a person sees of a picture sent in a large one's stead, in pixels. */
const encodeSidePx = 2_048;
/** Room for the fields and the surface's own layout, in characters. */
const layoutCharacters = 200;

/** What a place can carry, and where the rest can be had. */
export interface Fit {
  limits: Pick<SurfaceLimits, "mediaBytes" | "textCharacters">;
  locale: Locale;
  linkTo(assetId: string): Promise<MediaLink | null>;
}

/**
 * A message as a place can carry it: media too large become a smaller encode or a link, text too long a file. Nothing
 * is lost: the whole stays with the job.
 */
export async function fitMessage(message: Message, { limits, locale, linkTo }: Fit): Promise<Message> {
  const media: MessageMedia[] = [];
  const lines = [...(message.lines ?? [])];
  for (const medium of message.media ?? []) {
    if (medium.bytes <= limits.mediaBytes) {
      media.push(medium);
      continue;
    }
    const link = await linkTo(medium.assetId);
    if (medium.kind === "image") {
      const encode = { longestSidePx: encodeSidePx, maxBytes: limits.mediaBytes };
      media.push({ ...medium, encode, ...(link === null ? {} : { link }) });
    } else if (link !== null) {
      media.push({ ...medium, link });
    } else {
      const { name, bytes } = medium;
      lines.push(say({ key: "media.kept-too-large", values: { name, size: { bytes } } }, locale));
    }
  }
  const fitted = {
    ...message,
    ...(lines.length === 0 ? {} : { lines }),
    ...(message.media === undefined ? {} : { media }),
  };
  return fitText(fitted, limits.textCharacters);
}

/** Fields and buttons stay; of the paragraphs as much as there is room for, and all of them in a file. */
function fitText(message: Message, textCharacters: number): Message {
  const fields = (message.fields ?? []).reduce((sum, { label, value }) => sum + length(label) + length(value) + 4, 0);
  const room = Math.max(0, textCharacters - layoutCharacters - length(message.title) - fields);
  const lines = message.lines ?? [];
  if (lines.reduce((sum, line) => sum + length(line) + 1, 0) <= room) {
    return message;
  }
  const kept: string[] = [];
  let left = room;
  for (const line of lines) {
    const characters = [...line];
    if (characters.length + 1 > left) {
      if (left > 1) {
        kept.push(`${characters.slice(0, left - 1).join("")}…`);
      }
      break;
    }
    kept.push(line);
    left -= characters.length + 1;
  }
  return { ...message, lines: kept, overflow: { name: "text.txt", text: lines.join("\n\n") } };
}

function length(text: string): number {
  return [...text].length;
}
