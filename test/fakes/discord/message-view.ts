import { isObject, type JsonObject } from "../json.ts";
import type { Context } from "./context.ts";
import { textOfComponents } from "./mentions.ts";
import { messagePayload } from "./message-payload.ts";
import { type Message, messageFlags, type Pings, type StoredFile } from "./world.ts";

export interface ButtonView {
  readonly label: string;
  readonly customId: string | null;
  readonly url: string | null;
  readonly disabled: boolean;
  readonly style: number;
}

/** A message as a person sees it. */
export interface MessageView {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  /** "… is thinking". */
  readonly thinking: boolean;
  readonly ephemeral: boolean;
  readonly edited: boolean;
  readonly content: string;
  /** The content and every text of its components, in order. */
  readonly text: string;
  readonly components: readonly JsonObject[];
  readonly buttons: readonly ButtonView[];
  /** Selects by custom id, with their options. */
  readonly selects: readonly { readonly customId: string; readonly values: readonly string[] }[];
  /** Files that are shown, in the order of the message. */
  readonly files: readonly StoredFile[];
  /** Recordings and videos among them that have a player: Components V2 gives recordings none. */
  readonly playable: readonly StoredFile[];
  /** Files sent along that no component shows. */
  readonly hiddenFiles: readonly StoredFile[];
  /** The people it notified. */
  readonly pings: Pings;
  readonly replyTo: string | null;
  readonly createdAt: number;
  /** The whole payload, as the API returns it. */
  readonly payload: JsonObject;
}

/** Every component of a tree, parents first. */
export function everyComponent(value: unknown): JsonObject[] {
  if (Array.isArray(value)) {
    return value.flatMap(everyComponent);
  }
  if (!isObject(value)) {
    return [];
  }
  const inner = Object.values(value).flatMap(everyComponent);
  return typeof value.type === "number" ? [value, ...inner] : inner;
}

function shownFileIds(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(shownFileIds);
  }
  if (!isObject(value)) {
    return [];
  }
  const own = typeof value.attachment_id === "string" ? [value.attachment_id] : [];
  return [...own, ...Object.values(value).flatMap(shownFileIds)];
}

export function viewMessage(context: Context, message: Message): MessageView {
  const newLayout = (message.flags & messageFlags.IS_COMPONENTS_V2) !== 0;
  const ids = shownFileIds(message.components);
  const shown = newLayout
    ? ids.flatMap((id) => message.attachments.find((file) => file.id === id) ?? [])
    : message.attachments;
  const all = everyComponent(message.components);
  return {
    id: message.id,
    channelId: message.channelId,
    authorId: message.authorId,
    thinking: (message.flags & messageFlags.LOADING) !== 0,
    ephemeral: message.ephemeralFor !== null,
    edited: message.editedAt !== null,
    content: message.content,
    text: [message.content, textOfComponents(message.components)].filter((text) => text !== "").join("\n"),
    components: message.components,
    buttons: all
      .filter((component) => component.type === 2)
      .map((component) => ({
        label: String(component.label ?? ""),
        customId: typeof component.custom_id === "string" ? component.custom_id : null,
        url: typeof component.url === "string" ? component.url : null,
        disabled: component.disabled === true,
        style: Number(component.style),
      })),
    selects: all
      .filter((component) => component.type === 3)
      .map((component) => ({
        customId: String(component.custom_id),
        values: ((component.options ?? []) as JsonObject[]).map((option) => String(option.value)),
      })),
    files: shown,
    playable: shown.filter(
      ({ contentType }) => /^(audio|video)\//.test(contentType) && !(newLayout && /^audio/.test(contentType)),
    ),
    hiddenFiles: message.attachments.filter((file) => !shown.includes(file)),
    pings: message.pings,
    replyTo: message.reference?.messageId ?? null,
    createdAt: message.createdAt,
    payload: messagePayload(context, message),
  };
}
