import type { Caller, Logger } from "@toolcast/core";
import type { Outbox } from "@toolcast/core/chat";
import { type Clock, sleep } from "@toolcast/core/engine";
import type { DiscordApi } from "./discord-api.ts";
import { discordLimits } from "./limits.ts";
import { type Address, addressOf } from "./place.ts";
import { botBudget, readFailure } from "./rest-failure.ts";

/** A request waits this long for the answer, and its asker for the request. */
const patienceMs = 400;
/** Also after a failure: nobody should wait for one server again and again. */
const keptMs = 60 * 60_000;
/** The most servers remembered at a time. */
const remembered = 5_000;

/** The largest files that servers accept from the bot, each looked up at most once an hour. */
export class GuildLimits {
  readonly #options: { api: DiscordApi; outbox: Outbox; clock: Clock; logger: Logger };
  readonly #known = new Map<string, { bytes: Promise<number | null>; at: number }>();

  constructor(options: { api: DiscordApi; outbox: Outbox; clock: Clock; logger: Logger }) {
    this.#options = options;
  }

  /**
   * The caller with what their server accepts instead of what its limit might be; the same caller if that is certain
   * already, or if Discord does not say it soon.
   */
  async corrected(caller: Caller): Promise<Caller> {
    const address = addressOf(caller.place);
    if (address?.guild === undefined || address.certainBytes === undefined) {
      return caller;
    }
    const bytes = await this.#soon(address.guild);
    if (bytes === null) {
      return caller;
    }
    const { certainBytes: _, ...rest } = address;
    const certain: Address = { ...rest, fileBytes: Math.min(address.fileBytes, bytes) };
    return { ...caller, place: { ...caller.place, address: certain } };
  }

  /** Null if Discord does not answer within the time, or does not tell the bot. */
  async #soon(guild: string): Promise<number | null> {
    const patience = new AbortController();
    const late = sleep(this.#options.clock, patienceMs, patience.signal).then(
      () => null,
      () => null,
    );
    const bytes = await Promise.race([this.#of(guild), late]);
    patience.abort();
    return bytes;
  }

  #of(guild: string): Promise<number | null> {
    const at = this.#options.clock.monotonic();
    const known = this.#known.get(guild);
    if (known !== undefined && at - known.at < keptMs) {
      return known.bytes;
    }
    const bytes = this.#ask(guild);
    this.#known.delete(guild);
    this.#known.set(guild, { bytes, at });
    if (this.#known.size > remembered) {
      const [oldest = ""] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return bytes;
  }

  /** Never rejects: without an answer the usual limit is certain. */
  async #ask(guild: string): Promise<number | null> {
    const { api, outbox, logger } = this.#options;
    try {
      const { premium_tier: tier } = await outbox.send({ budgets: [botBudget] }, () => api.guild(guild));
      return discordLimits.attachmentBytesByTier[tier] ?? null;
    } catch (error) {
      logger.debug({ guild, reason: readFailure(error).detail }, "the upload limit of a server is not known");
      return null;
    }
  }
}
