import type { TelegramMessageEntity } from "@gramio/types";
import type { JsonObject } from "../json.ts";

/** Everything that exists on this Telegram. Plain data: the rules are in the files that change it. */
export interface World {
  readonly bot: BotAccount;
  readonly users: Map<number, User>;
  readonly chats: Map<number, Chat>;
  /** By file_id; several ids may name one file. */
  readonly files: Map<string, StoredFile>;
  /** Inline messages (and own messages in callback mode "inline"), by inline_message_id. */
  readonly inlineMessages: Map<string, Message>;
  readonly notifications: Notification[];
  readonly drafts: Draft[];
}

export interface BotAccount {
  readonly id: number;
  name: string;
  readonly username: string;
  canJoinGroups: boolean;
  /** Privacy mode is off. */
  readsAllGroupMessages: boolean;
  inline: boolean;
  /** The bot is notified of chosen inline results (BotFather's inline feedback). */
  inlineFeedback: boolean;
  guest: boolean;
  /** Topics in private chats. */
  topics: boolean;
  callbackQueryMode: "default" | "auto" | "inline";
}

export interface User {
  readonly id: number;
  readonly firstName: string;
  readonly username: string | null;
  readonly languageCode: string | null;
  /** Wrote to the bot at least once: before that a bot cannot write to them. */
  started: boolean;
  blockedBot: boolean;
  deactivated: boolean;
  /** Accepts no voice and video notes from strangers (a setting of Telegram Premium). */
  forbidsVoices: boolean;
}

export type MemberStatus = "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";

/** What members may send; administrators may send anything. */
export const sendRights = [
  "can_send_messages",
  "can_send_audios",
  "can_send_documents",
  "can_send_photos",
  "can_send_videos",
  "can_send_video_notes",
  "can_send_voice_notes",
  "can_send_polls",
  "can_send_other_messages",
  "can_add_web_page_previews",
] as const;
export type SendRight = (typeof sendRights)[number];

export interface Chat {
  readonly id: number;
  readonly kind: "private" | "group" | "supergroup" | "channel";
  title: string;
  readonly username: string | null;
  /** The person of a private chat. */
  readonly userId: number | null;
  forum: boolean;
  /** People and the bot. */
  readonly members: Map<number, MemberStatus>;
  readonly permissions: Record<SendRight, boolean>;
  /** In order of creation; deleted ones are removed. */
  readonly messages: Message[];
  readonly topics: Map<number, { readonly name: string; closed: boolean }>;
  migratedTo: number | null;
  deleted: boolean;
  lastMessageId: number;
  lastEphemeralId: number;
  action: { readonly name: string; readonly threadId: number | null; readonly until: number } | null;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly TelegramMessageEntity[];
}

export type MediaKind = "photo" | "video" | "audio" | "voice" | "document" | "animation" | "video_note";

export interface StoredFile {
  readonly fileId: string;
  readonly uniqueId: string;
  readonly kind: MediaKind;
  readonly bytes: Uint8Array;
  /** Its size; may exceed `bytes` if a test only claims it. */
  readonly size: number;
  readonly name: string | null;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  /** Below `/file/bot<token>/`. */
  readonly path: string;
}

export type Content =
  | { readonly kind: "text"; readonly body: FormattedText; readonly preview: JsonObject | null }
  | { readonly kind: "media"; readonly file: StoredFile; readonly body: FormattedText; readonly about: JsonObject }
  | { readonly kind: "rich"; readonly blocks: readonly JsonObject[]; readonly rightToLeft: boolean }
  | { readonly kind: "service"; readonly fields: JsonObject };

export interface Message {
  /** 0 for an ephemeral message. */
  readonly id: number;
  readonly chatId: number;
  readonly threadId: number | null;
  /** A user or the bot; null for the channel itself. */
  readonly fromId: number | null;
  readonly createdAt: number;
  editedAt: number | null;
  content: Content;
  /** An inline keyboard, or what a send placed below the text field. */
  markup: JsonObject | null;
  readonly replyTo: Message | null;
  readonly quote: string | null;
  readonly mediaGroupId: string | null;
  /** The two who see it: the receiver (or the sender of a command) and the bot. */
  readonly ephemeral: { readonly id: number; readonly personId: number; readonly replaces: Message | null } | null;
  readonly viaBot: boolean;
  readonly guestCallerId: number | null;
  readonly forwardOrigin: JsonObject | null;
  readonly silent: boolean;
  inlineId: string | null;
  deleted: boolean;
}

/** What made a person's device notify them. An edit never does. */
export interface Notification {
  readonly userId: number;
  readonly chatId: number;
  readonly message: Message;
  readonly silent: boolean;
  readonly at: number;
}

/** A partial message that a person sees while it is being written. */
export interface Draft {
  readonly chatId: number;
  readonly threadId: number | null;
  readonly draftId: number;
  body: FormattedText | null;
  blocks: readonly JsonObject[] | null;
  canStop: boolean;
  keepOnStop: boolean;
  until: number;
  stopped: boolean;
}

export function isBotMember(world: World, chat: Chat): boolean {
  const status = chat.members.get(world.bot.id) ?? "left";
  return status !== "left" && status !== "kicked";
}

export function isAdministrator(chat: Chat, userId: number): boolean {
  const status = chat.members.get(userId);
  return status === "administrator" || status === "creator";
}

export function isMember(chat: Chat, userId: number): boolean {
  const status = chat.members.get(userId) ?? "left";
  return status !== "left" && status !== "kicked";
}
