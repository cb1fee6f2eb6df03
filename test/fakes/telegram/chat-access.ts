import { badRequest, forbidden, TelegramError } from "./api-error.ts";
import type { Context } from "./context.ts";
import type { Parameters } from "./parameters.ts";
import { type Chat, type Content, isAdministrator, isBotMember, type Message, type SendRight } from "./world.ts";

/** What the bot wants to do in a chat: each requires more than the one before. */
export type Access = "read" | "edit" | "write";

/** The chat that a parameter names by id or `@username`, or null. */
export function findChat({ world }: Context, given: string): Chat | null {
  if (given.startsWith("@")) {
    const name = given.slice(1).toLowerCase();
    const found = [...world.chats.values()].find(
      ({ username, kind }) => kind !== "private" && username?.toLowerCase() === name,
    );
    return found ?? null;
  }
  return world.chats.get(Number(given)) ?? null;
}

export function checkAccess({ world }: Context, chat: Chat, access: Access): void {
  const wants = access !== "read";
  const status = chat.members.get(world.bot.id) ?? "left";
  switch (chat.kind) {
    case "private": {
      const user = world.users.get(chat.userId!)!;
      if (user.deactivated && wants) {
        throw forbidden("user is deactivated");
      }
      break;
    }
    case "group":
      if (chat.migratedTo !== null && access === "write") {
        throw new TelegramError(400, "Bad Request: group chat was upgraded to a supergroup chat", {
          migrate_to_chat_id: chat.migratedTo,
        });
      }
      if (chat.deleted && access === "write") {
        throw forbidden("the group chat was deleted");
      }
      if (wants && status === "kicked") {
        throw forbidden("bot was kicked from the group chat");
      }
      if (wants && status === "left") {
        throw forbidden("bot is not a member of the group chat");
      }
      break;
    default: {
      const word = chat.kind === "supergroup" ? "supergroup" : "channel";
      if (status === "kicked") {
        throw forbidden(`bot was kicked from the ${word} chat`);
      }
      if (!isBotMember(world, chat) && (wants || chat.username === null)) {
        throw forbidden(`bot is not a member of the ${word} chat`);
      }
    }
  }
}

/** The chat of a request, after checking the access that its method needs. */
export function chatOf(context: Context, parameters: Parameters, access: Access, name = "chat_id"): Chat {
  const given = parameters.text(name);
  if (given === null) {
    throw badRequest(`${name} is empty`);
  }
  const chat = findChat(context, given);
  if (chat === null) {
    const known = [...context.world.chats.values()].some(({ members }) => members.has(Number(given)));
    throw known && access === "write"
      ? forbidden("bot can't initiate conversation with a user")
      : badRequest("chat not found");
  }
  checkAccess(context, chat, access);
  return chat;
}

const mediaRights: Record<string, readonly [SendRight, string]> = {
  photo: ["can_send_photos", "photos"],
  video: ["can_send_videos", "videos"],
  audio: ["can_send_audios", "music"],
  voice: ["can_send_voice_notes", "voice notes"],
  document: ["can_send_documents", "documents"],
  animation: ["can_send_other_messages", "animations"],
  video_note: ["can_send_video_notes", "video notes"],
};

/** Refuses content that people forbid here, that members may not send, or that only administrators may send. */
export function checkSendRights({ world }: Context, chat: Chat, content: Content): void {
  const kind = content.kind === "media" ? content.file.kind : content.kind;
  const user = chat.userId === null ? null : world.users.get(chat.userId)!;
  if (user !== null) {
    if (user.blockedBot) {
      throw forbidden("bot was blocked by the user");
    }
    if (user.forbidsVoices && (kind === "voice" || kind === "video_note" || hasVoiceBlock(content))) {
      throw badRequest("VOICE_MESSAGES_FORBIDDEN");
    }
    return;
  }
  if (isAdministrator(chat, world.bot.id)) {
    return;
  }
  if (chat.kind === "channel") {
    throw badRequest("need administrator rights in the channel chat");
  }
  const needed: readonly (readonly [SendRight, string])[] =
    content.kind === "rich"
      ? [
          ["can_send_messages", "the rich message"],
          ...(hasVoiceBlock(content) ? [["can_send_voice_notes", "the rich message"] as const] : []),
        ]
      : [mediaRights[kind] ?? ["can_send_messages", "text messages"]];
  for (const [right, what] of needed) {
    if (
      !chat.permissions[right] ||
      (chat.members.get(world.bot.id) === "restricted" && right === "can_send_messages")
    ) {
      throw badRequest(`not enough rights to send ${what} to the chat`);
    }
  }
}

function hasVoiceBlock(content: Content): boolean {
  return content.kind === "rich" && content.blocks.some(({ type }) => type === "voice_note");
}

/** The topic that a request names; null for the chat itself (and the "General" topic). */
export function threadOf({ world }: Context, chat: Chat, parameters: Parameters): number | null {
  const id = parameters.integer("message_thread_id");
  if (id === null || id === 0) {
    return null;
  }
  const topics = chat.forum || (chat.kind === "private" && world.bot.topics);
  if (chat.forum && id === 1) {
    return null;
  }
  const topic = topics ? chat.topics.get(id) : undefined;
  if (topic === undefined) {
    throw badRequest("message thread not found");
  }
  if (topic.closed && !isAdministrator(chat, world.bot.id)) {
    throw badRequest("TOPIC_CLOSED");
  }
  return id;
}

/** A message of a chat that still exists. */
export function messageById(chat: Chat, id: number | null): Message | null {
  return chat.messages.find((message) => message.id === id && message.ephemeral === null && !message.deleted) ?? null;
}
