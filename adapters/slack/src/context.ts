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
  /** Hosts that files of Slack lie on. */
  fileHosts: readonly string[];
  /** The bot's token, which its files ask for; a secret. */
  token: string;
  /** The bot's name, as people write it after an @. */
  botName: () => string;
}

/** The same, with what the kit makes of it. */
export interface SlackChat {
  context: SlackContext;
  chat: Chat;
}
