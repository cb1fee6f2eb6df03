import type { Context } from "./context.ts";
import type { Chat, Content, Message } from "./world.ts";

/** The parts of a new message; the rest has default values. */
export interface MessageDraft {
  readonly chat: Chat;
  readonly fromId: number | null;
  readonly content: Content;
  readonly threadId?: number | null;
  readonly markup?: Message["markup"];
  readonly replyTo?: Message | null;
  readonly quote?: string | null;
  readonly mediaGroupId?: string | null;
  readonly ephemeral?: { readonly personId: number; readonly replaces: Message | null } | null;
  readonly viaBot?: boolean;
  readonly guestCallerId?: number | null;
  readonly forwardOrigin?: Message["forwardOrigin"];
  readonly silent?: boolean;
}

/** Adds a message to its chat and notifies its recipients. */
export function addMessage(context: Context, draft: MessageDraft): Message {
  const { world, clock } = context;
  const { chat, ephemeral = null } = draft;
  if (ephemeral === null) {
    chat.lastMessageId += 1;
  } else {
    chat.lastEphemeralId += 1;
  }
  const message: Message = {
    id: ephemeral === null ? chat.lastMessageId : 0,
    chatId: chat.id,
    threadId: draft.threadId ?? null,
    fromId: draft.fromId,
    createdAt: clock.now(),
    editedAt: null,
    content: draft.content,
    markup: draft.markup ?? null,
    replyTo: draft.replyTo ?? null,
    quote: draft.quote ?? null,
    mediaGroupId: draft.mediaGroupId ?? null,
    ephemeral:
      ephemeral === null
        ? null
        : { id: chat.lastEphemeralId, personId: ephemeral.personId, replaces: ephemeral.replaces },
    viaBot: draft.viaBot ?? false,
    guestCallerId: draft.guestCallerId ?? null,
    forwardOrigin: draft.forwardOrigin ?? null,
    silent: draft.silent ?? false,
    inlineId: null,
    deleted: false,
  };
  chat.messages.push(message);
  const receivers =
    ephemeral === null ? [...chat.members.keys()].filter((id) => world.users.has(id)) : [ephemeral.personId];
  for (const userId of receivers) {
    if (userId !== draft.fromId && draft.content.kind !== "service") {
      world.notifications.push({ userId, chatId: chat.id, message, silent: message.silent, at: clock.now() });
    }
  }
  if (draft.fromId === world.bot.id || draft.fromId === null) {
    endDrafts(context, chat, message.threadId);
    chat.action = null;
  }
  context.changed();
  return message;
}

/** A message by the bot ends its drafts in the same place. */
function endDrafts({ world }: Context, chat: Chat, threadId: number | null): void {
  for (let index = world.drafts.length - 1; index >= 0; index -= 1) {
    const draft = world.drafts[index]!;
    if (draft.chatId === chat.id && draft.threadId === threadId) {
      world.drafts.splice(index, 1);
    }
  }
}

export function removeMessage(context: Context, chat: Chat, message: Message): void {
  message.deleted = true;
  const at = chat.messages.indexOf(message);
  if (at !== -1) {
    chat.messages.splice(at, 1);
  }
  context.changed();
}
