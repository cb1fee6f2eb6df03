import type { Logger } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { failureIn } from "@toolcast/core/errors";
import { say } from "@toolcast/core/surface";

/** How long to wait before the database is tried again, in milliseconds. */
const againAfterMs = 2_000;

/**
 * Opens what needs the database, as soon as it can be reached: a server that is started before its database waits for it
 * instead of ending. Rejects with the signal's reason if it is aborted meanwhile.
 */
export async function whenReachable<Opened>(
  open: () => Promise<Opened>,
  { clock, logger, signal }: { clock: Clock; logger: Logger; signal: AbortSignal },
): Promise<Opened> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await open();
    } catch (error) {
      const sentence = failureIn(error)?.sentence;
      if (typeof sentence !== "object" || !("key" in sentence) || sentence.key !== "storage.away") {
        throw error;
      }
      if (tries === 0) {
        logger.warn({ err: error }, `${say(sentence, "en")} Waiting for it.`);
      }
      await sleep(clock, againAfterMs, signal);
    }
  }
}
