import type { Message } from "@toolcast/core";
import {
  type Attached,
  attachable,
  type ChatFile,
  describeMessage,
  filesOf,
  fitBlocks,
  type KeptButton,
  plainText,
  shorten,
  textFile,
  unsentMedia,
} from "@toolcast/core/chat";
import type { Tone } from "@toolcast/core/surface";
import { type APIComponentInContainer, type APIMessageTopLevelComponent, ComponentType } from "discord.js";
import { buttonsOf } from "./layout-buttons.ts";
import type { LayoutOptions } from "./layout-options.ts";
import { discordLimits, surfaceLimits } from "./limits.ts";
import { markdownPort } from "./markdown.ts";

/** A message as Discord's components, and the files they refer to. */
export interface Layout {
  /** The text of a message without layout components; when absent, the text is in components. */
  content?: string;
  components: APIMessageTopLevelComponent[];
  files: ChatFile[];
  /** What to store before the message is shown. */
  kept: KeptButton[];
}

const colours: Record<Tone, number> = {
  info: 0x5865f2,
  progress: 0x949ba4,
  success: 0x23a55a,
  question: 0xf0b232,
  warning: 0xf0b232,
  error: 0xda373c,
};

/** How files are chosen and named: components refer to them by name, so Discord must not change the names. */
export function attachOptions({ withoutFiles }: Pick<LayoutOptions, "withoutFiles">) {
  return { limits: surfaceLimits, asciiNames: true, withoutFiles };
}

/** Whether it has a recording that people want to hear: Discord plays those only in messages without layout components. */
export function playsRecording(message: Message, options: Pick<LayoutOptions, "withoutFiles">): boolean {
  return attachable(message, attachOptions(options)).some(
    ({ medium, file }) => file !== undefined && medium.kind === "audio",
  );
}

/** Translates a message; pure. All foreign text is escaped, and nothing is longer than Discord accepts. */
export function layoutMessage(message: Message, options: LayoutOptions): Layout {
  const { locale, note, mention } = options;
  const media = attachable(message, attachOptions(options));
  const isContent = options.asContent ?? playsRecording(message, options);
  const named = mention === undefined ? "" : `<@${mention}>${isContent ? "\n" : ""}`;
  const most = isContent ? discordLimits.contentCharacters : discordLimits.textCharacters;
  const unsent = unsentMedia(media, discordLimits);
  const blocks = describeMessage(message, { locale, unsent, note });
  const { native: text, isWhole } = fitBlocks(blocks, markdownPort, most - named.length);
  const overflow = isWhole ? message.overflow : { name: "text.txt", text: plainText(message, locale) };
  const textFiles = textFile(overflow, media, attachOptions(options));
  const { rows, kept } = buttonsOf(message, media, options);
  const files = [...filesOf(media), ...textFiles];
  // Discord lays out the files of such a message itself: pictures side by side, videos and recordings with a player.
  return isContent
    ? { content: `${named}${text}`, components: rows, files, kept }
    : {
        components: [
          ...(named === "" ? [] : [{ type: ComponentType.TextDisplay as const, content: named }]),
          {
            type: ComponentType.Container,
            accent_color: colours[message.tone],
            components: [
              { type: ComponentType.TextDisplay, content: text },
              ...gallery(media),
              ...recordings(media),
              ...textFiles.map(fileComponent),
              ...rows,
            ],
          },
        ],
        files,
        kept,
      };
}

/** Pictures, and videos, which play there. */
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

/** Recordings, which can be saved there. */
function recordings(media: readonly Attached[]): APIComponentInContainer[] {
  return media.flatMap(({ medium, file }) =>
    file !== undefined && medium.kind === "audio" ? [fileComponent(file)] : [],
  );
}

function fileComponent({ name }: { name: string }): APIComponentInContainer {
  return { type: ComponentType.File, file: { url: `attachment://${name}` } };
}
