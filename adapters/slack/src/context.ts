import type { Chat, ChatKit } from "@toolcast/core/chat";
import type { Http } from "@toolcast/core/provider";
import type { People } from "./people.ts";
import type { SlackApi } from "./slack-api.ts";
import type { Uploads } from "./uploads.ts";

/** What the parts of the adapter share. */
export interface SlackContext extends ChatKit {
  api: SlackApi;
  people: People;
  uploads: Uploads;
  http: Http;
  /** Hosts that serve Slack's files. */
  fileHosts: readonly string[];
  /** The bot's token, which loading files requires; a secret. */
  token: string;
  /** The bot's name, as people write it after an @. */
  botName: () => string;
}

/** The same, with the chat kit built on it. */
export interface SlackChat {
  context: SlackContext;
  chat: Chat;
}
