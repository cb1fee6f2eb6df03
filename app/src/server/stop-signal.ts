import { whenUnread } from "./when-unread.ts";

/** What can ask a process to stop. */
export interface StopSignal {
  /** Resolves when it is time to stop in an orderly way. */
  requested: Promise<void>;
  /** Aborted on a second request: stop at once. */
  urgent: AbortSignal;
  dispose(): void;
}

/**
 * SIGTERM, SIGINT, SIGHUP, and output that nobody reads any more (`toolcast start | head -1`). A supervised process
 * leaves Ctrl-C and a closed terminal to its supervisor, which knows the order in which things stop, and stops on its
 * own when the supervisor is gone.
 */
export function stopSignal(supervised: boolean): StopSignal {
  const urgent = new AbortController();
  let asked = false;
  let resolve: () => void = () => {};
  const requested = new Promise<void>((done) => {
    resolve = done;
  });
  const ask = () => {
    if (asked) {
      urgent.abort();
    }
    asked = true;
    resolve();
  };
  const ignore = () => {};
  const onInterrupt = supervised ? ignore : ask;
  const stopReading = whenUnread(() => {
    // Every further line hits the same closed pipe, which does not count as a second request to stop.
    if (!asked) {
      ask();
    }
  });
  process.on("SIGINT", onInterrupt);
  process.on("SIGHUP", onInterrupt);
  process.on("SIGTERM", ask);
  if (supervised) {
    process.on("disconnect", ask);
  }
  return {
    requested,
    urgent: urgent.signal,
    dispose() {
      stopReading();
      process.off("SIGINT", onInterrupt);
      process.off("SIGHUP", onInterrupt);
      process.off("SIGTERM", ask);
      process.off("disconnect", ask);
    },
  };
}
