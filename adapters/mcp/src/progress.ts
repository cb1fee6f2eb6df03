import type { ServerContext } from "@modelcontextprotocol/server";
import type { Caller, Job, Runtime } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { tell } from "./sentences.ts";

/** Well below the quarter minute after which hosts begin to doubt. */
const heartbeatMs = 10_000;
/** Never reached: the result says that it is done. */
const total = 100;

export interface ProgressOptions {
  context: ServerContext;
  runtime: Runtime;
  clock: Clock;
  caller: Caller;
}

/** Tells a client that asked for it how its call goes. */
export interface ProgressReport {
  /** From now on what happens to the job is told. */
  follow(job: Job): void;
  /** Resolves when nothing more will be sent: before the result. */
  stop(): Promise<void>;
}

/** For calls that nobody follows. */
export const noProgress: ProgressReport = { follow() {}, async stop() {} };

/** The first notice at once, then one with every change and at least every ten seconds; each higher than the one before. */
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

  /** Where nothing is known, ever smaller steps towards an end that is never reached. */
  const higher = (fraction: number | undefined) => {
    const told = fraction === undefined ? -1 : fraction * total;
    last = last < 0 ? Math.max(0, told) : Math.max(told, last + (total - 1 - last) / 200);
    return last;
  };
  const beatLater = () => {
    cancelBeat();
    cancelBeat = clock.setTimer(heartbeatMs, () => send("beat"));
  };
  const send = (why: "beat" | "change") => {
    sending = sending.then(async () => {
      const message = job === undefined ? undefined : await runtime.jobMessage(job, caller, "words");
      // A job is written more often than it has something new to say.
      if (stopped || (why === "change" && message?.title === said)) {
        return;
      }
      said = message?.title;
      beatLater();
      const label = message?.progress?.label;
      await context.mcpReq.notify({
        method: "notifications/progress",
        params: {
          progressToken,
          progress: higher(message?.progress?.fraction),
          total,
          message: [message?.title ?? tell("received", caller.locale), ...(label === undefined ? [] : [label])].join(
            " ",
          ),
        },
      });
    });
    // A client that has gone away is not told; its job goes on. A store in trouble may be well again by the next notice.
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
