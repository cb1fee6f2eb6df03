import type { Message } from "@toolcast/core";
import {
  type Attached,
  attachable,
  type ChatFile,
  filesOf,
  type KeptMessage,
  plainText,
  type ShowOptions,
  textFile,
  withKeptMedia,
} from "@toolcast/core/chat";
import type { SlackContext } from "./context.ts";
import { isShown, layoutMessage } from "./layout.ts";
import { surfaceLimits } from "./limits.ts";
import type { Content } from "./slack-api.ts";

export interface ComposeOptions extends ShowOptions {
  /** The id of the user to mention. */
  mention?: string;
  /** The channel of the message, whose shared files it can show. Default: none. */
  channel?: string;
}

/** Pictures in formats that Slack does not show are converted to JPEG. */
const reencoded = { longestSidePx: 4_096, maxBytes: 20 * 1024 * 1024 };

/** A message with the media that are still stored, and the files to share with it. */
export interface Prepared {
  message: Message;
  media: Attached[];
  files: ChatFile[];
  assets: KeptMessage["assets"];
}

export async function prepare(
  { runtime }: Pick<SlackContext, "runtime">,
  message: Message,
  { locale }: Pick<ShowOptions, "locale">,
): Promise<Prepared> {
  const showable = {
    ...message,
    media: (message.media ?? []).map((medium) =>
      medium.kind === "image" && medium.encode === undefined && medium.link === undefined && !isShown({ medium })
        ? { ...medium, encode: reencoded }
        : medium,
    ),
  };
  const options = { limits: surfaceLimits };
  const kept = await withKeptMedia(runtime, showable, { ...options, locale });
  const media = attachable(kept.message, options);
  return {
    message: kept.message,
    media,
    files: [...filesOf(media), ...textFile(overflowOf(kept.message, media, locale), media, options)],
    assets: kept.assets,
  };
}

/** The full text as a file, if the message does not show all of it. */
function overflowOf(message: Message, media: readonly Attached[], locale: ShowOptions["locale"]): Message["overflow"] {
  const { isWhole } = layoutMessage(message, media, { locale, shared: new Map(), fresh: "" });
  return isWhole ? message.overflow : { name: "text.txt", text: plainText(message, locale) };
}

/** The messages composed so far: two edits within one millisecond differ, too. */
let composed = 0;

/** A prepared message as Slack accepts it, with its buttons stored. */
export async function compose(
  context: Pick<SlackContext, "buttons" | "uploads" | "clock">,
  { message, media }: Prepared,
  { channel, ...options }: ComposeOptions,
): Promise<Content> {
  const shared = new Map<string, string>();
  if (channel !== undefined) {
    for (const { medium } of media) {
      const file = await context.uploads.sharedIn(channel, medium.assetId);
      if (file !== undefined) {
        shared.set(medium.assetId, file);
      }
    }
  }
  composed += 1;
  const fresh = `${context.clock.now().toString(36)}-${composed.toString(36)}`;
  const { content, kept } = layoutMessage(message, media, { ...options, shared, fresh });
  await context.buttons.keep(kept);
  return content;
}
