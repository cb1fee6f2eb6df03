import { silentLogger } from "@toolcast/core";
import { AdapterStartError, type Surface } from "@toolcast/core/surface";
import { DiscordjsErrorCodes, Events, GatewayCloseCodes } from "discord.js";
import { createDiscordApi } from "./discord-api.ts";
import { createDiscordSurface, type DiscordSurfaceOptions } from "./discord-surface.ts";
import { createClient, reportConnection, takeInteractions } from "./gateway.ts";
import { registerCommands } from "./register.ts";
import { notThere, RegisteredScopes } from "./registered-scopes.ts";
import { readFailure } from "./rest-failure.ts";
import { invalidToken, notInGuild, refusedByGateway } from "./start-problem.ts";

export interface DiscordOptions extends Omit<DiscordSurfaceOptions, "api" | "scope"> {
  /** The bot's token; a secret. */
  token: string;
  /** Registers commands in this server alone, where they change at once. Default: for use everywhere. */
  guildId?: string;
}

/** Toolcast on Discord. */
export interface Discord {
  /** To be attached to the runtime before `start`. */
  surface: Surface;
  /**
   * Registers commands, puts right what an earlier process left open and begins to listen; before the runtime starts.
   * Throws a {@link AdapterStartError} for what only an operator can mend. While Discord cannot be reached it goes on
   * trying by itself.
   */
  start(): Promise<void>;
  close(): Promise<void>;
}

const againAfterMs = { first: 5_000, longest: 5 * 60_000 };

export function createDiscord(options: DiscordOptions): Discord {
  const { token, guildId: guild, clock } = options;
  const logger = options.logger ?? silentLogger;
  const client = createClient(options.apiUrl);
  const api = createDiscordApi(client.rest.setToken(token));
  const discord = createDiscordSurface({ ...options, api, scope: guild === undefined ? "global" : "guild" });
  const scopes = new RegisteredScopes({ state: options.state, api, logger });
  let cancelTry: (() => void) | undefined;
  let isRecovered = false;
  let isClosed = false;

  takeInteractions(client, (payload) => discord.take(payload));
  reportConnection(client, logger);

  async function connect(): Promise<void> {
    const { id: application } = await api.application();
    await register(application);
    if (!isRecovered) {
      await discord.recover();
      isRecovered = true;
    }
    await client.login(token);
    logger.info({ application }, "connected to Discord");
  }

  async function register(application: string): Promise<void> {
    const wanted = discord.commands.map(({ body }) => body);
    const names = wanted.map(({ name }) => name);
    await scopes.note(application, guild, names);
    try {
      await registerCommands(api, { application, ...(guild === undefined ? {} : { guild }), wanted, logger });
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
      // E.g. more new commands than Discord takes in a day: those it has still work.
      logger.error({ reason: failure.words }, "Discord commands could not be registered");
    }
  }

  async function tryToConnect(waitMs: number): Promise<void> {
    try {
      await connect();
    } catch (error) {
      const problem = startProblem(error);
      if (problem !== null || isClosed) {
        throw problem ?? error;
      }
      logger.warn({ reason: readFailure(error).words }, "Discord cannot be reached; it is tried again");
      cancelTry = clock.setTimer(waitMs, () => {
        tryToConnect(Math.min(waitMs * 2, againAfterMs.longest)).catch((later: unknown) => {
          logger.error({ reason: later instanceof Error ? later.message : "unknown" }, "Discord is not connected");
        });
      });
    }
  }

  return {
    surface: discord.surface,
    start: () => tryToConnect(againAfterMs.first),
    async close() {
      isClosed = true;
      cancelTry?.();
      client.removeAllListeners();
      client.on(Events.Error, () => {});
      await client.destroy();
      await discord.close();
    },
  };
}

/** What only an operator can mend; null for what passes. */
function startProblem(error: unknown): AdapterStartError | null {
  if (AdapterStartError.isInstance(error)) {
    return error;
  }
  const failure = readFailure(error);
  const { code } = error as { code?: unknown };
  if (failure.status === 401 || code === DiscordjsErrorCodes.TokenInvalid) {
    return invalidToken();
  }
  const words = error instanceof Error ? error.message : "";
  if (/disallowed intents/i.test(words)) {
    return refusedByGateway(GatewayCloseCodes.DisallowedIntents);
  }
  if (/invalid intents/i.test(words)) {
    return refusedByGateway(GatewayCloseCodes.InvalidIntents);
  }
  if (/authentication failed/i.test(words)) {
    return invalidToken();
  }
  return null;
}
