import type { TelegramMessage } from "@gramio/types";
import type { JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { chatOf, checkSendRights, messageById } from "./chat-access.ts";
import type { Context } from "./context.ts";
import { ownEphemeral } from "./ephemeral.ts";
import { readReplyMarkup } from "./keyboards.ts";
import { telegramLimits } from "./limits.ts";
import { removeMessage } from "./messages.ts";
import type { Handlers } from "./methods.ts";
import type { Parameters } from "./parameters.ts";
import { messagePayload } from "./payloads.ts";
import { readRichMessage } from "./rich-messages.ts";
import { albumFamily, formattedValues, inputMedia, readCaption, textContent } from "./send-methods.ts";
import { type Chat, type Content, isAdministrator, type Message } from "./world.ts";

interface Edited {
  readonly message: Message;
  readonly inline: boolean;
}

/** What the server compares to see whether an edit changes anything. */
function fingerprint(content: Content, markup: JsonObject | null): string {
  const plain =
    content.kind === "media"
      ? { ...content, file: content.file.uniqueId, about: content.about.has_spoiler === true }
      : content;
  return JSON.stringify([plain, markup]);
}

export function editHandlers(context: Context) {
  const { world } = context;

  function target(parameters: Parameters): Edited {
    const inlineId = parameters.text("inline_message_id");
    if (inlineId !== null && parameters.text("chat_id") === null) {
      const message = world.inlineMessages.get(inlineId);
      if (message === undefined || message.deleted) {
        throw badRequest("MESSAGE_ID_INVALID");
      }
      return { message, inline: true };
    }
    const chat = chatOf(context, parameters, "edit");
    const id = parameters.integer("message_id");
    if (id === null) {
      throw badRequest("message identifier is not specified");
    }
    const message = messageById(chat, id);
    if (message === null) {
      throw badRequest("message to edit not found");
    }
    const own = message.fromId === world.bot.id || (message.fromId === null && isAdministrator(chat, world.bot.id));
    if (!own || message.content.kind === "service" || message.forwardOrigin !== null) {
      throw badRequest("message can't be edited");
    }
    return { message, inline: false };
  }

  const placeOf = ({ message, inline }: Edited) => {
    const chat = world.chats.get(message.chatId)!;
    return { chat, keyboard: { inPrivate: chat.kind === "private" && !inline, inlineOnly: true } };
  };

  /** An edit without a keyboard removes the old one. */
  function apply(edited: Edited, parameters: Parameters, content: Content): void {
    const { chat, keyboard } = placeOf(edited);
    const markup = readReplyMarkup(parameters.object("reply_markup"), keyboard);
    const { message } = edited;
    if (!edited.inline && content.kind === "media" && message.content.kind !== "media") {
      checkSendRights(context, chat, content);
    }
    if (fingerprint(message.content, message.markup) === fingerprint(content, markup)) {
      throw badRequest(
        "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    }
    message.content = content;
    message.markup = markup;
    message.editedAt = context.clock.now();
    context.changed();
  }

  const answer = (edited: Edited): TelegramMessage | true =>
    edited.inline ? true : messagePayload(context, edited.message);

  function newText(edited: Edited, parameters: Parameters): Content {
    const { content } = edited.message;
    if (parameters.values.rich_message !== undefined) {
      if (content.kind === "media") {
        throw badRequest("there is no text in the message to edit");
      }
      const rich = readRichMessage(context, parameters, { onlyKnownFiles: edited.inline, isDraft: false });
      checkRich(edited, rich);
      return rich;
    }
    const text = textContent(parameters);
    if (content.kind !== "text" && content.kind !== "rich") {
      throw badRequest("there is no text in the message to edit");
    }
    return text;
  }

  function checkRich(edited: Edited, content: Content): void {
    if (!edited.inline) {
      checkSendRights(context, placeOf(edited).chat, content);
    }
  }

  function newCaption({ message }: Edited, parameters: Parameters): Content {
    const body = readCaption(formattedValues(parameters));
    const { content } = message;
    if (content.kind !== "media") {
      throw badRequest("there is no caption in the message to edit");
    }
    const about = { ...content.about, show_caption_above_media: parameters.flag("show_caption_above_media") };
    return { ...content, body, about };
  }

  function newMedia({ message, inline }: Edited, parameters: Parameters): Content {
    const media = parameters.object("media");
    if (media === null) {
      throw badRequest("media isn't specified");
    }
    const content = inputMedia(context, parameters, media, inline);
    const old = message.content;
    if (old.kind === "media" && ["voice", "video_note"].includes(old.file.kind)) {
      throw badRequest("message can't be edited");
    }
    if (message.mediaGroupId !== null) {
      const family = old.kind === "media" ? albumFamily(old.file.kind) : "";
      if (albumFamily(content.file.kind) !== family) {
        throw badRequest("can't use the media of the specified type in the album");
      }
    }
    return content;
  }

  const edit =
    (read: (edited: Edited, parameters: Parameters) => Content) =>
    (parameters: Parameters): TelegramMessage | true => {
      const edited = target(parameters);
      apply(edited, parameters, read(edited, parameters));
      return answer(edited);
    };

  const editEphemeral =
    (read: (edited: Edited, parameters: Parameters) => Content) =>
    (parameters: Parameters): true => {
      const edited = { message: ownEphemeral(context, parameters), inline: false };
      apply(edited, parameters, read(edited, parameters));
      return true;
    };

  const unchanged = ({ message }: Edited) => message.content;

  function deletable(chat: Chat, message: Message): boolean {
    const young = context.clock.now() - message.createdAt < telegramLimits.deletableMs;
    const own = message.fromId === world.bot.id;
    if (chat.kind === "private") {
      return young;
    }
    return isAdministrator(chat, world.bot.id) || (own && young);
  }

  function remove(chat: Chat, id: number): void {
    const message = messageById(chat, id);
    if (message === null) {
      throw badRequest("message to delete not found");
    }
    if (!deletable(chat, message)) {
      throw badRequest("message can't be deleted");
    }
    removeMessage(context, chat, message);
  }

  return {
    editMessageText: edit(newText),
    editMessageCaption: edit(newCaption),
    editMessageMedia: edit(newMedia),
    editMessageReplyMarkup: edit(unchanged),
    editEphemeralMessageText: editEphemeral(newText),
    editEphemeralMessageCaption: editEphemeral(newCaption),
    editEphemeralMessageMedia: editEphemeral(newMedia),
    editEphemeralMessageReplyMarkup: editEphemeral(unchanged),
    deleteEphemeralMessage(parameters): true {
      const message = ownEphemeral(context, parameters);
      removeMessage(context, world.chats.get(message.chatId)!, message);
      return true;
    },
    deleteMessage(parameters): true {
      remove(chatOf(context, parameters, "write"), parameters.integer("message_id") ?? 0);
      return true;
    },
    deleteMessages(parameters): true {
      const ids = parameters.list("message_ids") ?? [];
      if (ids.length === 0) {
        throw badRequest("message identifiers are not specified");
      }
      if (ids.length > 100) {
        throw badRequest("too many message identifiers specified");
      }
      const chat = chatOf(context, parameters, "write");
      // Messages that cannot be found are skipped.
      for (const id of ids) {
        if (messageById(chat, Number(id)) !== null) {
          remove(chat, Number(id));
        }
      }
      return true;
    },
  } satisfies Handlers;
}
