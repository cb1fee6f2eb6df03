import { type Chat, type SendRight, sendRights, type User, type World } from "./world.ts";

/** A Telegram with a bot and nobody else. */
export function newWorld(botId: number): World {
  return {
    bot: {
      id: botId,
      name: "Toolcast",
      username: "toolcast_bot",
      canJoinGroups: true,
      readsAllGroupMessages: false,
      inline: false,
      inlineFeedback: false,
      guest: false,
      topics: false,
      callbackQueryMode: "default",
    },
    users: new Map(),
    chats: new Map(),
    files: new Map(),
    inlineMessages: new Map(),
    notifications: [],
    drafts: [],
  };
}

export interface PersonOptions {
  readonly username?: string | null;
  /** The language of their client, e.g. `en`, `zh-hans`; null if the client does not say. */
  readonly languageCode?: string | null;
}

export function addUser(world: World, firstName: string, options: PersonOptions = {}): User {
  const user: User = {
    id: 70_000_001 + world.users.size,
    firstName,
    username:
      options.username === undefined ? `${firstName.toLowerCase().replaceAll(/\W/g, "_")}_name` : options.username,
    languageCode: options.languageCode === undefined ? "en" : options.languageCode,
    started: false,
    blockedBot: false,
    deactivated: false,
    forbidsVoices: false,
  };
  world.users.set(user.id, user);
  return user;
}

function newChat(about: Pick<Chat, "id" | "kind" | "title"> & Partial<Chat>): Chat {
  return {
    username: null,
    userId: null,
    forum: false,
    members: new Map(),
    permissions: Object.fromEntries(sendRights.map((right) => [right, true])) as Record<SendRight, boolean>,
    messages: [],
    topics: new Map(),
    migratedTo: null,
    deleted: false,
    lastMessageId: 0,
    lastEphemeralId: 0,
    action: null,
    ...about,
  };
}

/** A person's chat with the bot, with the same id as the person. */
export function privateChat(world: World, user: User): Chat {
  const found = world.chats.get(user.id);
  if (found !== undefined) {
    return found;
  }
  const chat = newChat({
    id: user.id,
    kind: "private",
    title: user.firstName,
    userId: user.id,
    username: user.username,
  });
  chat.members.set(user.id, "member");
  chat.members.set(world.bot.id, "member");
  world.chats.set(chat.id, chat);
  return chat;
}

/** Ids as Telegram assigns them: below -1000000000000 for supergroups and channels, otherwise negative for groups. */
export function addChat(
  world: World,
  kind: "group" | "supergroup" | "channel",
  title: string,
  about: { readonly username?: string; readonly forum?: boolean } = {},
): Chat {
  const order = world.chats.size + 1;
  const id = kind === "group" ? -(4_000_000 + order) : -(1_000_000_000_000 + 2_000_000 + order);
  const forum = about.forum ?? false;
  // A forum's "General" topic is message 1.
  const chat = newChat({ id, kind, title, username: about.username ?? null, forum, lastMessageId: forum ? 1 : 0 });
  world.chats.set(id, chat);
  return chat;
}
