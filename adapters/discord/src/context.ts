import type { Chat, ChatKit } from "@toolcast/core/chat";
import type { Http } from "@toolcast/core/provider";
import type { DiscordCommand } from "./commands.ts";
import type { DiscordApi } from "./discord-api.ts";
import type { DiscordMenu } from "./menus.ts";

/** What the parts of the adapter share. */
export interface DiscordContext extends ChatKit {
  api: DiscordApi;
  /** By name as Discord sends it. */
  commands: ReadonlyMap<string, DiscordCommand>;
  /** Entries of messages' menus by name, as Discord sends it. */
  menus: ReadonlyMap<string, DiscordMenu>;
  http: Http;
  /** Hosts that serve uploaded files. */
  fileHosts: readonly string[];
  /** Called when another installation has answered an event that only we should answer. */
  noteStranger(): void;
}

/** The same, with the chat kit built on it. */
export interface DiscordChat {
  context: DiscordContext;
  chat: Chat;
}
