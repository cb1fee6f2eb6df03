import type { Message, Tone } from "@toolcast/core";
import { type APIComponentInContainer, type APIMessageTopLevelComponent, ComponentType } from "discord.js";
import { buttonRows } from "./layout-buttons.ts";
import { type Attached, attachable, type LayoutFile, wordsFile } from "./layout-files.ts";
import type { LayoutOptions } from "./layout-options.ts";
import { plainText, textOf } from "./layout-text.ts";
import { discordLimits } from "./limits.ts";
import { shorten } from "./localisation.ts";

/** A message in Discord's components, and the files they name. */
export interface Layout {
  /** The words of a classic message; where absent, they are components. */
  content?: string;
  components: APIMessageTopLevelComponent[];
  files: LayoutFile[];
}

const colours: Record<Tone, number> = {
  info: 0x5865f2,
  progress: 0x949ba4,
  success: 0x23a55a,
  question: 0xf0b232,
  warning: 0xf0b232,
  error: 0xda373c,
};

/** Whether it has a recording that people want to hear: Discord plays those in classic messages only. */
export function playsRecording(message: Message, options: Pick<LayoutOptions, "withoutFiles">): boolean {
  return attachable(message, options).some(({ medium, file }) => file !== undefined && medium.kind === "audio");
}

/** Translates a message; pure. Every foreign word is escaped, and nothing is longer than Discord takes. */
export function layoutMessage(message: Message, options: LayoutOptions): Layout {
  const media = attachable(message, options);
  return (options.classic ?? playsRecording(message, options))
    ? classicLayout(message, media, options)
    : componentLayout(message, media, options);
}

function componentLayout(message: Message, media: readonly Attached[], options: LayoutOptions): Layout {
  const { locale, note, mention, withoutFiles } = options;
  const named = mention === undefined ? "" : `<@${mention}>`;
  const mostCharacters = discordLimits.textCharacters - named.length;
  const { content } = textOf(message, media, { locale, mostCharacters, ...(note === undefined ? {} : { note }) });
  const words = withoutFiles ? [] : wordsFile(message.overflow, media);
  const recordings = media.flatMap(({ medium, file }) =>
    file !== undefined && medium.kind === "audio" ? [fileComponent(file.name)] : [],
  );
  return {
    components: [
      ...(named === "" ? [] : [{ type: ComponentType.TextDisplay as const, content: named }]),
      {
        type: ComponentType.Container,
        accent_color: colours[message.tone],
        components: [
          { type: ComponentType.TextDisplay, content },
          ...gallery(media),
          ...recordings,
          ...words.map(({ name }) => fileComponent(name)),
          ...buttonRows(message, media, options),
        ],
      },
    ],
    files: [...filesOf(media), ...words],
  };
}

/** Discord shows the files by itself: pictures side by side, films and recordings with a player. */
function classicLayout(message: Message, media: readonly Attached[], options: LayoutOptions): Layout {
  const { locale, note, mention, withoutFiles } = options;
  const named = mention === undefined ? "" : `<@${mention}>\n`;
  const mostCharacters = discordLimits.contentCharacters - named.length;
  const { content, isWhole } = textOf(message, media, {
    ...{ locale, mostCharacters },
    ...(note === undefined ? {} : { note }),
  });
  const overflow = isWhole ? message.overflow : { name: "text.txt", text: plainText(message) };
  const words = withoutFiles ? [] : wordsFile(overflow, media);
  return {
    content: `${named}${content}`,
    components: buttonRows(message, media, options),
    files: [...filesOf(media), ...words],
  };
}

function filesOf(media: readonly Attached[]): LayoutFile[] {
  return media.flatMap(({ file }) => (file === undefined ? [] : [file]));
}

/** Pictures and films, which play there. */
function gallery(media: readonly Attached[]): APIComponentInContainer[] {
  const items = media.flatMap(({ medium, file }) =>
    file === undefined || medium.kind === "audio"
      ? []
      : [
          {
            media: { url: `attachment://${file.name}` },
            description: shorten(medium.alternative, discordLimits.alternativeCharacters),
          },
        ],
  );
  return items.length === 0
    ? []
    : [{ type: ComponentType.MediaGallery, items: items.slice(0, discordLimits.galleryItems) }];
}

function fileComponent(name: string): APIComponentInContainer {
  return { type: ComponentType.File, file: { url: `attachment://${name}` } };
}
