import type { Locale, Message, MessageMedia } from "@toolcast/core";
import { discordLimits, filesBytes } from "./limits.ts";
import { speak } from "./sentences.ts";

/** A file that goes with a message: a medium (or its smaller encode), or words too long for it. */
export type LayoutFile = { name: string; medium: MessageMedia } | { name: string; text: string };

/** A medium of a message, and the file that shows it. */
export interface Attached {
  medium: MessageMedia;
  /** Absent when only its address or its name is shown. */
  file?: LayoutFile & { medium: MessageMedia };
}

/** As many files as one request takes; the others are shown by their address. */
export function attachable({ media = [] }: Message, { withoutFiles }: { withoutFiles?: boolean }): Attached[] {
  const taken = new Set<string>();
  let left = filesBytes;
  return media.map((medium, index) => {
    const bytes = Math.min(medium.encode?.maxBytes ?? medium.bytes, medium.bytes);
    const bySelf = medium.encode !== undefined || medium.link === undefined;
    if (withoutFiles || !bySelf || index >= discordLimits.attachments || bytes > left) {
      return { medium };
    }
    left -= bytes;
    const extension = medium.encode === undefined ? (/\.([A-Za-z0-9]{1,8})$/.exec(medium.name)?.[1] ?? "bin") : "jpg";
    return { medium, file: { name: safeName(medium.name, extension, taken), medium } };
  });
}

/** Words as a file beside the others; none where ten media are there already: the job has them all. */
export function wordsFile(overflow: Message["overflow"], media: readonly Attached[]): LayoutFile[] {
  const names = new Set(media.flatMap(({ file }) => (file === undefined ? [] : [file.name])));
  return overflow === undefined || names.size >= discordLimits.attachments
    ? []
    : [{ name: safeName(overflow.name, "txt", names), text: overflow.text }];
}

/** The address of a medium that people elsewhere can open: one of this machine is none, and Discord refuses some. */
export function linkOf({ link }: MessageMedia): MessageMedia["link"] {
  const { hostname = "localhost" } = URL.parse(link?.url ?? "") ?? {};
  const isOurs = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || hostname.endsWith(".localhost");
  return isOurs || (link?.url.length ?? 0) > discordLimits.linkCharacters ? undefined : link;
}

/** Where a medium that is not shown can be had. */
export function wordsFor(medium: MessageMedia, locale: Locale): string {
  const { name, bytes } = medium;
  const link = linkOf(medium);
  if (link === undefined) {
    const size = new Intl.NumberFormat(locale, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
    return speak("keptOnly", locale, { name, size: size.format(bytes / 1_000_000) });
  }
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return speak("linkUntil", locale, { name, time: `${time.format(link.expiresAt)} UTC` });
}

/** A name that Discord leaves as it is, so that components can refer to it; different for each file of a message. */
function safeName(name: string, extension: string, taken: Set<string>): string {
  const stem =
    name
      .replace(/\.[^.]*$/, "")
      .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
      .replaceAll(/^[-_]+|[-_]+$/g, "")
      .slice(0, 60) || "file";
  let free = `${stem}.${extension.toLowerCase()}`;
  for (let number = 2; taken.has(free); number += 1) {
    free = `${stem}-${number}.${extension.toLowerCase()}`;
  }
  taken.add(free);
  return free;
}
