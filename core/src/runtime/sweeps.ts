import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { JobEngine } from "../job/engine.ts";
import { isInOpenJob } from "../job/media-in-use.ts";
import type { MediaStore } from "../media/store.ts";

const everyMs = 60 * 60_000;
/** How many inbox entries one act removes. */
const inboxSlice = 200;

/** What runs once an hour: media past retention go, and events past their time. */
export interface Sweeps {
  start(): void;
  stop(): void;
}

export function createSweeps({
  media,
  engine,
  clock,
  logger,
}: {
  media: MediaStore;
  engine: JobEngine;
  clock: Clock;
  logger: Logger;
}): Sweeps {
  let cancel = () => {};

  async function sweepMedia(): Promise<void> {
    const removed = await media.sweep((asset) => isInOpenJob(engine, asset));
    if (removed > 0) {
      logger.info({ removed }, "media past retention were removed");
    }
  }

  /** In small slices, so that no write waits long behind one. */
  async function sweepInbox(): Promise<void> {
    while ((await engine.inbox.purge(inboxSlice)) > 0) {}
  }

  async function sweep(): Promise<void> {
    await sweepMedia().catch((error: unknown) =>
      logger.warn({ error: String(error) }, "media past retention could not be removed; tried again later"),
    );
    await sweepInbox().catch((error: unknown) =>
      logger.warn({ error: String(error) }, "events past their time could not be removed; tried again later"),
    );
    start();
  }

  function start(): void {
    cancel = clock.setTimer(everyMs, () => void sweep());
  }

  return { start, stop: () => cancel() };
}
