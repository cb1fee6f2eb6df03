import type { Logger, Runtime, State } from "@toolcast/core";
import { Chat, type ChatRoute, createChatKit } from "@toolcast/core/chat";
import type { Clock } from "@toolcast/core/engine";
import type { Http } from "@toolcast/core/provider";
import type { Surface } from "@toolcast/core/surface";
import { strangerAlarm } from "./acknowledge.ts";
import { commandsFor, type DiscordCommand, type Scope } from "./commands.ts";
import type { DiscordContext } from "./context.ts";
import { deliver } from "./delivery-routes.ts";
import type { DiscordApi } from "./discord-api.ts";
import { createDiscordPort, limitsAt } from "./discord-port.ts";
import { takeInteraction } from "./events.ts";
import { discordHosts } from "./file-hosts.ts";
import { find } from "./find.ts";
import { surfaceLimits } from "./limits.ts";
import { type DiscordMenu, menusFor } from "./menus.ts";
import { platformName, surfaceId } from "./place.ts";
import { failures, readFailure } from "./rest-failure.ts";
import { takeOverRecords } from "./take-over.ts";

export interface DiscordSurfaceOptions {
  /** Started and stopped by its creator. */
  runtime: Runtime;
  /** Where tokens, forms and open answers are kept; shared with the runtime. */
  state: State;
  /** Makes the requests, e.g. `createDiscordApi`. */
  api: DiscordApi;
  /** Loads uploaded files; must trust `fileHosts`. */
  http: Http;
  /** Usually `systemClock`. */
  clock: Clock;
  /** A local or proxy server to use instead of Discord, e.g. `http://127.0.0.1:8080/api`. Default: Discord's own. */
  apiUrl?: string;
  /** The hosts that serve uploaded files, as `host` or `host:port`. Default {@link discordHosts} of `apiUrl`. */
  fileHosts?: readonly string[];
  /** Where commands are registered. Default `global`. */
  scope?: Scope;
  /** Default: logs nothing. */
  logger?: Logger;
}

/** The adapter without its connection: a surface for the runtime, and an entry point for gateway events. */
export interface DiscordSurface {
  /** To be attached to the runtime. */
  surface: Surface<ChatRoute>;
  /** What is registered: slash commands and the entries of messages' menus. */
  commands: readonly (DiscordCommand | DiscordMenu)[];
  /** Takes an interaction as the gateway sent it. Never throws. */
  take(payload: unknown): void;
  /** Resumes what an earlier process left open. Call it before the runtime starts. */
  recover(): Promise<void>;
  /** Takes no more interactions; resolves once those in progress are answered. */
  close(): Promise<void>;
}

export function createDiscordSurface(options: DiscordSurfaceOptions): DiscordSurface {
  const { runtime, state, clock, logger } = options;
  const { scope = "global" } = options;
  const commands = commandsFor(runtime.tools, scope);
  const menus = menusFor(runtime.tools, scope);
  const kit = createChatKit({
    ...{ surface: surfaceId, title: platformName, runtime, state, clock, readFailure, failures },
    logger,
  });
  const context: DiscordContext = {
    ...kit,
    noteStranger: strangerAlarm(kit.logger),
    api: options.api,
    commands: new Map(commands.map((command) => [command.name, command])),
    menus: new Map(menus.map((menu) => [menu.name, menu])),
    http: options.http,
    fileHosts: options.fileHosts ?? discordHosts(options.apiUrl),
  };
  const chat = new Chat(context, createDiscordPort(context));
  const discord = { context, chat };

  return {
    surface: {
      id: surfaceId,
      limits: surfaceLimits,
      limitsAt,
      routes: ["edit", "post", "direct"],
      privateRoutes: ["edit", "direct"],
      answerRoutes: ["edit"],
      deliver: (route, delivery) => deliver(discord, route, delivery),
      find: (delivery) => find(discord, delivery),
      update: (delivery) => chat.update(delivery),
      forget: (person) => chat.forget(person),
    },
    commands: [...commands, ...menus],
    take: (payload) => takeInteraction(context, chat, payload),
    async recover() {
      await takeOverRecords(state, context.answers);
      await chat.recover();
    },
    close: () => chat.close(),
  };
}
