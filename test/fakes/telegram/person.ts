import { isEphemeralCommand, tellBot } from "./bot-sight.ts";
import type { CallbackPress, Context, InlineAsk } from "./context.ts";
import { unixTime } from "./context.ts";
import type { StoreOptions } from "./files.ts";
import { readFormattedText } from "./formatted-text.ts";
import { inlineContent } from "./inline-results.ts";
import { telegramLimits } from "./limits.ts";
import { type DraftView, type MessageView, viewDraft, viewMessage } from "./message-view.ts";
import { addMessage, type MessageDraft, removeMessage } from "./messages.ts";
import { privateChat } from "./new-world.ts";
import {
  accountPayload,
  chatPayload,
  inaccessiblePayload,
  memberPayload,
  messagePayload,
  userPayload,
} from "./payloads.ts";
import { inlineIdOf } from "./query-methods.ts";
import {
  type Chat,
  type Content,
  isMember,
  type MediaKind,
  type MemberStatus,
  type Message,
  type Notification,
  type User,
} from "./world.ts";

/** An act that a person's client would not allow. */
class NotPossible extends Error {}

/** Where and in reply to what somebody writes; default their chat with the bot. */
export interface Where {
  readonly in?: Chat;
  readonly threadId?: number | null;
  /** A message that they see, or one that they wrote, here or in another chat. */
  readonly replyTo?: MessageView | Message | null;
}

export interface FilePost extends Where, StoreOptions {
  readonly caption?: string;
}

export interface AlbumItem extends StoreOptions {
  readonly kind: "photo" | "video" | "audio" | "document";
  readonly bytes: Uint8Array;
  readonly caption?: string;
}

/** A person with Telegram's app in front of them. Anything that app would not allow throws NotPossible. */
export interface Person {
  readonly id: number;
  readonly user: User;
  /** Their chat with the bot, opened when it is first needed. */
  readonly chat: Chat;
  /** Writes a text; one that begins with `/` is a command, and the first one starts the bot. */
  write(text: string, where?: Where): Message;
  /** Opens the bot, by a deep link if there is a payload: `t.me/<bot>?start=<payload>`. */
  start(payload?: string): Message;
  /** Sends a file of a kind, with a caption. */
  send(kind: MediaKind, bytes: Uint8Array, post?: FilePost): Message;
  /** Sends several at once; their updates arrive `gapMs` apart, as Telegram's may. */
  sendAlbum(items: readonly AlbumItem[], where?: Where & { readonly gapMs?: number }): readonly Message[];
  edit(message: Message, text: string): void;
  delete(message: Message): void;
  /** Presses a button by its label or data. `inaccessible`: the bot can no longer see the message. */
  press(message: MessageView, button: string, how?: { readonly inaccessible?: boolean }): CallbackPress;
  /** Types `@bot query` anywhere. */
  askInline(query: string): InlineAsk;
  /** Sends one of the offered results. */
  chooseInline(ask: InlineAsk, resultId: string, where?: Where): Message;
  /** Mentions the bot in a chat that it is not in; `@bot` is put before the text automatically. */
  callGuest(text: string, where: Where & { readonly in: Chat }): Message;
  /** Presses "Stop" below a draft. */
  stop(draft?: DraftView): void;
  block(blocked?: boolean): void;
  /** Adds the bot to a group or channel, or changes its role there. */
  addBot(chat: Chat, as?: "member" | "administrator" | "restricted"): void;
  removeBot(chat: Chat): void;
  /** Everything they see in a chat, oldest first. */
  visibleMessages(chat?: Chat): MessageView[];
  /** The drafts they see at present. */
  drafts(chat?: Chat): DraftView[];
  /** The bot's current chat action there, e.g. `upload_photo`. */
  chatAction(chat?: Chat): string | null;
  /** The notifications on their device. */
  notifications(chat?: Chat): readonly Notification[];
}

export function createPerson(context: Context, user: User): Person {
  const { world, updates, clock } = context;

  function place(where: Where): Pick<MessageDraft, "chat" | "threadId" | "replyTo"> {
    const chat = where.in ?? privateChat(world, user);
    if (!isMember(chat, user.id)) {
      throw new NotPossible(`${user.firstName} is not in this chat`);
    }
    if (chat.migratedTo !== null || chat.deleted) {
      throw new NotPossible("nobody can write here any more");
    }
    const replied = where.replyTo ?? null;
    const replyTo = replied === null ? null : "message" in replied ? replied.message : replied;
    const threadId = where.threadId ?? (replyTo?.chatId === chat.id ? replyTo.threadId : null);
    if (threadId !== null && chat.topics.get(threadId)?.closed !== false) {
      throw new NotPossible("there is no such topic, or it is closed");
    }
    return { chat, threadId, replyTo };
  }

  /** A person's own message; the first one in their chat with the bot starts it. */
  function post(where: Where, content: Content, more: Partial<MessageDraft> = {}): Message {
    const at = place(where);
    if (at.chat.kind === "private" && user.blockedBot) {
      throw new NotPossible("unblock the bot first");
    }
    user.started ||= at.chat.kind === "private";
    const text = content.kind === "text" ? content.body.text : "";
    const alone = isEphemeralCommand(context, at.chat, user.id, text) || at.replyTo?.ephemeral != null;
    return addMessage(context, {
      ...at,
      fromId: at.chat.kind === "channel" ? null : user.id,
      content,
      ephemeral: alone ? { personId: user.id, replaces: null } : null,
      ...more,
    });
  }

  const textOf = (text: string): Content => ({
    kind: "text",
    body: readFormattedText(text, null, null),
    preview: null,
  });

  function mediaOf(kind: MediaKind, bytes: Uint8Array, about: FilePost | AlbumItem): Content {
    const body = readFormattedText(about.caption ?? "", null, null);
    return { kind: "media", file: context.files.store(kind, bytes, about), body, about: {} };
  }

  function sees(message: Message, hidden: ReadonlySet<Message>): boolean {
    return (message.ephemeral === null || message.ephemeral.personId === user.id) && !hidden.has(message);
  }

  function changeBot(chat: Chat, status: MemberStatus): void {
    const old = memberPayload(world, chat, world.bot.id);
    chat.members.set(world.bot.id, status);
    updates.push(
      "my_chat_member",
      {
        chat: chatPayload(world, chat),
        from: userPayload(user),
        date: unixTime(clock.now()),
        old_chat_member: old,
        new_chat_member: memberPayload(world, chat, world.bot.id),
      },
      String(chat.id),
    );
    context.changed();
  }

  function tellMembership(chat: Chat, fields: Record<string, unknown>): void {
    if (chat.kind !== "channel") {
      tellBot(context, addMessage(context, { chat, fromId: user.id, content: { kind: "service", fields } }));
    }
  }

  const person: Person = {
    id: user.id,
    user,
    get chat() {
      return privateChat(world, user);
    },
    write(text, where = {}) {
      if (text.length > telegramLimits.textUnits) {
        throw new NotPossible("the app sends this as several messages");
      }
      const message = post(where, textOf(text));
      tellBot(context, message);
      return message;
    },
    start: (payload) => person.write(payload === undefined ? "/start" : `/start ${payload}`),
    send(kind, bytes, about = {}) {
      const message = post(about, mediaOf(kind, bytes, about));
      tellBot(context, message);
      return message;
    },
    sendAlbum(items, { gapMs = 0, ...where } = {}) {
      const mediaGroupId = String(14_000_000_000_000_000n + BigInt(context.next()));
      const sent = items.map((item) => post(where, mediaOf(item.kind, item.bytes, item), { mediaGroupId }));
      for (const [index, message] of sent.entries()) {
        if (gapMs === 0) {
          tellBot(context, message);
        } else {
          clock.setTimer(index * gapMs, () => tellBot(context, message));
        }
      }
      return sent;
    },
    edit(message, text) {
      if (message.fromId !== user.id || message.deleted) {
        throw new NotPossible("this is not theirs");
      }
      message.content =
        message.content.kind === "media"
          ? { ...message.content, body: readFormattedText(text, null, null) }
          : textOf(text);
      message.editedAt = clock.now();
      tellBot(context, message, true);
      context.changed();
    },
    delete(message) {
      removeMessage(context, world.chats.get(message.chatId)!, message);
    },
    press(view, button, { inaccessible = false } = {}) {
      const { message } = view;
      const chat = world.chats.get(message.chatId)!;
      const shown = viewMessage(context, message).buttons.find(
        ({ label, data }) => label === button || data === button,
      );
      if (message.deleted || !isMember(chat, user.id) || !sees(message, new Set())) {
        throw new NotPossible(`${user.firstName} does not see this message`);
      }
      if (shown === undefined || shown.disabled || shown.data === null) {
        throw new NotPossible(`there is nothing to press under ${button}`);
      }
      const press: CallbackPress = {
        id: String(4_000_000_000_000_000_000n + BigInt(context.next())),
        userId: user.id,
        message,
        data: shown.data,
        at: clock.now(),
        answer: null,
      };
      context.presses.set(press.id, press);
      const byInline =
        message.viaBot ||
        message.guestCallerId !== null ||
        (world.bot.callbackQueryMode === "inline" && message.ephemeral === null);
      const where = byInline
        ? { inline_message_id: inlineIdOf(context, message) }
        : {
            message: inaccessible ? (inaccessiblePayload(world, message) as never) : messagePayload(context, message),
          };
      updates.push(
        "callback_query",
        { id: press.id, from: userPayload(user), ...where, chat_instance: String(chat.id * 7), data: press.data },
        String(chat.id),
      );
      return press;
    },
    askInline(query) {
      if (!world.bot.inline) {
        throw new NotPossible("the bot has no inline mode");
      }
      const ask: InlineAsk = {
        id: String(5_000_000_000_000_000_000n + BigInt(context.next())),
        userId: user.id,
        query,
        at: clock.now(),
        results: null,
        button: null,
      };
      context.asks.set(ask.id, ask);
      updates.push(
        "inline_query",
        { id: ask.id, from: userPayload(user), query, offset: "", chat_type: "sender" },
        String(user.id),
      );
      return ask;
    },
    chooseInline(ask, resultId, where = {}) {
      const result = ask.results?.find(({ id }) => String(id) === resultId);
      if (result === undefined || ask.userId !== user.id) {
        throw new NotPossible("this was not offered");
      }
      const { content, markup } = inlineContent(context, result);
      const message = post(where, content, { viaBot: true, markup, ephemeral: null });
      const inlineId = markup === null ? null : inlineIdOf(context, message);
      if (world.bot.inlineFeedback) {
        updates.push(
          "chosen_inline_result",
          {
            result_id: resultId,
            from: userPayload(user),
            query: ask.query,
            ...(inlineId === null ? {} : { inline_message_id: inlineId }),
          },
          String(user.id),
        );
      }
      tellBot(context, message);
      return message;
    },
    callGuest(text, where) {
      if (!world.bot.guest || isMember(where.in, world.bot.id)) {
        throw new NotPossible("the bot is no guest here");
      }
      const message = post(where, textOf(`@${world.bot.username} ${text}`));
      const id = String(6_000_000_000_000_000_000n + BigInt(context.next()));
      context.guestCalls.set(id, { id, message, answers: 0 });
      updates.push("guest_message", { ...messagePayload(context, message), guest_query_id: id }, String(where.in.id));
      return message;
    },
    stop(view) {
      const draft = world.drafts.find(
        ({ chatId, draftId, canStop, stopped, until }) =>
          chatId === user.id &&
          canStop &&
          !stopped &&
          until > clock.now() &&
          (view === undefined || draftId === view.draftId),
      );
      if (draft === undefined) {
        throw new NotPossible("there is nothing to stop");
      }
      draft.stopped = true;
      if (!draft.keepOnStop) {
        draft.until = clock.now();
      }
      updates.push(
        "stopped_message_generation",
        {
          chat: chatPayload(world, privateChat(world, user)),
          draft_id: draft.draftId,
          ...(draft.threadId === null ? {} : { message_thread_id: draft.threadId }),
        },
        String(user.id),
      );
      context.changed();
    },
    block(blocked = true) {
      const chat = privateChat(world, user);
      const old = memberPayload(world, chat, world.bot.id, user.blockedBot ? "kicked" : "member");
      user.blockedBot = blocked;
      updates.push(
        "my_chat_member",
        {
          chat: chatPayload(world, chat),
          from: userPayload(user),
          date: unixTime(clock.now()),
          old_chat_member: old,
          new_chat_member: memberPayload(world, chat, world.bot.id, blocked ? "kicked" : "member"),
        },
        String(user.id),
      );
      context.changed();
    },
    addBot(chat, as = chat.kind === "channel" ? "administrator" : "member") {
      const was = isMember(chat, world.bot.id);
      changeBot(chat, as);
      if (!was) {
        tellMembership(chat, { new_chat_members: [accountPayload(world, world.bot.id)] });
      }
    },
    removeBot(chat) {
      changeBot(chat, "kicked");
      context.changed();
    },
    visibleMessages(chat = privateChat(world, user)) {
      if (!isMember(chat, user.id)) {
        return [];
      }
      // An ephemeral message may replace another one, for its receiver only.
      const hidden = new Set(
        chat.messages.flatMap(({ ephemeral }) =>
          ephemeral?.personId === user.id && ephemeral.replaces !== null ? [ephemeral.replaces] : [],
        ),
      );
      return chat.messages.filter((message) => sees(message, hidden)).map((message) => viewMessage(context, message));
    },
    drafts: (chat = privateChat(world, user)) =>
      world.drafts
        .filter(({ chatId, until }) => chatId === chat.id && chatId === user.id && until > clock.now())
        .map(viewDraft),
    chatAction: (chat = privateChat(world, user)) =>
      chat.action !== null && chat.action.until > clock.now() ? chat.action.name : null,
    notifications: (chat) =>
      world.notifications.filter(
        ({ userId, chatId }) => userId === user.id && (chat === undefined || chatId === chat.id),
      ),
  };
  return person;
}
