import type { TelegramInlineKeyboardMarkup } from "@gramio/types";
import type { Message, MessageMedia } from "@toolcast/core";
import {
  attachable,
  buttonRows,
  describeMessage,
  type FileSource,
  fileSources,
  filesOf,
  fitBlocks,
  messageButtons,
  plainText,
  type ShowOptions,
  textFile,
  unsentMedia,
  withKeptMedia,
} from "@toolcast/core/chat";
import type { TelegramContext } from "./context.ts";
import { fileKey } from "./file-ids.ts";
import { type FormattedText, formattedTextPort } from "./formatted-text.ts";
import { type ServerLimits, telegramLimits } from "./limits.ts";
import { type MediumKind, mediumKinds } from "./medium-kinds.ts";

export interface ComposeOptions extends Pick<ShowOptions, "locale" | "buttons" | "links" | "note"> {
  /** Leaves the files out, after Telegram refused them. Default false. */
  withoutFiles?: boolean;
}

/** A file of a message, and the ways to show it, best first. */
export interface ComposedMedium {
  /** The key of the file's id at Telegram. */
  key: string;
  medium: MessageMedia;
  content: FileSource;
  kinds: readonly MediumKind[];
}

/** A message in Telegram's parts: with a single medium, its text fits in the caption. */
export interface Composed {
  text: FormattedText;
  keyboard: TelegramInlineKeyboardMarkup | undefined;
  media: ComposedMedium[];
  /** Text too long for its place, as a file. */
  textFiles: FileSource[];
}

const attachOptions = ({ surface: limits }: ServerLimits, { withoutFiles }: ComposeOptions) => ({
  limits,
  withoutFiles,
});

/** A message with its files read and its buttons stored. */
export async function compose(
  { runtime, buttons, limits }: Pick<TelegramContext, "runtime" | "buttons" | "limits">,
  given: Message,
  options: ComposeOptions,
): Promise<Composed> {
  const { locale, note } = options;
  const { message, assets } = await withKeptMedia(runtime, given, { ...attachOptions(limits, options), locale });
  const attached = attachable(message, attachOptions(limits, options));
  const files = filesOf(attached);
  const unsent = unsentMedia(attached, telegramLimits);
  const blocks = describeMessage(message, { locale, unsent, note });
  // An album cannot have buttons, so its text is a separate message.
  const most = files.length === 1 ? telegramLimits.captionCharacters : telegramLimits.textCharacters;
  const { native: text, isWhole } = fitBlocks(blocks, formattedTextPort, most);
  const overflow = isWhole ? message.overflow : { name: "text.txt", text: plainText(message, locale) };
  const shown = messageButtons(message, attached, {
    ...{ locale, limits: telegramLimits },
    buttons: options.buttons,
    links: options.links,
  });
  await buttons.keep(shown.kept);
  const rows = buttonRows(
    shown.buttons.map((button) =>
      button.kind === "link"
        ? { text: button.label, url: button.url }
        : { text: button.label, callback_data: button.id },
    ),
    telegramLimits.buttonsPerRow,
  );
  const contents = await fileSources(runtime, files, assets);
  return {
    text,
    keyboard: rows.length === 0 ? undefined : { inline_keyboard: rows },
    media: files.flatMap((file, index) => {
      const content = contents[index] as FileSource;
      if (!("medium" in file)) {
        return [];
      }
      const { medium } = file;
      return [{ key: fileKey(medium), medium, content, kinds: mediumKinds(medium, content) }];
    }),
    textFiles: await fileSources(runtime, textFile(overflow, attached, attachOptions(limits, options)), assets),
  };
}
