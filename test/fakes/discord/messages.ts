import { DiscordError, refusal } from "./api-error.ts";
import type { Context } from "./context.ts";
import { discordLimits } from "./limits.ts";
import { nobody, pingsOf } from "./mentions.ts";
import type { MessageDraft } from "./message-body.ts";
import { messagePayload } from "./message-payload.ts";
import { type Channel, type Message, type MessageInteraction, messageFlags } from "./world.ts";

/** A new message apart from its body; a null draft is a placeholder that is "thinking". */
export interface NewMessage {
  readonly channel: Channel;
  readonly authorId: string;
  readonly draft: MessageDraft | null;
  readonly type: number;
  readonly reference?: Message | null;
  readonly ephemeralFor?: string | null;
  readonly interaction?: MessageInteraction | null;
  readonly nonce?: string | null;
}

/** Stores messages and notifies the app of each change. */
export interface Messages {
  create(message: NewMessage): Message;
  edit(message: Message, draft: MessageDraft): void;
  remove(message: Message): void;
  /** A message that anybody in the channel may fetch: an ephemeral one is unknown. */
  find(channelId: string, messageId: string): Message;
  /** Includes ephemeral ones: for those who have the token. */
  byId(messageId: string): Message | null;
  newestFirst(channelId: string): Message[];
}

/** When old messages were edited, by channel; Discord limits these edits apart from the rate limits. */
function createOldEditLimit(context: Context) {
  const { olderThanMs, count, windowMs } = discordLimits.editsOfOldMessages;
  const edits = new Map<string, number[]>();
  return (message: Message) => {
    const now = context.clock.now();
    if (now - message.createdAt <= olderThanMs) {
      return;
    }
    const recent = (edits.get(message.channelId) ?? []).filter((at) => at > now - windowMs);
    if (recent.length >= count) {
      const retryAfter = (recent[0]! + windowMs - now) / 1000;
      throw new DiscordError(
        429,
        30046,
        "Maximum number of edits to messages older than 1 hour reached. Try again later.",
        null,
        { retry_after: retryAfter, global: false },
      );
    }
    edits.set(message.channelId, [...recent, now]);
  };
}

export function createMessages(context: Context): Messages {
  const { world, clock, snowflakes } = context;
  const boundOldEdits = createOldEditLimit(context);
  const eventOf = (message: Message) => {
    const guildId = world.channels.get(message.channelId)?.guildId;
    return { ...messagePayload(context, message), ...(guildId ? { guild_id: guildId } : {}) };
  };
  const repliedTo = (message: Message) =>
    message.reference === null ? null : (messages.byId(message.reference.messageId)?.authorId ?? null);

  function announce(event: "MESSAGE_CREATE" | "MESSAGE_UPDATE", message: Message, nonce: string | null): void {
    if (message.ephemeralFor === null) {
      const data = eventOf(message);
      const own = message.authorId === world.application.botUserId;
      const direct = world.channels.get(message.channelId)?.guildId === null;
      const hidden =
        own || direct || context.readsMessageContent
          ? {}
          : { content: "", embeds: [], attachments: [], components: [] };
      context.dispatch(event, { ...data, ...hidden, ...(nonce === null ? {} : { nonce }) });
    }
    context.changed();
  }

  const messages: Messages = {
    create({
      channel,
      authorId,
      draft,
      type,
      reference = null,
      ephemeralFor = null,
      interaction = null,
      nonce = null,
    }) {
      const pings = draft
        ? pingsOf(world, channel, authorId, draft.text, draft.allowedMentions, reference?.authorId ?? null)
        : nobody;
      const message: Message = {
        id: snowflakes.next(),
        channelId: channel.id,
        authorId,
        type,
        createdAt: clock.now(),
        editedAt: null,
        content: draft?.content ?? "",
        embeds: draft?.embeds ?? [],
        components: draft?.components ?? [],
        attachments: draft?.attachments ?? [],
        flags:
          ((draft?.flags ?? messageFlags.LOADING) & ~messageFlags.EPHEMERAL) |
          (ephemeralFor === null ? 0 : messageFlags.EPHEMERAL),
        pings,
        mentionedIds: pings.userIds,
        reference: reference === null ? null : { messageId: reference.id, channelId: reference.channelId },
        ephemeralFor,
        interaction,
      };
      for (const file of message.attachments) {
        world.attachments.set(file.id, file);
      }
      if (channel.kind === "thread" && channel.archived) {
        channel.archived = false;
      }
      world.messages.set(channel.id, [...(world.messages.get(channel.id) ?? []), message]);
      announce("MESSAGE_CREATE", message, nonce);
      return message;
    },
    edit(message, draft) {
      // Deleting a channel deletes its messages.
      const channel = world.channels.get(message.channelId)!;
      if (channel.archived) {
        throw refusal("threadArchived");
      }
      boundOldEdits(message);
      const thinking = (message.flags & messageFlags.LOADING) !== 0;
      const pings = pingsOf(world, channel, message.authorId, draft.text, draft.allowedMentions, repliedTo(message));
      const gone = message.attachments.filter((file) => !draft.attachments.includes(file));
      for (const file of gone) {
        world.attachments.delete(file.id);
      }
      for (const file of draft.attachments) {
        world.attachments.set(file.id, file);
      }
      message.content = draft.content;
      message.embeds = draft.embeds;
      message.components = draft.components;
      message.attachments = draft.attachments;
      message.mentionedIds = pings.userIds;
      message.flags = (message.flags | draft.flags) & ~messageFlags.LOADING;
      if (thinking) {
        message.pings = pings;
      } else {
        message.editedAt = clock.now();
      }
      announce("MESSAGE_UPDATE", message, null);
    },
    remove(message) {
      for (const file of message.attachments) {
        world.attachments.delete(file.id);
      }
      const left = (world.messages.get(message.channelId) ?? []).filter((other) => other !== message);
      world.messages.set(message.channelId, left);
      if (message.ephemeralFor === null) {
        const guildId = world.channels.get(message.channelId)?.guildId;
        context.dispatch("MESSAGE_DELETE", {
          id: message.id,
          channel_id: message.channelId,
          ...(guildId ? { guild_id: guildId } : {}),
        });
      }
      context.changed();
    },
    find(channelId, messageId) {
      const message = world.messages.get(channelId)?.find(({ id }) => id === messageId);
      if (message === undefined || message.ephemeralFor !== null) {
        throw refusal("unknownMessage");
      }
      return message;
    },
    byId(messageId) {
      for (const list of world.messages.values()) {
        const found = list.find(({ id }) => id === messageId);
        if (found !== undefined) {
          return found;
        }
      }
      return null;
    },
    newestFirst: (channelId) =>
      (world.messages.get(channelId) ?? []).filter(({ ephemeralFor }) => ephemeralFor === null).toReversed(),
  };
  return messages;
}
