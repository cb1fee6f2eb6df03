import { type LocalizedText, silentLogger } from "@toolcast/core";
import { type Adapter, AdapterStartError } from "@toolcast/core/surface";
import { isTokenRefused, readFailure } from "./api-failure.ts";
import { cloud, createBotApi } from "./bot-api.ts";
import { Poll } from "./poll.ts";
import { registerCommands } from "./register.ts";
import { invalidToken, noPublicUrl, reasons, refusedWebhook } from "./start-problem.ts";
import { createTelegramSurface, type TelegramSurfaceOptions } from "./telegram-surface.ts";
import { allowedUpdates } from "./update.ts";
import { answerWebhook, webhookPath } from "./webhook.ts";

export interface TelegramOptions extends Omit<TelegramSurfaceOptions, "api"> {
  /**
   * Proves that a webhook request comes from Telegram; a secret. With it and a public address updates come by webhook,
   * otherwise by long polling.
   */
  webhookSecret?: string;
  /** The origin at which Telegram can reach us; null when it cannot be reached from outside. */
  publicUrl: string | null;
  /** Telegram's own server, which the bot leaves before it uses a local one. Default `https://api.telegram.org`. */
  cloudRoot?: string;
}

const againAfterMs = { first: 5_000, longest: 5 * 60_000 };
const webhookConnections = 40;
/** A machine that reaches the local server may be unable to reach Telegram's. */
const leaveWithinMs = 10_000;

/** Toolcast on Telegram. */
export function createTelegram(options: TelegramOptions): Adapter {
  const { clock, runtime, webhookSecret: secret, publicUrl } = options;
  const logger = options.logger ?? silentLogger;
  const api = createBotApi(options);
  const telegram = createTelegramSurface({ ...options, api });
  const poll = new Poll({ api, clock, logger, take: telegram.take });
  let cancelTry: (() => void) | undefined;
  let isRecovered = false;
  let isConnected = false;
  let isClosed = false;
  /** A problem met after the start that only an operator can fix. */
  let refusal: LocalizedText | null = null;

  /** Done before each start: for a bot that has already left, the refusal means the same. */
  async function leaveCloud(): Promise<void> {
    if (options.filesDirectory === undefined) {
      return;
    }
    try {
      await createBotApi({ ...options, apiRoot: options.cloudRoot ?? cloud }).call(
        "logOut",
        {},
        { timeoutMs: leaveWithinMs },
      );
      logger.info({}, "the bot has left Telegram's own server, which takes it back after 10 minutes at the earliest");
    } catch (error) {
      logger.info({ reason: readFailure(error).detail }, "the bot was not logged out of Telegram's own server");
    }
  }

  async function connect(): Promise<void> {
    await leaveCloud();
    const { id, username = "" } = await api.call("getMe", {});
    telegram.named({ id, username });
    await register();
    if (!isRecovered) {
      await telegram.recover();
      isRecovered = true;
    }
    if (secret !== undefined && publicUrl !== null) {
      await setWebhook(new URL(webhookPath, publicUrl).href, secret);
    } else {
      // Waiting updates are kept and answered, however old.
      await api.call("deleteWebhook", {});
      poll.start();
    }
    isConnected = true;
    logger.info({ bot: username }, "connected to Telegram");
  }

  async function register(): Promise<void> {
    try {
      await registerCommands(api, runtime.tools, logger);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind !== "refused" && failure.kind !== "limited") {
        throw error;
      }
      // Commands work without being listed, and those already listed stay.
      logger.error({ reason: failure.detail }, "Telegram commands could not be registered");
    }
  }

  async function setWebhook(url: string, secret_token: string): Promise<void> {
    try {
      await api.call("setWebhook", {
        ...{ url, secret_token, max_connections: webhookConnections },
        allowed_updates: [...allowedUpdates],
      });
    } catch (error) {
      const failure = readFailure(error);
      throw failure.kind === "refused" ? refusedWebhook(failure.detail) : error;
    }
  }

  async function tryToConnect(waitMs: number): Promise<void> {
    try {
      await connect();
    } catch (error) {
      if (AdapterStartError.isInstance(error) || isTokenRefused(error) || isClosed) {
        throw isTokenRefused(error) ? invalidToken() : error;
      }
      logger.warn({ reason: readFailure(error).detail }, "Telegram cannot be reached; trying again");
      cancelTry = clock.setTimer(waitMs, () => {
        tryToConnect(Math.min(waitMs * 2, againAfterMs.longest)).catch((later: unknown) => {
          refusal = AdapterStartError.isInstance(later) ? later.sentence : null;
          logger.error({ reason: later instanceof Error ? later.message : "unknown" }, "Telegram is not connected");
        });
      });
    }
  }

  return {
    surface: telegram.surface,
    async start() {
      if (secret !== undefined && publicUrl === null) {
        throw noPublicUrl();
      }
      await tryToConnect(againAfterMs.first);
    },
    async close() {
      isClosed = true;
      cancelTry?.();
      await poll.close();
      await telegram.close();
    },
    handlePublic: async (request) =>
      secret === undefined ? null : answerWebhook(request, { secret, take: telegram.take, isOpen: () => !isClosed }),
    away: (): LocalizedText | null => (isConnected ? poll.away : (refusal ?? reasons.unreachable)),
  };
}
