import type { Chat, ChatKit } from "@toolcast/core/chat";
import type { Http } from "@toolcast/core/provider";
import type { DiscordCommand } from "./commands.ts";
import type { DiscordApi } from "./discord-api.ts";

/** What the parts of the adapter share. */
export interface DiscordContext extends ChatKit {
  api: DiscordApi;
  /** By name as Discord sends it. */
  commands: ReadonlyMap<string, DiscordCommand>;
  http: Http;
  /** Hosts that uploaded files lie on. */
  fileHosts: readonly string[];
  /** Notes that somebody else has answered what only we were to answer. */
  noteStranger(): void;
}

/** The same, with what the kit makes of it. */
export interface DiscordChat {
  context: DiscordContext;
  chat: Chat;
}
