import type { LocalizedText, Logger } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { isTokenRefused, readFailure, refusalText } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import { telegramLimits } from "./limits.ts";
import { reasons } from "./start-problem.ts";
import { allowedUpdates } from "./update.ts";

interface PollOptions {
  api: BotApi;
  clock: Clock;
  logger: Logger;
  /** False when an update could not be stored and must come again. Never rejects. */
  take(update: unknown): Promise<boolean>;
  /** Called whenever Telegram has nothing more for us. Never rejects. */
  caughtUp(): Promise<void>;
}

/** How long Telegram waits, and some time for the network. */
const timeoutMs = (telegramLimits.pollSeconds + 20) * 1_000;
const againAfterMs = { first: 1_000, longest: 30_000 };
/** Another poller takes about this long to notice. */
const conflictAfterMs = { first: 5_000, longest: 60_000 };

/**
 * Long polling. Updates are confirmed only once they are stored, so Telegram sends again what a dying process has not
 * stored.
 */
export class Poll {
  readonly #options: PollOptions;
  #end = new AbortController();
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
    this.#end.abort();
    this.#end = new AbortController();
    const { signal } = this.#end;
    this.#running = this.#running.then(() => this.#run(signal));
  }

  /** Ends the request under way; may be started again. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { api, clock, logger, take, caughtUp } = this.#options;
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
        this.#away = null;
        const taken = await Promise.all(updates.map(take));
        const missed = updates.filter((_, index) => !taken[index]).map(({ update_id: id }) => id);
        // Telegram sends again everything after the first missed update; what was already stored is recognised.
        const last = updates.at(-1)?.update_id;
        offset = missed[0] ?? (last === undefined ? offset : last + 1);
        if (missed.length > 0) {
          logger.warn({ updates: missed.length }, "updates from Telegram could not be stored; asking for them again");
          await sleep(clock, Math.min(againAfterMs.first * 2 ** failures, againAfterMs.longest), signal);
        }
        if (missed.length === 0 && updates.length < telegramLimits.updatesAtOnce) {
          await caughtUp();
        }
        failures = missed.length > 0 ? failures + 1 : 0;
      } catch (error) {
        if (!signal.aborted) {
          const waitMs = await this.#waitAfter(error, failures, signal);
          failures += 1;
          await sleep(clock, waitMs, signal).catch(() => {});
        }
      }
    }
  }

  /** How long to wait; logs once what is wrong, and fixes what can be fixed from here. */
  async #waitAfter(error: unknown, failures: number, signal: AbortSignal): Promise<number> {
    const { api, logger } = this.#options;
    const failure = readFailure(error);
    const isConflict = failure.status === 409;
    const isWebhook = isConflict && /webhook/i.test(refusalText(error));
    const before = this.#away;
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
    if (failures === 0 || isConflict || this.#away !== before) {
      logger.warn({ reason: failure.detail }, this.#away?.en ?? "Telegram sent no updates; asking again");
    }
    if (isWebhook) {
      await api.call("deleteWebhook", {}, { signal }).catch(() => {});
    }
    const { first, longest } = isConflict ? conflictAfterMs : againAfterMs;
    const asked = failure.kind === "limited" || failure.kind === "later" ? failure.afterMs : 0;
    return Math.max(Math.min(first * 2 ** failures, longest), Math.min(asked, longest));
  }
}
