import { type LocalizedText, silentLogger } from "@toolcast/core";
import { type Adapter, AdapterStartError } from "@toolcast/core/surface";
import { DiscordjsErrorCodes, GatewayCloseCodes } from "discord.js";
import { createDiscordApi } from "./discord-api.ts";
import { createDiscordSurface, type DiscordSurfaceOptions } from "./discord-surface.ts";
import { Gateway } from "./gateway.ts";
import { registerCommands } from "./register.ts";
import { notThere, RegisteredScopes } from "./registered-scopes.ts";
import { readFailure } from "./rest-failure.ts";
import { invalidToken, notInGuild, refusedByGateway } from "./start-problem.ts";

export interface DiscordOptions extends Omit<DiscordSurfaceOptions, "api" | "scope"> {
  /** The bot's token; a secret. */
  token: string;
  /** Registers commands only in this server, where changes appear at once. Default: registers them everywhere. */
  guildId?: string;
}

/** After a temporary failure. */
const againAfterMs = { first: 5_000, longest: 5 * 60_000 };
/** After one that somebody has to fix: Discord limits connections per day and refused requests. */
const refusedAgainAfterMs = { first: 60_000, longest: 60 * 60_000 };

/** Toolcast on Discord. */
export function createDiscord(options: DiscordOptions): Adapter {
  const { token, guildId: guild, apiUrl, clock } = options;
  const logger = options.logger ?? silentLogger;
  const api = createDiscordApi(token, apiUrl);
  const discord = createDiscordSurface({ ...options, api, scope: guild === undefined ? "global" : "guild" });
  const scopes = new RegisteredScopes({ state: options.state, api, logger });
  const gateway = new Gateway({ token, apiUrl, logger, take: (payload) => discord.take(payload), closed });
  let cancelTry: (() => void) | undefined;
  let isRecovered = false;
  let isClosed = false;
  /** What somebody has to fix before Discord lets us connect; null when nothing. */
  let refusal: LocalizedText | null = null;
  let failures = 0;
  let connectedAt = 0;

  async function connect(): Promise<void> {
    const { id: application } = await api.application();
    await register(application);
    if (!isRecovered) {
      await discord.recover();
      isRecovered = true;
    }
    if (!isClosed) {
      await gateway.open();
    }
    refusal = null;
    connectedAt = clock.monotonic();
    logger.info({ application }, "connected to Discord");
  }

  async function register(application: string): Promise<void> {
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

  async function tryToConnect({ isStart }: { isStart: boolean }): Promise<void> {
    try {
      await connect();
    } catch (error) {
      if (isClosed) {
        return;
      }
      const problem = startProblem(error);
      if (problem !== null && isStart) {
        throw problem;
      }
      refusal = problem?.sentence ?? null;
      const afterMs = tryAgain(problem === null ? againAfterMs : refusedAgainAfterMs);
      logger.warn(
        { reason: problem?.message ?? readFailure(error).detail, afterMs },
        "Discord cannot be reached; trying again",
      );
    }
  }

  /** Schedules the next attempt, with a growing delay. */
  function tryAgain({ first, longest }: typeof againAfterMs): number {
    const afterMs = Math.min(first * 2 ** failures, longest);
    failures += 1;
    cancelTry = clock.setTimer(afterMs, () => void tryToConnect({ isStart: false }));
    return afterMs;
  }

  function closed(code: number): void {
    const { sentence, message } = refusedByGateway(code);
    refusal = sentence;
    if (clock.monotonic() - connectedAt >= refusedAgainAfterMs.longest) {
      failures = 0;
    }
    logger.error({ code, afterMs: tryAgain(refusedAgainAfterMs) }, message);
  }

  return {
    surface: discord.surface,
    start: () => tryToConnect({ isStart: true }),
    async close() {
      isClosed = true;
      cancelTry?.();
      await gateway.close();
      await discord.close();
    },
    away: () => refusal ?? gateway.away,
  };
}

/** What only an operator can fix; null for temporary failures. */
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
