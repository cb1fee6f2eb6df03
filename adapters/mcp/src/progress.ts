import type { ServerContext } from "@modelcontextprotocol/server";
import type { Caller, Job, Runtime } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { tell } from "./sentences.ts";

/** Well below the 15 seconds after which hosts suspect that a call is stuck. */
const heartbeatMs = 10_000;
/** Never reached: the result itself says that it is done. */
const total = 100;

export interface ProgressOptions {
  context: ServerContext;
  runtime: Runtime;
  clock: Clock;
  caller: Caller;
}

/** Clients show progress in one line: the end of a text that still grows, in characters. */
const maxArrived = 200;

function endOf(text: string): string {
  const characters = [...text.replaceAll(/\s+/g, " ")];
  return characters.length > maxArrived ? `…${characters.slice(-maxArrived).join("")}` : characters.join("");
}

/** Reports a call's progress to a client that asked for it. */
export interface ProgressReport {
  /** Reports the job's changes from now on. */
  follow(job: Job): void;
  /** Resolves when nothing more will be sent; call it before the result. */
  stop(): Promise<void>;
}

/** For calls without progress. */
export const noProgress: ProgressReport = { follow() {}, async stop() {} };

/**
 * Sends the first notice at once, then one with every change and at least every ten seconds, each with a higher value.
 */
export function reportProgress({ context, runtime, clock, caller }: ProgressOptions): ProgressReport {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) {
    return noProgress;
  }
  let last = -1;
  let said: string | undefined;
  let stopped = false;
  let job: Job | undefined;
  let sending: Promise<void> = Promise.resolve();
  let cancelBeat = () => {};
  let unwatch = () => {};

  /** Without a known fraction, ever smaller steps towards an end that is never reached. */
  const higher = (fraction: number | undefined) => {
    const reported = fraction === undefined ? -1 : fraction * total;
    last = last < 0 ? Math.max(0, reported) : Math.max(reported, last + (total - 1 - last) / 200);
    return last;
  };
  const beatLater = () => {
    cancelBeat();
    cancelBeat = clock.setTimer(heartbeatMs, () => send("beat"));
  };
  const send = (why: "beat" | "change") => {
    sending = sending.then(async () => {
      const message = job === undefined ? undefined : await runtime.jobMessage(job, caller, "text");
      const arrived = message?.growing ? endOf(message.lines?.at(-1) ?? "") : undefined;
      const saying = [message?.title, arrived].join(" ");
      // A job is stored more often than its message changes.
      if (stopped || (why === "change" && saying === said)) {
        return;
      }
      said = saying;
      beatLater();
      const label = message?.progress?.label;
      await context.mcpReq.notify({
        method: "notifications/progress",
        params: {
          progressToken,
          progress: higher(message?.progress?.fraction),
          total,
          message: [message?.title ?? tell("received", caller.locale), arrived ?? label].filter(Boolean).join(" "),
        },
      });
    });
    // The client may have disconnected, while its job continues; or the store failed and may work again by the next
    // notice.
    sending = sending.catch(() => {
      if (!stopped) {
        beatLater();
      }
    });
  };
  send("beat");
  return {
    follow(begun) {
      unwatch();
      job = begun;
      unwatch = runtime.watch((changed) => {
        if (changed.id === begun.id && !stopped) {
          job = changed;
          send("change");
        }
      });
      send("change");
    },
    async stop() {
      stopped = true;
      cancelBeat();
      unwatch();
      await sending;
    },
  };
}
