import type { LocalizedText, Logger } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { isTokenRefused, readFailure, refusalWords } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import { telegramLimits } from "./limits.ts";
import { reasons } from "./start-problem.ts";
import { allowedUpdates } from "./update.ts";

interface PollOptions {
  api: BotApi;
  clock: Clock;
  logger: Logger;
  /** Resolves when an update is stored. Never rejects. */
  take(update: unknown): Promise<void>;
}

/** Telegram's wait, and some for the way. */
const timeoutMs = (telegramLimits.pollSeconds + 20) * 1_000;
const againAfterMs = { first: 1_000, longest: 30_000 };
/** Another poller needs as long to notice. */
const conflictAfterMs = { first: 5_000, longest: 60_000 };

/** Long polling: updates are confirmed once they are stored, so that what a dying process has not stored comes again. */
export class Poll {
  readonly #options: PollOptions;
  readonly #end = new AbortController();
  #away: LocalizedText | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PollOptions) {
    this.#options = options;
  }

  /** Why no updates come; null while they do. */
  get away(): LocalizedText | null {
    return this.#away;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { api, clock, take } = this.#options;
    const { signal } = this.#end;
    let offset = 0;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const updates = (await api.call(
          "getUpdates",
          {
            ...{ offset, limit: telegramLimits.updatesAtOnce, timeout: telegramLimits.pollSeconds },
            allowed_updates: [...allowedUpdates],
          },
          { signal, timeoutMs },
        )) as { update_id: number }[];
        failures = 0;
        this.#away = null;
        await Promise.all(updates.map(take));
        offset = Math.max(offset, ...updates.map(({ update_id: id }) => id + 1));
      } catch (error) {
        if (!signal.aborted) {
          const waitMs = await this.#waitAfter(error, failures);
          failures += 1;
          await sleep(clock, waitMs, signal).catch(() => {});
        }
      }
    }
  }

  /** How long to wait; says once what is wrong, and mends what can be mended from here. */
  async #waitAfter(error: unknown, failures: number): Promise<number> {
    const { api, logger } = this.#options;
    const failure = readFailure(error);
    const isConflict = failure.status === 409;
    const isWebhook = isConflict && /webhook/i.test(refusalWords(error));
    this.#away = isTokenRefused(error)
      ? reasons.token
      : isWebhook
        ? reasons.webhook
        : isConflict
          ? reasons.poller
          : null;
    if (this.#away === null && failures >= 2) {
      this.#away = reasons.unreachable;
    }
    if (failures === 0 || isConflict) {
      logger.warn({ reason: failure.words }, this.#away?.en ?? "Telegram gave no updates; it is asked again");
    }
    if (isWebhook) {
      await api.call("deleteWebhook", {}, { signal: this.#end.signal }).catch(() => {});
    }
    const { first, longest } = isConflict ? conflictAfterMs : againAfterMs;
    const asked = failure.kind === "limited" || failure.kind === "later" ? failure.afterMs : 0;
    return Math.max(Math.min(first * 2 ** failures, longest), Math.min(asked, longest));
  }
}
