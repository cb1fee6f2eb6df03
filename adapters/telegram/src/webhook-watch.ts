import type { LocalizedText, Logger } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { AdapterStartError } from "@toolcast/core/surface";
import { isTokenRefused, readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import { reasons, refusedWebhook } from "./start-problem.ts";
import { allowedUpdates } from "./update.ts";

interface WebhookWatchOptions {
  api: BotApi;
  clock: Clock;
  logger: Logger;
  /** Where Telegram is to deliver updates, and the secret that it sends along. */
  target: { url: string; secret: string };
  /** Called whenever Telegram has nothing more for us: a webhook gets no empty answers, as a poll does. Never rejects. */
  caughtUp(): Promise<void>;
}

const connections = 40;
/** From one look to the next; longer each time that another program has taken the updates since the last one. */
const everyMs = { usual: 60_000, longest: 10 * 60_000 };
/** After so many failures in a row Telegram counts as unreachable. */
const unreachableAfter = 3;

/**
 * Our webhook at Telegram. Any other program with the token can remove or replace it, usually by starting to poll, and
 * Telegram tells nobody: so it is looked at, and set again.
 */
export class WebhookWatch {
  readonly #options: WebhookWatchOptions;
  readonly #end = new AbortController();
  #away: LocalizedText | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: WebhookWatchOptions) {
    this.#options = options;
  }

  /** Why no updates come; null while they do. */
  get away(): LocalizedText | null {
    return this.#away;
  }

  /** Sets the webhook; rejects with an `AdapterStartError` if Telegram refuses it. */
  async start(): Promise<void> {
    await this.#set();
    this.#running = this.#watch();
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #watch(): Promise<void> {
    const { api, clock, logger, target, caughtUp } = this.#options;
    let waitMs = everyMs.usual;
    let failures = 0;
    for (let looks = 0; ; looks += 1) {
      try {
        await (looks === 0 ? undefined : sleep(clock, waitMs, this.#end.signal));
      } catch {
        return;
      }
      try {
        const { url, pending_update_count: pending } = await api.call(
          "getWebhookInfo",
          {},
          { signal: this.#end.signal },
        );
        const isOurs = url === target.url;
        await (isOurs && pending === 0 ? caughtUp() : undefined);
        waitMs = isOurs ? everyMs.usual : Math.min(waitMs * 2, everyMs.longest);
        this.#away = isOurs ? null : reasons.webhookTaken;
        if (!isOurs) {
          logger.warn({}, reasons.webhookTaken.en);
          await this.#set();
        }
        failures = 0;
      } catch (error) {
        if (this.#end.signal.aborted) {
          return;
        }
        failures += 1;
        this.#note(error, failures);
      }
    }
  }

  /** Problems that somebody has to fix are reported at once; those that may pass by themselves, only once they have lasted. */
  #note(error: unknown, failures: number): void {
    const { logger } = this.#options;
    const reason = isTokenRefused(error)
      ? reasons.token
      : AdapterStartError.isInstance(error)
        ? error.sentence
        : failures >= unreachableAfter
          ? reasons.unreachable
          : this.#away;
    const isNew = reason !== null && reason.en !== this.#away?.en;
    this.#away = reason;
    logger[isNew ? "warn" : "debug"](
      { reason: readFailure(error).detail },
      isNew ? reason.en : "the webhook could not be looked at",
    );
  }

  async #set(): Promise<void> {
    const { api, target } = this.#options;
    try {
      await api.call("setWebhook", {
        ...{ url: target.url, secret_token: target.secret, max_connections: connections },
        allowed_updates: [...allowedUpdates],
      });
    } catch (error) {
      const failure = readFailure(error);
      throw failure.kind === "refused" ? refusedWebhook(failure.detail) : error;
    }
  }
}
