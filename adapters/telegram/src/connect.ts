import { silentLogger } from "@toolcast/core";
import { Connection } from "@toolcast/core/chat";
import { type Adapter, AdapterStartError, type AdapterTools } from "@toolcast/core/surface";
import { isTokenRefused, platformName, readFailure } from "./api-failure.ts";
import { createBotApi } from "./bot-api.ts";
import { leaveCloud } from "./leave-cloud.ts";
import { Poll } from "./poll.ts";
import { invalidToken, noPublicUrl } from "./start-problem.ts";
import { createTelegramSurface, type TelegramSurfaceOptions } from "./telegram-surface.ts";
import { answerWebhook, webhookPath } from "./webhook.ts";
import { WebhookWatch } from "./webhook-watch.ts";

export interface TelegramOptions extends Omit<TelegramSurfaceOptions, "api"> {
  /**
   * Proves that a webhook request comes from Telegram; a secret. With it and a public address updates come by webhook,
   * otherwise by long polling.
   */
  webhookSecret?: string;
  /** The origin at which Telegram can reach us; null when it cannot be reached from outside. */
  publicUrl: string | null;
  /** Whose turn it is to poll, and whether this process receives at all. Default: always ours. */
  turn?: AdapterTools["turn"];
  /** Telegram's own server, which the bot leaves before it uses a local one. Default `https://api.telegram.org`. */
  cloudRoot?: string;
}

/** Toolcast on Telegram. */
export function createTelegram(options: TelegramOptions): Adapter {
  const { clock, webhookSecret: secret, publicUrl } = options;
  const logger = options.logger ?? silentLogger;
  const api = createBotApi(options);
  const telegram = createTelegramSurface({ ...options, api });
  const poll = new Poll({ api, clock, logger, take: telegram.take, caughtUp: telegram.caughtUp });
  const webhook =
    secret === undefined || publicUrl === null
      ? null
      : new WebhookWatch({
          ...{ api, clock, logger, caughtUp: telegram.caughtUp },
          target: { url: new URL(webhookPath, publicUrl).href, secret },
        });
  let bot = "";
  /** Tried once in this process: each attempt would log the bot out again. */
  let leaving: Promise<void> | undefined;
  const connection = new Connection({
    ...{ platform: platformName, clock, logger, readFailure },
    async introduce() {
      leaving ??= leaveCloud(options);
      await leaving;
      const { id, username = "" } = await api.call("getMe", {});
      bot = username;
      telegram.named({ id, username });
      await telegram.register();
    },
    recover: () => telegram.recover(),
    async receive() {
      await telegram.begin();
      if (webhook !== null) {
        await webhook.start();
      } else {
        // Waiting updates are kept and answered, however old.
        await api.call("deleteWebhook", {});
        poll.start();
      }
      logger.info({ bot }, "connected to Telegram");
    },
    turn: options.turn,
    anyReceives: webhook !== null,
    rest: () => poll.close(),
    problemOf: (error) => (isTokenRefused(error) ? invalidToken() : AdapterStartError.isInstance(error) ? error : null),
  });

  return {
    surface: telegram.surface,
    async start() {
      if (secret !== undefined && publicUrl === null) {
        throw noPublicUrl();
      }
      await connection.start();
    },
    async close() {
      connection.close();
      await Promise.all([poll.close(), webhook?.close()]);
      await telegram.close();
    },
    handlePublic: async (request) =>
      secret === undefined
        ? null
        : answerWebhook(request, { secret, take: telegram.take, isOpen: () => !connection.isClosed }),
    away: () => connection.away(() => (webhook ?? poll).away),
  };
}
