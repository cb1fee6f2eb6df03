import type { State } from "@toolcast/core";
import type { Chat, ChatKit, Intake } from "@toolcast/core/chat";
import type { Http } from "@toolcast/core/provider";
import type { Access } from "./access.ts";
import type { Admins } from "./admins.ts";
import type { Albums } from "./albums.ts";
import type { Backlog } from "./backlog.ts";
import type { BotApi } from "./bot-api.ts";
import type { Chats } from "./chats.ts";
import type { FileIds } from "./file-ids.ts";
import type { KnownGroups } from "./known-groups.ts";
import type { ServerLimits } from "./limits.ts";
import type { Commands } from "./register.ts";
import type { StagedUploads } from "./staged-uploads.ts";
import type { WorkSigns } from "./work-signs.ts";

/** What the parts of the adapter share. */
export interface TelegramContext extends ChatKit {
  api: BotApi;
  http: Http;
  /** The hosts that serve files: the Bot API's own. */
  fileHosts: readonly string[];
  /** The path on this machine of the folder of a Bot API server in local mode; null when files are loaded over HTTP. */
  filesDirectory: string | null;
  limits: ServerLimits;
  access: Access;
  admins: Admins;
  backlog: Backlog;
  chats: Chats;
  commands: Commands;
  groups: KnownGroups;
  fileIds: FileIds;
  stagedUploads: StagedUploads;
  workSigns: WorkSigns;
  /** The last questions of dialogues, by form, whose buttons can be pressed. */
  questions: ReturnType<State["keyv"]>;
  /** Requests that could not be answered where they were made, by person. */
  kept: ReturnType<State["keyv"]>;
  albums: Albums;
  /** Who the bot is, once Telegram has said so. */
  bot: { id: number; username: string };
}

/** The same, with the chat kit built on it. */
export interface TelegramChat {
  context: TelegramContext;
  chat: Chat;
}

/** The same, with what stores updates before anything is done about them. */
export interface TelegramIntake extends TelegramChat {
  intake: Intake;
}
