import { wait } from "../clock.ts";
import type { Context } from "../context.ts";
import { fetchOutside } from "../outside.ts";
import type { Task } from "./records.ts";

/** A task whose end is reported to the caller's address. */
export interface Notice {
  task: Task;
  /** The documented body for the end of the task. */
  body(): Record<string, unknown>;
  /** What a stranger who knows the format might send instead. */
  forgedBody(): Record<string, unknown>;
  /** Records that this end has been reported, so that a restart does not report it again. */
  settled(): void;
}

export interface Callbacks {
  /** Reports the end when it comes. */
  schedule(notice: Notice): void;
  /** Reports the end at once, to a caller who does not yet know that the task exists. */
  sendBeforeAnswer(notice: Notice): Promise<void>;
}

const retriesAfterMs = [5000, 30_000];
const lateByMs = 60_000;
const secondTimeAfterMs = 2000;
const forgedAfterMs = 500;
const answerWithinMs = 15_000;

export function openCallbacks(context: Context): Callbacks {
  async function post(address: string, body: unknown): Promise<boolean> {
    try {
      const response = await fetchOutside(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        redirect: "manual",
        signal: AbortSignal.any([context.closing, AbortSignal.timeout(answerWithinMs)]),
      });
      await response.body?.cancel();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  async function tell(address: string, notice: Notice): Promise<void> {
    const begun = context.epoch();
    const over = () => context.closing.aborted || context.epoch() !== begun;
    for (const delayMs of [0, ...retriesAfterMs]) {
      await wait(context.clock, context.pace(delayMs), context.closing);
      if (over()) return;
      if (await post(address, notice.body())) break;
    }
    if (!over()) notice.settled();
  }

  function later(action: () => unknown, delayMs: number): void {
    const begun = context.epoch();
    const withdraw = context.clock.setTimeout(() => {
      context.closing.removeEventListener("abort", withdraw);
      if (!context.closing.aborted && context.epoch() === begun) void action();
    }, delayMs);
    context.closing.addEventListener("abort", withdraw, { once: true });
  }

  return {
    schedule(notice) {
      const { task } = notice;
      const address = task.callbackUrl;
      if (address === undefined || task.callbackDone || task.callback === "lost") return;
      const now = context.clock.now();
      if (task.callback === "forged") {
        const delayMs = task.createdAt + context.pace(forgedAfterMs) - now;
        if (delayMs >= 0) later(() => post(address, notice.forgedBody()), delayMs);
      }
      if (task.endsAt === null) return;
      const extraMs = task.callback === "late" ? context.pace(lateByMs) : 0;
      // One millisecond more, because a timer may fire just before the instant at which the detail changes.
      const delayMs = Math.max(0, Math.ceil(task.endsAt + extraMs - now) + 1);
      later(() => tell(address, notice), delayMs);
      if (task.callback === "twice") {
        later(() => post(address, notice.body()), delayMs + context.pace(secondTimeAfterMs));
      }
    },
    async sendBeforeAnswer(notice) {
      const address = notice.task.callbackUrl;
      if (address === undefined) return;
      notice.settled();
      await post(address, notice.body());
    },
  };
}
