import type { JsonObject } from "../json.ts";

/** Everything that exists on this Discord. Plain data: the rules are in the files that change it. */
export interface World {
  readonly users: Map<string, User>;
  readonly guilds: Map<string, Guild>;
  readonly channels: Map<string, Channel>;
  /** By channel, in order of creation; deleted messages are removed. */
  readonly messages: Map<string, Message[]>;
  readonly attachments: Map<string, StoredFile>;
  readonly application: Application;
}

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly botUserId: string;
  readonly ownerId: string;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  /** The language of their client, e.g. `en-US`, `zh-CN`. */
  locale: string;
  /** Refuses direct messages from the bot. */
  refusesDirectMessages: boolean;
  /** The largest file they may send anywhere, in bytes, with Nitro. The bot's limit does not follow it. */
  readonly uploadBytes: number;
  /** Installed the app for themselves. */
  installedApp: boolean;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  boostTier: 0 | 1 | 2 | 3;
  /** Whether the app was invited with the scope applications.commands. */
  acceptsCommands: boolean;
  locale: string;
  /** The role whose id equals the guild's is `@everyone`. */
  readonly roles: Map<string, Role>;
  readonly members: Map<string, { readonly roleIds: string[]; readonly joinedAt: number }>;
}

export interface Overwrite {
  readonly id: string;
  readonly type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

export interface Channel {
  readonly id: string;
  readonly kind: "text" | "thread" | "direct" | "group";
  readonly name: string;
  readonly guildId: string | null;
  /** A thread's channel. */
  readonly parentId: string | null;
  /** The participants of a direct or group conversation. */
  readonly recipientIds: readonly string[];
  readonly overwrites: Overwrite[];
  archived: boolean;
  locked: boolean;
}

export interface StoredFile {
  readonly id: string;
  readonly channelId: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly ephemeral: boolean;
  description: string | null;
  /** Its unsigned address on the file host. */
  readonly path: string;
}

/** The people a message notified. */
export interface Pings {
  readonly everyone: boolean;
  readonly userIds: readonly string[];
  readonly roleIds: readonly string[];
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly type: number;
  readonly createdAt: number;
  editedAt: number | null;
  content: string;
  embeds: JsonObject[];
  /** As returned: with ids, and media resolved. */
  components: JsonObject[];
  attachments: StoredFile[];
  flags: number;
  /** The people notified by its creation (or by the end of its "thinking"). */
  pings: Pings;
  /** Users mentioned in its text whom allowed_mentions permits. */
  mentionedIds: readonly string[];
  readonly reference: { readonly messageId: string; readonly channelId: string } | null;
  /** The only person who sees it; null if everybody in the channel does. */
  readonly ephemeralFor: string | null;
  readonly interaction: MessageInteraction | null;
}

/** The interaction that a message answers. */
export interface MessageInteraction {
  readonly id: string;
  readonly type: number;
  readonly userId: string;
  readonly name: string;
  readonly owners: { readonly [integrationType: string]: string };
  readonly interactedMessageId: string | null;
}

export const messageFlags = {
  SUPPRESS_EMBEDS: 1 << 2,
  EPHEMERAL: 1 << 6,
  LOADING: 1 << 7,
  SUPPRESS_NOTIFICATIONS: 1 << 12,
  IS_VOICE_MESSAGE: 1 << 13,
  IS_COMPONENTS_V2: 1 << 15,
} as const;

const megabyte = 1024 * 1024;

/** The largest permitted upload in a guild, by its boosts; elsewhere 10 MiB. */
export function attachmentSizeLimit(world: World, channel: Channel): number {
  const tier = channel.guildId === null ? 0 : (world.guilds.get(channel.guildId)?.boostTier ?? 0);
  return [10, 10, 50, 100][tier]! * megabyte;
}

export function isBotIn(world: World, channel: Channel): boolean {
  return channel.guildId === null
    ? channel.recipientIds.includes(world.application.botUserId)
    : (world.guilds.get(channel.guildId)?.members.has(world.application.botUserId) ?? false);
}
