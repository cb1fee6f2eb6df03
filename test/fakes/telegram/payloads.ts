import type {
  TelegramChat,
  TelegramChatFullInfo,
  TelegramChatMember,
  TelegramMessage,
  TelegramUser,
} from "@gramio/types";
import type { JsonObject } from "../json.ts";
import { type Context, unixTime } from "./context.ts";
import { mediaFields } from "./media-payload.ts";
import { type Chat, type MemberStatus, type Message, sendRights, type User, type World } from "./world.ts";

export function userPayload(user: User): TelegramUser {
  if (user.deactivated) {
    return { id: user.id, is_bot: false, first_name: "" };
  }
  return {
    id: user.id,
    is_bot: false,
    first_name: user.firstName,
    ...(user.username === null ? {} : { username: user.username }),
    ...(user.languageCode === null ? {} : { language_code: user.languageCode }),
  };
}

function botPayload({ bot }: World): TelegramUser {
  return { id: bot.id, is_bot: true, first_name: bot.name, username: bot.username };
}

/** As getMe returns it. */
export function ownPayload(world: World): TelegramUser {
  const { bot } = world;
  return {
    ...botPayload(world),
    can_join_groups: bot.canJoinGroups,
    can_read_all_group_messages: bot.readsAllGroupMessages,
    supports_guest_queries: bot.guest,
    supports_inline_queries: bot.inline,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: bot.topics,
    allows_users_to_create_topics: bot.topics,
    can_manage_bots: false,
    supports_join_request_queries: false,
  };
}

export function accountPayload(world: World, id: number): TelegramUser {
  const user = world.users.get(id);
  return user === undefined ? botPayload(world) : userPayload(user);
}

export function chatPayload(world: World, chat: Chat): TelegramChat {
  if (chat.kind === "private") {
    const user = world.users.get(chat.userId!)!;
    return {
      id: chat.id,
      type: "private",
      first_name: user.firstName,
      ...(user.username === null ? {} : { username: user.username }),
    };
  }
  return {
    id: chat.id,
    type: chat.kind,
    title: chat.title,
    ...(chat.username === null ? {} : { username: chat.username }),
    ...(chat.forum ? { is_forum: true as const } : {}),
  };
}

function permissionsPayload(chat: Chat) {
  return {
    ...(Object.fromEntries(sendRights.map((right) => [right, chat.permissions[right]])) as Chat["permissions"]),
    can_react_to_messages: true,
    can_edit_tag: false,
    can_change_info: false,
    can_invite_users: true,
    can_pin_messages: false,
    can_manage_topics: false,
  };
}

export function fullChatPayload(world: World, chat: Chat): TelegramChatFullInfo {
  const restricted = chat.userId !== null && world.users.get(chat.userId)?.forbidsVoices === true;
  return {
    ...chatPayload(world, chat),
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: false,
      limited_gifts: false,
      unique_gifts: false,
      premium_subscription: false,
      gifts_from_channels: false,
    },
    ...(restricted ? { has_restricted_voice_and_video_messages: true as const } : {}),
    ...(chat.kind === "group" || chat.kind === "supergroup" ? { permissions: permissionsPayload(chat) } : {}),
  };
}

export function memberPayload(world: World, chat: Chat, userId: number, status?: MemberStatus): TelegramChatMember {
  const user = accountPayload(world, userId);
  const now = status ?? chat.members.get(userId) ?? "left";
  switch (now) {
    case "creator":
      return { status: "creator", user, is_anonymous: false };
    case "administrator":
      return {
        status: "administrator",
        user,
        can_be_edited: false,
        is_anonymous: false,
        can_manage_chat: true,
        can_delete_messages: true,
        can_manage_video_chats: false,
        can_restrict_members: false,
        can_promote_members: false,
        can_change_info: false,
        can_invite_users: true,
        can_post_stories: false,
        can_edit_stories: false,
        can_delete_stories: false,
        can_send_welcome_messages: false,
        ...(chat.kind === "channel"
          ? { can_post_messages: true, can_edit_messages: true }
          : { can_pin_messages: true }),
      };
    case "restricted":
      return { status: "restricted", user, is_member: true, until_date: 0, ...permissionsPayload(chat) };
    case "kicked":
      return { status: "kicked", user, until_date: 0 };
    default:
      return { status: now, user };
  }
}

/** A message as the Bot API returns it; the message that it replies to is shown without its own reply. */
export function messagePayload(context: Context, message: Message, shallow = false): TelegramMessage {
  const { world } = context;
  const chat = world.chats.get(message.chatId)!;
  const { ephemeral, replyTo } = message;
  const anonymous = message.fromId === null;
  const receiverId = ephemeral === null ? null : message.fromId === world.bot.id ? ephemeral.personId : world.bot.id;
  return {
    message_id: message.id,
    date: unixTime(message.createdAt),
    chat: chatPayload(world, chat),
    ...(anonymous ? { sender_chat: chatPayload(world, chat) } : { from: accountPayload(world, message.fromId!) }),
    ...(message.threadId === null ? {} : { message_thread_id: message.threadId, is_topic_message: true as const }),
    ...(ephemeral === null
      ? {}
      : { ephemeral_message_id: ephemeral.id, receiver_user: accountPayload(world, receiverId!) }),
    ...(message.editedAt === null ? {} : { edit_date: unixTime(message.editedAt) }),
    ...(message.mediaGroupId === null ? {} : { media_group_id: message.mediaGroupId }),
    ...(message.forwardOrigin === null ? {} : { forward_origin: message.forwardOrigin as never }),
    ...(message.viaBot ? { via_bot: botPayload(world) } : {}),
    ...(message.guestCallerId === null ? {} : { guest_bot_caller_user: accountPayload(world, message.guestCallerId) }),
    ...(replyTo === null || replyTo.deleted || shallow
      ? {}
      : replyTo.chatId === message.chatId
        ? { reply_to_message: messagePayload(context, replyTo, true) }
        : externalReply(context, replyTo)),
    ...(message.quote === null ? {} : { quote: { text: message.quote, position: 0, is_manual: true as const } }),
    ...contentFields(message),
    ...(message.markup?.inline_keyboard === undefined ? {} : { reply_markup: message.markup as never }),
  };
}

/** A reply to a message of another chat: the bot sees its sender, its file, and its text as a quote. */
function externalReply(context: Context, replied: Message): Partial<TelegramMessage> {
  const { caption, text, ...content } = contentFields(replied) as Partial<TelegramMessage> & Record<string, unknown>;
  const quoted = text ?? caption;
  return {
    external_reply: {
      origin: {
        type: "user",
        date: unixTime(replied.createdAt),
        sender_user: accountPayload(context.world, replied.fromId!),
      },
      ...(Object.fromEntries(
        Object.entries(content).filter(([name]) => ["photo", "voice", "video", "audio", "document"].includes(name)),
      ) as object),
    },
    ...(quoted === undefined ? {} : { quote: { text: String(quoted), position: 0 } }),
  };
}

function contentFields({ content }: Message): Partial<TelegramMessage> {
  switch (content.kind) {
    case "text": {
      const { text, entities } = content.body;
      return {
        text,
        ...(entities.length === 0 ? {} : { entities: [...entities] }),
        ...(content.preview === null ? {} : { link_preview_options: content.preview }),
      };
    }
    case "media":
      return mediaFields(content.file, content.body, content.about);
    case "rich":
      return {
        rich_message: {
          blocks: content.blocks as never,
          ...(content.rightToLeft ? { is_rtl: true } : {}),
        },
      };
    case "service":
      return content.fields as Partial<TelegramMessage>;
  }
}

/** A message that the bot can no longer see, as callbacks on old messages carry it. */
export function inaccessiblePayload(world: World, message: Message): JsonObject {
  return { chat: chatPayload(world, world.chats.get(message.chatId)!), message_id: message.id, date: 0 };
}
