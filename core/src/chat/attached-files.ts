import { safeFileName } from "../media/file-name.ts";
import { isReachableElsewhere, type MediaLink } from "../media/media-links.ts";
import type { Message, MessageMedia } from "../surface/message.ts";
import type { SurfaceLimits } from "../surface/surface.ts";

/** A file sent with a message: a medium (or a smaller version of it), or text too long for the message. */
export type ChatFile = { name: string; medium: MessageMedia } | { name: string; text: string };

/** A medium of a message, and the file it is sent as. */
export interface Attached {
  medium: MessageMedia;
  /** Absent if only its address or its name is shown. */
  file?: { name: string; medium: MessageMedia };
}

/** How the files of a message are chosen and named. */
export interface AttachOptions {
  /** How many files one message takes, and how many bytes in all. */
  limits: Pick<SurfaceLimits, "mediaPerMessage" | "messageBytes">;
  /** Sends no files, because the platform refused them. Default false. */
  withoutFiles?: boolean;
  /**
   * Limits names to ASCII letters, digits, dashes and underscores, for messages that refer to files by name. Default
   * false: any name that is safe to save.
   */
  asciiNames?: boolean;
}

/** Picks as many files as one message takes and gives each its own name; the other media are shown by their address. */
export function attachable({ media = [] }: Message, { limits, withoutFiles, asciiNames }: AttachOptions): Attached[] {
  const taken = new Set<string>();
  let [files, bytes] = [limits.mediaPerMessage, limits.messageBytes ?? Number.POSITIVE_INFINITY];
  return media.map((medium) => {
    const { name, encode, encodedFrom, link } = medium;
    const size = Math.min(encode?.maxBytes ?? medium.bytes, medium.bytes);
    const isLinkOnly = encode === undefined && encodedFrom === undefined && link !== undefined;
    if (withoutFiles || isLinkOnly || files < 1 || size > bytes) {
      return { medium };
    }
    [files, bytes] = [files - 1, bytes - size];
    const [ending = "", extension = "bin"] = /\.([A-Za-z0-9]{1,8})$/.exec(name) ?? [];
    const [wanted, format] =
      encode === undefined ? [name, extension] : [`${name.slice(0, name.length - ending.length)}.jpg`, "jpg"];
    return { medium, file: { name: unusedName(wanted, format, { taken, asciiNames }), medium } };
  });
}

/**
 * The long text as a further file; undefined if there is no room for one more, because the job keeps the whole text.
 */
export function textFile(
  overflow: Message["overflow"],
  media: readonly Attached[],
  { limits, withoutFiles, asciiNames }: AttachOptions,
): ChatFile[] {
  const taken = new Set(media.flatMap(({ file }) => (file === undefined ? [] : [file.name])));
  return overflow === undefined || withoutFiles || taken.size >= limits.mediaPerMessage
    ? []
    : [{ name: unusedName(overflow.name, "txt", { taken, asciiNames }), text: overflow.text }];
}

/** The files of those media that have one. */
export function filesOf(media: readonly Attached[]): ChatFile[] {
  return media.flatMap(({ file }) => (file === undefined ? [] : [file]));
}

/** The media without a file, each with an address only if `reachableLink` returns one. */
export function unsentMedia(media: readonly Attached[], options: LinkOptions): MessageMedia[] {
  return media.flatMap(({ medium: { link, ...medium }, file }) => {
    const reachable = reachableLink({ link }, options);
    return file === undefined ? [{ ...medium, link: reachable }] : [];
  });
}

/** Which addresses a platform accepts. */
export interface LinkOptions {
  /** The longest address in characters. Default: no limit. */
  linkCharacters?: number;
}

/**
 * A medium's address, if people elsewhere can open it: not one of this machine, and not one too long for the platform.
 */
export function reachableLink(
  { link }: Pick<MessageMedia, "link">,
  { linkCharacters = Number.POSITIVE_INFINITY }: LinkOptions = {},
): MediaLink | undefined {
  return link !== undefined && link.url.length <= linkCharacters && isReachableElsewhere(link) ? link : undefined;
}

/** A name that no other file of the message has, ignoring case. */
function unusedName(
  name: string,
  extension: string,
  { taken, asciiNames }: { taken: Set<string>; asciiNames: boolean | undefined },
): string {
  const safe = asciiNames ? asciiName(name, extension.toLowerCase()) : safeFileName(name, extension.toLowerCase());
  const dot = safe.lastIndexOf(".");
  let free = safe;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) {
    free = `${safe.slice(0, dot)}-${number}${safe.slice(dot)}`;
  }
  taken.add(free.toLowerCase());
  return free;
}

function asciiName(name: string, extension: string): string {
  const stem = name
    .replace(/\.[^.]*$/, "")
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .replaceAll(/^[-_]+|[-_]+$/g, "")
    .slice(0, 60);
  return `${stem || "file"}.${extension}`;
}
