import { isObject, type JsonObject } from "../json.ts";
import type { Base } from "./context.ts";
import type { Files } from "./files.ts";
import { messagePayload } from "./message-payload.ts";
import { everyObject, type Mentions, ownPieces, shownText } from "./mrkdwn.ts";
import type { Message, StoredFile } from "./world.ts";

export interface ButtonView {
  readonly label: string;
  readonly actionId: string;
  readonly blockId: string;
  readonly value: string | null;
  readonly url: string | null;
  readonly style: string | null;
}

export interface ImageView {
  /** The file shown, or null if the picture has an address of its own. */
  readonly file: StoredFile | null;
  readonly url: string | null;
  readonly altText: string;
}

/** A message as a person sees it. */
export interface MessageView {
  readonly ts: string;
  readonly channelId: string;
  readonly threadTs: string | null;
  readonly userId: string;
  readonly byApp: boolean;
  readonly ephemeral: boolean;
  readonly edited: boolean;
  /** Being streamed. */
  readonly streaming: boolean;
  /** The visible text: the texts of the blocks if there are any, otherwise the text, with entities resolved. */
  readonly text: string;
  /** The `text` as it was sent, which notifications show. */
  readonly rawText: string;
  readonly blocks: readonly JsonObject[];
  readonly buttons: readonly ButtonView[];
  /** Selects and similar elements by action id, with their options. */
  readonly selects: readonly { readonly actionId: string; readonly values: readonly string[] }[];
  /** Visible pictures in blocks. */
  readonly images: readonly ImageView[];
  /** Files that were shared with the message. */
  readonly files: readonly StoredFile[];
  /** Files that the message names but nobody sees. */
  readonly hiddenFiles: readonly StoredFile[];
  readonly mentions: Mentions;
  /** Addresses for which Slack makes a preview. */
  readonly unfurls: readonly string[];
  /** The people notified by its posting. */
  readonly notified: readonly string[];
  readonly createdAt: number;
  /** The whole payload, as the API returns it. */
  readonly payload: JsonObject;
}

const inlineTypes = new Set(["rich_text_section", "rich_text_preformatted", "rich_text_quote"]);

function inlineText(element: JsonObject, nameOf: NameOf): string {
  const { text, url, user_id: user, channel_id: channel, type, fallback } = element;
  if (type === "date") {
    return String(fallback ?? "");
  }
  const target = typeof user === "string" ? `@${user}` : typeof channel === "string" ? `#${channel}` : null;
  return String(text ?? url ?? (target === null ? "" : (nameOf(target) ?? target)));
}

type NameOf = (target: string) => string | null;

export function viewMessage(base: Base, files: Files, message: Message): MessageView {
  const { world } = base;
  const objects = everyObject(message.blocks).map((object) => ({ object, blockId: "" }));
  for (const block of message.blocks) {
    for (const inner of everyObject(block)) {
      const entry = objects.find(({ object }) => object === inner);
      if (entry !== undefined) {
        entry.blockId = String(block.block_id);
      }
    }
  }
  const nameOf: NameOf = (target) => {
    const user = world.users.get(target.slice(1));
    const channel = world.channels.get(target.slice(1));
    return user !== undefined ? `@${user.name}` : channel !== undefined ? `#${channel.name}` : null;
  };
  const buttonTexts = new Set(
    objects.filter(({ object }) => "action_id" in object).flatMap(({ object }) => everyObject(object)),
  );
  /** Blocks are on separate lines; the elements of one section share a line. */
  const textsOf = (value: unknown): string[] => {
    if (Array.isArray(value)) {
      return value.flatMap(textsOf);
    }
    if (!isObject(value) || buttonTexts.has(value)) {
      return [];
    }
    return inlineTypes.has(String(value.type))
      ? [(value.elements as JsonObject[]).map((element) => inlineText(element, nameOf)).join("")]
      : [...ownPieces(value).map((piece) => shownText(piece, nameOf)), ...Object.values(value).flatMap(textsOf)];
  };
  const hidden = [...message.hiddenFileIds].flatMap((id) => files.byId(id) ?? []);
  const images = objects.flatMap(({ object }): ImageView[] => {
    const given = object.slack_file;
    if (isObject(given)) {
      const file = typeof given.id === "string" ? files.byId(given.id) : files.byAddress(String(given.url));
      const gone = file === null || file.state === "deleted" || hidden.includes(file);
      return gone ? [] : [{ file, url: null, altText: String(object.alt_text) }];
    }
    return typeof object.image_url === "string"
      ? [{ file: null, url: object.image_url, altText: String(object.alt_text) }]
      : [];
  });
  const unfurled = message.ephemeralFor === null && (message.unfurl.links || message.unfurl.media);
  return {
    ts: message.ts,
    channelId: message.channelId,
    threadTs: message.threadTs,
    userId: message.userId,
    byApp: message.byApp,
    ephemeral: message.ephemeralFor !== null,
    edited: message.edited !== null,
    streaming: message.streaming,
    text: (message.blocks.length === 0
      ? [shownText({ text: message.text, reading: "mrkdwn" }, nameOf)]
      : textsOf(message.blocks)
    )
      .filter((text) => text !== "")
      .join("\n"),
    rawText: message.text,
    blocks: message.blocks,
    buttons: objects
      .filter(({ object }) => object.type === "button" || object.type === "icon_button")
      .map(({ object, blockId }) => ({
        label: isObject(object.text) ? String(object.text.text) : "",
        actionId: String(object.action_id),
        blockId,
        value: typeof object.value === "string" ? object.value : null,
        url: typeof object.url === "string" ? object.url : null,
        style: typeof object.style === "string" ? object.style : null,
      })),
    selects: objects
      .filter(({ object }) => Array.isArray(object.options) && typeof object.action_id === "string")
      .map(({ object }) => ({
        actionId: String(object.action_id),
        values: (object.options as JsonObject[]).map(({ value }) => String(value)),
      })),
    images,
    files: message.fileIds.flatMap((id) => {
      const file = files.byId(id);
      return file === null || file.state === "deleted" || hidden.includes(file) ? [] : [file];
    }),
    hiddenFiles: hidden,
    mentions: message.mentions,
    unfurls: unfurled ? message.mentions.links.map(({ url }) => url) : [],
    notified: message.notified,
    createdAt: message.createdAt,
    payload: messagePayload(base, files, message, "answer"),
  };
}
