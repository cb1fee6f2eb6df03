import type { TelegramMessage } from "@gramio/types";
import { isObject, type JsonObject } from "../json.ts";
import type { Context } from "./context.ts";
import { messagePayload } from "./payloads.ts";
import { activeParts, textOfBlocks } from "./rich-text.ts";
import type { Draft, FormattedText, MediaKind, Message, StoredFile } from "./world.ts";

export interface ButtonView {
  readonly label: string;
  readonly data: string | null;
  readonly url: string | null;
  readonly disabled: boolean;
}

/** A message as a person sees it. */
export interface MessageView {
  /** 0 for an ephemeral message. */
  readonly id: number;
  readonly chatId: number;
  readonly threadId: number | null;
  /** Written by the bot, or sent through it. */
  readonly fromBot: boolean;
  readonly fromId: number | null;
  readonly edited: boolean;
  readonly ephemeral: boolean;
  /** A text, a caption, or every text of a rich message. */
  readonly text: string;
  readonly kind: "text" | "rich" | "service" | MediaKind;
  readonly files: readonly StoredFile[];
  /** Inline buttons, in order. */
  readonly buttons: readonly ButtonView[];
  /** Asks for a reply in the text field. */
  readonly forcesReply: boolean;
  readonly replyTo: number | null;
  readonly mediaGroupId: string | null;
  /**
   * The active parts: mentions (which ping), links, commands, hashtags. Foreign text is inert if none of it is listed
   * here.
   */
  readonly active: readonly { readonly type: string; readonly text: string; readonly url: string | null }[];
  /** The address for which a preview is shown. */
  readonly preview: string | null;
  readonly silent: boolean;
  readonly createdAt: number;
  /** The whole payload, as the API returns it. */
  readonly payload: TelegramMessage;
  readonly message: Message;
}

const activeTypes = [
  "mention",
  "text_mention",
  "url",
  "text_link",
  "email",
  "hashtag",
  "cashtag",
  "bot_command",
  "phone_number",
];

function activeOf({ text, entities }: FormattedText): MessageView["active"] {
  return entities
    .filter(({ type }) => activeTypes.includes(type))
    .map((entity) => {
      const shown = text.slice(entity.offset, entity.offset + entity.length);
      const url = "url" in entity && typeof entity.url === "string" ? entity.url : entity.type === "url" ? shown : null;
      return { type: entity.type, text: shown, url };
    });
}

function fileIds(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(fileIds);
  }
  if (!isObject(value)) {
    return [];
  }
  const own = typeof value.file_id === "string" && !value.file_id.endsWith("-s") ? [value.file_id] : [];
  return [...own, ...Object.values(value).flatMap(fileIds)];
}

export function viewMessage(context: Context, message: Message): MessageView {
  const { content, markup } = message;
  const { world } = context;
  const body = content.kind === "text" || content.kind === "media" ? content.body : null;
  const active =
    content.kind === "rich"
      ? activeParts(content.blocks).map((part) => ({
          type: String(part.type),
          text: textOfBlocks([part]),
          url: typeof part.url === "string" ? part.url : null,
        }))
      : body === null
        ? []
        : activeOf(body);
  const disabledPreview = content.kind !== "text" || content.preview?.is_disabled === true;
  const rows = Array.isArray(markup?.inline_keyboard) ? (markup.inline_keyboard as JsonObject[][]) : [];
  const files =
    content.kind === "media"
      ? [content.file]
      : content.kind === "rich"
        ? fileIds(content.blocks).flatMap((id) => world.files.get(id) ?? [])
        : [];
  return {
    id: message.id,
    chatId: message.chatId,
    threadId: message.threadId,
    fromBot: message.fromId === world.bot.id || message.viaBot,
    fromId: message.fromId,
    edited: message.editedAt !== null,
    ephemeral: message.ephemeral !== null,
    text: content.kind === "rich" ? textOfBlocks(content.blocks) : (body?.text ?? ""),
    kind: content.kind === "media" ? content.file.kind : content.kind,
    files,
    buttons: rows.flat().map((button) => ({
      label: String(button.text),
      data: typeof button.callback_data === "string" ? button.callback_data : null,
      url: typeof button.url === "string" ? button.url : null,
      disabled: button.disabled !== undefined,
    })),
    forcesReply: markup?.force_reply === true,
    replyTo: message.replyTo === null || message.replyTo.deleted ? null : message.replyTo.id,
    mediaGroupId: message.mediaGroupId,
    active,
    preview: disabledPreview ? null : (active.find(({ url }) => url !== null && !url.startsWith("tg:"))?.url ?? null),
    silent: message.silent,
    createdAt: message.createdAt,
    payload: messagePayload(context, message),
    message,
  };
}

/** A draft as its person sees it: "Thinking…" when it has no text yet. */
export interface DraftView {
  readonly draftId: number;
  readonly threadId: number | null;
  readonly text: string;
  readonly thinking: boolean;
  readonly canStop: boolean;
}

export function viewDraft(draft: Draft): DraftView {
  const text = draft.blocks === null ? (draft.body?.text ?? "") : textOfBlocks(draft.blocks);
  return {
    draftId: draft.draftId,
    threadId: draft.threadId,
    text,
    thinking: text === "",
    canStop: draft.canStop && !draft.stopped,
  };
}
