import { usualPermissions } from "./permissions.ts";
import type { Snowflakes } from "./snowflake.ts";
import type { Channel, Guild, User, World } from "./world.ts";

export function newUser(snowflakes: Snowflakes, name: string, about: Partial<Omit<User, "id" | "name">> = {}): User {
  return {
    id: snowflakes.next(),
    name,
    bot: false,
    locale: "en-US",
    refusesDirectMessages: false,
    installedApp: false,
    uploadBytes: 0,
    ...about,
  };
}

/** A Discord with the app, its bot and its owner, and nothing else. */
export function newWorld(snowflakes: Snowflakes): World {
  const owner = newUser(snowflakes, "owner");
  const bot = newUser(snowflakes, "toolcast", { bot: true });
  return {
    users: new Map([
      [owner.id, owner],
      [bot.id, bot],
    ]),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    attachments: new Map(),
    // An app's id is also its bot's.
    application: { id: bot.id, name: "Toolcast", botUserId: bot.id, ownerId: owner.id },
  };
}

/** A guild with `@everyone` and the app's bot in it. */
export function addGuildTo(world: World, snowflakes: Snowflakes, name: string, now: number): Guild {
  const id = snowflakes.next();
  const { botUserId, ownerId } = world.application;
  const guild: Guild = {
    id,
    name,
    ownerId,
    boostTier: 0,
    acceptsCommands: true,
    locale: "en-US",
    roles: new Map([[id, { id, name: "@everyone", permissions: usualPermissions }]]),
    members: new Map([
      [ownerId, { roleIds: [], joinedAt: now }],
      [botUserId, { roleIds: [], joinedAt: now }],
    ]),
  };
  world.guilds.set(id, guild);
  return guild;
}

export function addChannelTo(
  world: World,
  snowflakes: Snowflakes,
  about: Pick<Channel, "kind" | "name" | "guildId"> & Partial<Channel>,
): Channel {
  const channel: Channel = {
    id: snowflakes.next(),
    parentId: null,
    recipientIds: [],
    overwrites: [],
    archived: false,
    locked: false,
    ...about,
  };
  world.channels.set(channel.id, channel);
  return channel;
}
