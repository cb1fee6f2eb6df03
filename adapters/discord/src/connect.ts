import { silentLogger } from "@toolcast/core";
import { Connection } from "@toolcast/core/chat";
import { type Adapter, AdapterStartError, type AdapterTools } from "@toolcast/core/surface";
import { DiscordjsErrorCodes, GatewayCloseCodes } from "discord.js";
import { createDiscordApi } from "./discord-api.ts";
import { createDiscordSurface, type DiscordSurfaceOptions } from "./discord-surface.ts";
import { Gateway } from "./gateway.ts";
import { platformName } from "./place.ts";
import { registerCommands } from "./register.ts";
import { notThere, RegisteredScopes } from "./registered-scopes.ts";
import { readFailure } from "./rest-failure.ts";
import { invalidToken, notInGuild, refusedByGateway } from "./start-problem.ts";

export interface DiscordOptions extends Omit<DiscordSurfaceOptions, "api" | "scope"> {
  /** The bot's token; a secret. */
  token: string;
  /** Whose turn it is to have the gateway's connection. Default: always ours. */
  turn?: AdapterTools["turn"];
  /** Registers commands only in this server, where changes appear at once. Default: registers them everywhere. */
  guildId?: string;
}

/** Toolcast on Discord. */
export function createDiscord(options: DiscordOptions): Adapter {
  const { token, guildId: guild, apiUrl, clock } = options;
  const logger = options.logger ?? silentLogger;
  const api = createDiscordApi(token, apiUrl);
  const discord = createDiscordSurface({ ...options, api, scope: guild === undefined ? "global" : "guild" });
  const scopes = new RegisteredScopes({ state: options.state, api, logger });
  const gateway = new Gateway({
    ...{ token, apiUrl, logger },
    take: (payload) => discord.take(payload),
    closed: (code) => connection.refused(refusedByGateway(code), { code }),
  });
  let application = "";
  const connection = new Connection({
    ...{ platform: platformName, clock, logger, readFailure, problemOf },
    async introduce() {
      ({ id: application } = await api.application());
      await register();
    },
    recover: () => discord.recover(),
    async receive() {
      await gateway.open();
      logger.info({ application }, "connected to Discord");
    },
    turn: options.turn,
    rest: () => gateway.close(),
  });

  async function register(): Promise<void> {
    const wanted = discord.commands.map(({ body }) => body);
    const names = wanted.map(({ name }) => name);
    await scopes.note(application, guild, names);
    try {
      await registerCommands(api, { application, guild, wanted, logger });
      await scopes.clearOthers(application, guild);
    } catch (error) {
      const failure = readFailure(error);
      const isRefused = failure.kind === "refused";
      if (isRefused && guild !== undefined && notThere.includes(failure.code)) {
        throw notInGuild(guild, application);
      }
      if (!isRefused) {
        throw error;
      }
      // E.g. more new commands than Discord accepts in a day. Those already registered still work.
      logger.error({ reason: failure.detail }, "Discord commands could not be registered");
    }
  }

  return {
    surface: discord.surface,
    start: () => connection.start(),
    async close() {
      connection.close();
      await gateway.close();
      await discord.close();
    },
    away: () => connection.away(() => gateway.away),
  };
}

/** What only an operator can fix; null for temporary failures. */
function problemOf(error: unknown): AdapterStartError | null {
  if (AdapterStartError.isInstance(error)) {
    return error;
  }
  const failure = readFailure(error);
  const { code } = error as { code?: unknown };
  if (failure.status === 401 || code === DiscordjsErrorCodes.TokenInvalid) {
    return invalidToken();
  }
  const reason = error instanceof Error ? error.message : "";
  if (/disallowed intents/i.test(reason)) {
    return refusedByGateway(GatewayCloseCodes.DisallowedIntents);
  }
  if (/invalid intents/i.test(reason)) {
    return refusedByGateway(GatewayCloseCodes.InvalidIntents);
  }
  if (/authentication failed/i.test(reason)) {
    return invalidToken();
  }
  return null;
}
