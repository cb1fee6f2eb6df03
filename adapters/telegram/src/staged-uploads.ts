import type { Asset, Caller, Message } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { mediumOf } from "@toolcast/core/surface";
import { readFailure } from "./api-failure.ts";
import { compose } from "./compose.ts";
import type { TelegramContext } from "./context.ts";
import { userOf } from "./place.ts";
import { sendMedium } from "./show.ts";

/** Telegram stops waiting for the answer to an inline query after about ten seconds. */
const patienceMs = 5_000;
/** For one query; people type several. */
const atOnce = 3;
/** A failed one is tried again after this time, in milliseconds. */
const againAfterMs = 10 * 60_000;
const remembered = 1_000;

/**
 * Files that Telegram gets before somebody chooses them: an inline message takes no uploads. Each is sent silently to
 * its owner's own chat with the bot and deleted there at once; its id remains valid.
 */
export class StagedUploads {
  readonly #clock: Clock;
  readonly #uploads = new Map<string, { end: Promise<void>; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when Telegram has the newest of these, or when an answer should not wait longer. Never rejects. */
  async stage(context: TelegramContext, owner: Caller, assets: readonly Asset[]): Promise<void> {
    const known = await Promise.all(assets.map(({ id }) => context.fileIds.knownAs(id)));
    const missing = assets.filter((_, index) => known[index] === null).slice(0, atOnce);
    const patience = new AbortController();
    await Promise.race([
      Promise.all(missing.map((asset) => this.#once(context, owner, asset))),
      sleep(this.#clock, patienceMs, patience.signal).catch(() => {}),
    ]);
    patience.abort();
  }

  #once(context: TelegramContext, owner: Caller, asset: Asset): Promise<void> {
    const now = this.#clock.now();
    const known = this.#uploads.get(asset.id);
    if (known !== undefined && known.until > now) {
      return known.end;
    }
    const end = upload(context, owner, asset).catch((error) => {
      context.logger.info({ reason: readFailure(error).detail }, "a result could not be staged for inline mode");
    });
    this.#uploads.set(asset.id, { end, until: now + againAfterMs });
    if (this.#uploads.size > remembered) {
      const [oldest = ""] = this.#uploads.keys();
      this.#uploads.delete(oldest);
    }
    return end;
  }
}

async function upload(context: TelegramContext, owner: Caller, asset: Asset): Promise<void> {
  const { runtime, limits, chats, api } = context;
  const { locale } = owner;
  const chat = userOf(owner.id);
  const given: Message = { tone: "info", title: "", private: true, media: [mediumOf(asset, asset.name)] };
  const [medium] = (await compose(context, await runtime.fit(given, limits.surface, locale), { locale })).media;
  if (medium === undefined) {
    return;
  }
  // As progress it takes no room that a result needs.
  const sent = await sendMedium(context, { chat, priority: "progress" }, medium, {
    caption: { text: "", entities: [] },
    markup: { disable_notification: true },
  });
  if (sent !== null) {
    await chats.request(chat, "result", (chat_id) =>
      api.call("deleteMessage", { chat_id, message_id: sent.message_id }),
    );
  }
}
