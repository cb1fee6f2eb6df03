import type { Asset, Caller, Logger } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { readFailure } from "./api-failure.ts";
import type { FileIds } from "./file-ids.ts";

/** Telegram stops waiting for the answer to an inline query after about ten seconds. */
const patienceMs = 5_000;
/** For one query; people type several. */
const atOnce = 3;
/** What Telegram's own server takes; one of our own takes more, but not while somebody types. */
const mostBytes = 50 * 1024 * 1024;
/** A failed one is tried again after this time, in milliseconds. */
const againAfterMs = 10 * 60_000;
const remembered = 1_000;

interface StagedUploadsOptions {
  clock: Clock;
  fileIds: Pick<FileIds, "knownAs">;
  logger: Logger;
  /** Sends a file, so that its id becomes known, and deletes the message. */
  upload(owner: Caller, asset: Asset): Promise<void>;
}

/**
 * Files that Telegram gets before somebody chooses them: an inline message takes no uploads. Each is sent silently to
 * its owner's own chat with the bot and deleted there at once; its id remains valid.
 */
export class StagedUploads {
  readonly #options: StagedUploadsOptions;
  readonly #uploads = new Map<string, { end: Promise<void>; until: number }>();

  constructor(options: StagedUploadsOptions) {
    this.#options = options;
  }

  /** Resolves when Telegram has the newest of these, or when an answer should not wait longer. Never rejects. */
  async stage(owner: Caller, assets: readonly Asset[]): Promise<void> {
    const known = await Promise.all(assets.map(({ id }) => this.#options.fileIds.knownAs(id)));
    const missing = assets.filter(({ bytes }, index) => known[index] === null && bytes <= mostBytes).slice(0, atOnce);
    const patience = new AbortController();
    await Promise.race([
      Promise.all(missing.map((asset) => this.#once(owner, asset))),
      sleep(this.#options.clock, patienceMs, patience.signal).catch(() => {}),
    ]);
    patience.abort();
  }

  #once(owner: Caller, asset: Asset): Promise<void> {
    const { clock, logger, upload } = this.#options;
    const now = clock.now();
    const known = this.#uploads.get(asset.id);
    if (known !== undefined && known.until > now) {
      return known.end;
    }
    const end = upload(owner, asset).catch((error) => {
      logger.info({ reason: readFailure(error).detail }, "a result could not be staged for inline mode");
    });
    this.#uploads.set(asset.id, { end, until: now + againAfterMs });
    if (this.#uploads.size > remembered) {
      const [oldest = ""] = this.#uploads.keys();
      this.#uploads.delete(oldest);
    }
    return end;
  }
}
