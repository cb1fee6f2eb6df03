import type { JsonObject } from "../json.ts";
import type { Mentions } from "./mrkdwn.ts";

/** Everything that exists on this Slack. Plain data: the rules are in the files that change it. */
export interface World {
  readonly teams: Map<string, Team>;
  readonly users: Map<string, User>;
  readonly channels: Map<string, Channel>;
  readonly groups: Map<string, UserGroup>;
  /** By channel, in order of creation; deleted messages are removed. */
  readonly messages: Map<string, Message[]>;
  readonly files: Map<string, StoredFile>;
  readonly sessions: Map<string, AgentSession>;
  readonly notifications: Notification[];
  /** The workspace that installed the app. */
  readonly team: Team;
  /** The organisation above it on Enterprise Grid. */
  readonly enterprise: { readonly id: string; readonly name: string } | null;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

/** `guest` sees several channels, `single-channel guest` one; `stranger` is in another workspace (Slack Connect). */
export type UserKind = "member" | "guest" | "single-channel guest" | "stranger" | "bot";

/** Why a direct message does not reach somebody. */
export type DirectState = "open" | "messages_tab_disabled" | "user_disabled" | "user_not_visible";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly teamId: string;
  /** Further workspaces of the same organisation. */
  readonly otherTeamIds: readonly string[];
  kind: UserKind;
  /** The language of their client, e.g. `en-US`, `zh-CN`. */
  locale: string;
  isAdmin: boolean;
  direct: DirectState;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly members: Set<string>;
  enabled: boolean;
}

export type ChannelKind = "public" | "private" | "direct" | "group";

export interface Channel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly teamId: string;
  readonly createdAt: number;
  readonly members: Set<string>;
  /** Shared with other workspaces. */
  readonly shared: boolean;
  archived: boolean;
}

export interface Message {
  readonly ts: string;
  readonly channelId: string;
  readonly userId: string;
  /** Written by the app. */
  readonly byApp: boolean;
  readonly createdAt: number;
  readonly threadTs: string | null;
  /** A reply in a thread that is also shown in the channel. */
  readonly broadcast: boolean;
  readonly subtype: "file_share" | "channel_join" | null;
  /** The only person who sees it. */
  readonly ephemeralFor: string | null;
  readonly unfurl: { readonly links: boolean; readonly media: boolean };
  text: string;
  blocks: JsonObject[];
  attachments: JsonObject[];
  metadata: JsonObject | null;
  /** Files shared with it. */
  fileIds: string[];
  /** Files it names that nobody sees: they had not been shared when an update named them. */
  hiddenFileIds: Set<string>;
  mentions: Mentions;
  edited: { readonly userId: string; readonly ts: string } | null;
  streaming: boolean;
  reactions: { name: string; users: string[] }[];
  /** The people notified by its posting. */
  readonly notified: string[];
}

export interface Notification {
  readonly userId: string;
  readonly channelId: string;
  readonly ts: string;
  readonly reason: "direct" | "mention" | "group" | "broadcast" | "thread";
  readonly text: string;
}

export interface FileShare {
  readonly channelId: string;
  readonly ts: string;
  readonly threadTs: string | null;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly teamId: string;
  readonly createdAt: number;
  /** The length announced before the upload. */
  readonly length: number;
  readonly altText: string;
  /** Apps of other workspaces know it only as a stub (Slack Connect). */
  readonly stub: boolean;
  title: string;
  bytes: Buffer | null;
  /** `reserved` has an address to upload to, `uploaded` waits to be completed, `processing` shows no type yet. */
  state: "reserved" | "uploaded" | "processing" | "ready" | "deleted";
  mimetype: string;
  filetype: string;
  readonly shares: FileShare[];
}

export interface AgentSession {
  readonly channelId: string;
  readonly threadTs: string | null;
  status: string;
  title: string;
}

export const isMember = (channel: Channel, userId: string) => channel.members.has(userId);
