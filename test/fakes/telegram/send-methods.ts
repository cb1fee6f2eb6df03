import type { TelegramMessage, TelegramMessageId } from "@gramio/types";
import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { chatOf, checkSendRights, findChat, messageById, threadOf } from "./chat-access.ts";
import type { Context } from "./context.ts";
import { unixTime } from "./context.ts";
import { ephemeralTarget, placeOfSend } from "./ephemeral.ts";
import { textOf } from "./formatted-text.ts";
import { readReplyMarkup } from "./keyboards.ts";
import { telegramLimits } from "./limits.ts";
import { addMessage } from "./messages.ts";
import type { Handlers } from "./methods.ts";
import type { Parameters } from "./parameters.ts";
import { accountPayload, chatPayload, messagePayload } from "./payloads.ts";
import { readRichMessage } from "./rich-messages.ts";
import type { Chat, Content, FormattedText, MediaKind, Message } from "./world.ts";

/** A text of 1 to 4,096 units; throws the server's error otherwise. */
export function readText(values: JsonObject): FormattedText {
  const body = textOf(values, "text", "entities");
  if (body.text === "") {
    throw badRequest("message text is empty");
  }
  if (body.text.length > telegramLimits.textUnits) {
    throw badRequest("message is too long");
  }
  return body;
}

export function readCaption(values: JsonObject): FormattedText {
  const body = textOf(values, "caption", "caption_entities");
  if (body.text.length > telegramLimits.captionUnits) {
    throw badRequest("message caption is too long");
  }
  return body;
}

/** A request's values, with lists parsed that a form sends as JSON. */
export function formattedValues(parameters: Parameters): JsonObject {
  const lists = ["entities", "caption_entities"].filter((name) => parameters.values[name] !== undefined);
  return { ...parameters.values, ...Object.fromEntries(lists.map((name) => [name, parameters.list(name)])) };
}

export function textContent(parameters: Parameters): Content {
  const body = readText(formattedValues(parameters));
  return { kind: "text", body, preview: parameters.object("link_preview_options") };
}

function mediaContent(context: Context, kind: MediaKind, parameters: Parameters): Content {
  const body = kind === "video_note" ? { text: "", entities: [] } : readCaption(formattedValues(parameters));
  const given = parameters.values[kind];
  if (given === undefined || given === null || given === "") {
    throw badRequest(`there is no ${kind.replace("_", " ")} in the request`);
  }
  const about = {
    ...parameters.values,
    has_spoiler: parameters.flag("has_spoiler"),
    show_caption_above_media: parameters.flag("show_caption_above_media"),
  };
  return { kind: "media", file: context.files.take(kind, given, parameters, about), body, about };
}

/** The message replied to, from `reply_parameters`. */
function replyOf(context: Context, chat: Chat, parameters: Parameters): { to: Message | null; quote: string | null } {
  const given = parameters.object("reply_parameters");
  const id = given?.message_id ?? null;
  if (given === null || id === null) {
    const ephemeralId = given?.ephemeral_message_id;
    const to = chat.messages.find(({ ephemeral }) => ephemeral !== null && ephemeral.id === ephemeralId) ?? null;
    return { to, quote: null };
  }
  const elsewhere = given.chat_id === undefined ? chat : findChat(context, String(given.chat_id));
  const to = elsewhere === null ? null : messageById(elsewhere, Number(id));
  if (to === null && given.allow_sending_without_reply !== true) {
    throw badRequest("message to be replied not found");
  }
  const quote = typeof given.quote === "string" && given.quote !== "" ? given.quote : null;
  const whole = to?.content.kind === "text" || to?.content.kind === "media" ? to.content.body.text : "";
  if (quote !== null && to !== null && !whole.includes(quote)) {
    throw badRequest("QUOTE_TEXT_INVALID");
  }
  return { to, quote: to === null ? null : quote };
}

/** Sends the content, in the place and manner that the request gives. */
function send(context: Context, parameters: Parameters, content: Content): Message {
  const inPrivate = (chat: Chat) => chat.kind === "private";
  const markup = parameters.object("reply_markup");
  const chat = placeOfSend(context, parameters);
  const target = ephemeralTarget(context, parameters, chat);
  const keyboard = readReplyMarkup(markup, {
    inPrivate: inPrivate(chat),
    inlineOnly: chat.kind === "channel" || target !== null,
  });
  const threadId = threadOf(context, chat, parameters);
  const { to, quote } = replyOf(context, chat, parameters);
  checkSendRights(context, chat, content);
  return addMessage(context, {
    chat,
    fromId: chat.kind === "channel" ? null : context.world.bot.id,
    content,
    threadId,
    markup: keyboard,
    replyTo: to,
    quote,
    silent: parameters.flag("disable_notification"),
    ephemeral: target,
  });
}

function originOf(context: Context, message: Message): JsonObject {
  const date = unixTime(message.createdAt);
  return message.fromId === null
    ? {
        type: "channel",
        date,
        chat: chatPayload(context.world, context.world.chats.get(message.chatId)!),
        message_id: message.id,
      }
    : { type: "user", date, sender_user: accountPayload(context.world, message.fromId) };
}

function source(context: Context, parameters: Parameters, what: string): Message {
  const from = chatOf(context, parameters, "read", "from_chat_id");
  const message = messageById(from, parameters.integer("message_id"));
  if (message === null) {
    throw badRequest(`message to ${what} not found`);
  }
  if (message.content.kind === "service") {
    throw badRequest(what === "copy" ? "message can't be copied" : "message can't be forwarded");
  }
  return message;
}

const sendMedia =
  (context: Context, kind: MediaKind) =>
  (parameters: Parameters): TelegramMessage =>
    messagePayload(context, send(context, parameters, mediaContent(context, kind, parameters)));

export function sendHandlers(context: Context) {
  return {
    sendMessage: (parameters): TelegramMessage =>
      messagePayload(context, send(context, parameters, textContent(parameters))),
    sendRichMessage: (parameters): TelegramMessage =>
      messagePayload(
        context,
        send(context, parameters, readRichMessage(context, parameters, { onlyKnownFiles: false, isDraft: false })),
      ),
    sendPhoto: sendMedia(context, "photo"),
    sendVideo: sendMedia(context, "video"),
    sendAudio: sendMedia(context, "audio"),
    sendVoice: sendMedia(context, "voice"),
    sendDocument: sendMedia(context, "document"),
    sendAnimation: sendMedia(context, "animation"),
    sendVideoNote: sendMedia(context, "video_note"),
    forwardMessage(parameters): TelegramMessage {
      const original = source(context, parameters, "forward");
      const chat = chatOf(context, parameters, "write");
      checkSendRights(context, chat, original.content);
      const message = addMessage(context, {
        chat,
        fromId: chat.kind === "channel" ? null : context.world.bot.id,
        content: original.content,
        threadId: threadOf(context, chat, parameters),
        forwardOrigin: original.forwardOrigin ?? originOf(context, original),
        silent: parameters.flag("disable_notification"),
      });
      return messagePayload(context, message);
    },
    copyMessage(parameters): TelegramMessageId {
      const original = source(context, parameters, "copy");
      const { content } = original;
      const recaptioned = content.kind === "media" && parameters.values.caption !== undefined;
      const body = recaptioned ? readCaption(formattedValues(parameters)) : null;
      const copy = body === null || content.kind !== "media" ? content : { ...content, body };
      return { message_id: send(context, parameters, copy).id };
    },
    sendChatAction(parameters): true {
      const action = parameters.text("action");
      if (action === null || !chatActions.includes(action)) {
        throw badRequest("wrong parameter action in request");
      }
      const chat = chatOf(context, parameters, "write");
      const threadId = threadOf(context, chat, parameters);
      checkSendRights(context, chat, { kind: "text", body: { text: "", entities: [] }, preview: null });
      chat.action = { name: action, threadId, until: context.clock.now() + telegramLimits.chatActionMs };
      context.changed();
      return true;
    },
    sendMediaGroup(parameters): TelegramMessage[] {
      return sendAlbum(context, parameters).map((message) => messagePayload(context, message));
    },
  } satisfies Handlers;
}

const chatActions = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];

/** The kinds that may be in one album. */
export function albumFamily(kind: MediaKind): string {
  return kind === "photo" || kind === "video" ? "visual" : kind;
}

/** One item of `media`, with its caption. */
export function inputMedia(
  context: Context,
  parameters: Parameters,
  value: unknown,
  onlyKnownFiles = false,
): Extract<Content, { kind: "media" }> {
  if (!isObject(value)) {
    throw badRequest("can't parse InputMedia: expected an Object");
  }
  const kinds: Record<string, MediaKind> = {
    photo: "photo",
    video: "video",
    audio: "audio",
    document: "document",
    animation: "animation",
  };
  const kind = kinds[String(value.type)];
  if (kind === undefined) {
    throw badRequest("can't parse InputMedia: Unsupported type specified");
  }
  if (value.media === undefined || value.media === "") {
    throw badRequest(`can't parse InputMedia: media not found`);
  }
  const body = readCaption(value);
  const file = context.files.take(kind, value.media, parameters, value, onlyKnownFiles);
  return { kind: "media", file, body, about: value };
}

function sendAlbum(context: Context, parameters: Parameters): Message[] {
  const list = parameters.list("media") ?? [];
  const { min, max } = telegramLimits.albumItems;
  if (list.length === 0) {
    throw badRequest("there are no messages to send");
  }
  if (list.length > max) {
    throw badRequest("too many messages to send as an album");
  }
  if (list.length < min) {
    throw badRequest("group send failed: an album has 2 to 10 items");
  }
  const contents = list.map((item) => inputMedia(context, parameters, item));
  if (contents.some(({ file }) => file.kind === "animation")) {
    throw badRequest("can't use the media of the specified type in the album");
  }
  if (new Set(contents.map(({ file }) => albumFamily(file.kind))).size > 1) {
    throw badRequest("can't use the media of the specified type in the album");
  }
  const chat = chatOf(context, parameters, "write");
  const threadId = threadOf(context, chat, parameters);
  const { to, quote } = replyOf(context, chat, parameters);
  for (const content of contents) {
    checkSendRights(context, chat, content);
  }
  const mediaGroupId = String(13_000_000_000_000_000n + BigInt(context.next()));
  return contents.map((content) =>
    addMessage(context, {
      chat,
      fromId: chat.kind === "channel" ? null : context.world.bot.id,
      content,
      threadId,
      replyTo: to,
      quote,
      mediaGroupId,
      silent: parameters.flag("disable_notification"),
    }),
  );
}
