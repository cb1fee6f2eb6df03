import type { Chat, ChatKit } from "@toolcast/core/chat";
import type { People } from "./people.ts";
import type { SlackApi } from "./slack-api.ts";
import type { Uploads } from "./uploads.ts";

/** What the parts of the adapter share. */
export interface SlackContext extends ChatKit {
  api: SlackApi;
  people: People;
  uploads: Uploads;
  /** The workspace of the installation, or its organisation; empty until it is known. */
  team: () => string;
  /** The bot as a user; empty until it is known. */
  bot: () => string;
  /** The bot's name, as people write it after an @. */
  botName: () => string;
}

/** The same, with the chat kit built on it. */
export interface SlackChat {
  context: SlackContext;
  chat: Chat;
}
