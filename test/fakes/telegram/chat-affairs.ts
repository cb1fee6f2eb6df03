import { tellBot } from "./bot-sight.ts";
import type { Context } from "./context.ts";
import { addMessage, removeMessage } from "./messages.ts";
import { addChat } from "./new-world.ts";
import type { Person } from "./person.ts";
import { type Chat, type MemberStatus, type Message, type SendRight, sendRights } from "./world.ts";

/** What chat owners and Telegram itself do, apart from people's messages. */
export interface ChatAffairs {
  /** A group owned by its first person; the bot is in it unless `bot` says otherwise. */
  addGroup(title: string, people: readonly Person[], about?: GroupOptions): Chat;
  addChannel(title: string, people: readonly Person[], about?: GroupOptions): Chat;
  /** A topic of a forum, or of a private chat if the bot has topics there. */
  addTopic(chat: Chat, name: string): number;
  closeTopic(chat: Chat, topicId: number, closed?: boolean): void;
  setMember(chat: Chat, person: Person, status: MemberStatus): void;
  /** What members may send; anything not named is unchanged. */
  permit(chat: Chat, rights: Partial<Record<SendRight, boolean>>): void;
  /** The group becomes a supergroup with another id; from now on the old one answers with the new id. */
  migrate(chat: Chat): Chat;
  deleteChat(chat: Chat): void;
  deleteMessage(message: Message): void;
  deactivate(person: Person): void;
  forbidVoices(person: Person, forbidden?: boolean): void;
  /** A post in a channel. */
  postInChannel(chat: Chat, text: string): Message;
}

export interface GroupOptions {
  readonly kind?: "group" | "supergroup";
  readonly username?: string;
  readonly forum?: boolean;
  readonly bot?: MemberStatus;
}

export function createChatAffairs(context: Context): ChatAffairs {
  const { world } = context;

  function fill(chat: Chat, people: readonly Person[], bot: MemberStatus): Chat {
    for (const [index, { id }] of people.entries()) {
      chat.members.set(id, index === 0 ? "creator" : "member");
    }
    if (bot !== "left") {
      chat.members.set(world.bot.id, bot);
    }
    return chat;
  }

  const service = (chat: Chat, fields: Record<string, unknown>): Message => {
    const owner = [...chat.members.keys()].find((id) => world.users.has(id)) ?? null;
    const message = addMessage(context, {
      chat,
      fromId: chat.kind === "channel" ? null : owner,
      content: { kind: "service", fields },
    });
    tellBot(context, message);
    return message;
  };

  return {
    addGroup(title, people, { kind = "supergroup", bot = "member", ...about } = {}) {
      return fill(addChat(world, kind, title, about), people, bot);
    },
    addChannel: (title, people, { bot = "administrator", ...about } = {}) =>
      fill(addChat(world, "channel", title, about), people, bot),
    addTopic(chat, name) {
      if (!chat.forum && !(chat.kind === "private" && world.bot.topics)) {
        throw new Error("this chat has no topics");
      }
      const { id } = service(chat, { forum_topic_created: { name, icon_color: 7_322_096 } });
      chat.topics.set(id, { name, closed: false });
      return id;
    },
    closeTopic(chat, topicId, closed = true) {
      chat.topics.get(topicId)!.closed = closed;
    },
    setMember(chat, person, status) {
      chat.members.set(person.id, status);
      context.changed();
    },
    permit(chat, rights) {
      Object.assign(chat.permissions, rights);
    },
    migrate(chat) {
      const upgraded = addChat(world, "supergroup", chat.title);
      for (const [id, status] of chat.members) {
        upgraded.members.set(id, status);
      }
      for (const right of sendRights) {
        upgraded.permissions[right] = chat.permissions[right];
      }
      service(chat, { migrate_to_chat_id: upgraded.id });
      chat.migratedTo = upgraded.id;
      service(upgraded, { migrate_from_chat_id: chat.id });
      return upgraded;
    },
    deleteChat(chat) {
      chat.deleted = true;
      context.changed();
    },
    deleteMessage(message) {
      removeMessage(context, world.chats.get(message.chatId)!, message);
    },
    deactivate({ user }) {
      user.deactivated = true;
    },
    forbidVoices({ user }, forbidden = true) {
      user.forbidsVoices = forbidden;
    },
    postInChannel(chat, text) {
      const content = { kind: "text", body: { text, entities: [] }, preview: null } as const;
      const message = addMessage(context, { chat, fromId: null, content });
      tellBot(context, message);
      return message;
    },
  };
}
