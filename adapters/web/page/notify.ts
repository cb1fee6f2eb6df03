import { effect, signal } from "@preact/signals";
import type { JobView } from "../src/wire.ts";
import { keep, kept } from "./kept.ts";
import { jobs, state } from "./store.ts";

const name = "notify";

/** `off` until the person asks for it: a page that asks by itself is refused by most people, and for good. */
export const notifying = signal<"off" | "on" | "denied">(
  kept(name) === true && canNotify() && Notification.permission === "granted" ? "on" : "off",
);

/** False where the browser has no notifications, as over plain HTTP from another machine. */
export function canNotify(): boolean {
  return "Notification" in globalThis;
}

/** Call only at a press: that is when the browser asks the person for permission. */
export async function toggleNotifying(): Promise<void> {
  if (notifying.value === "on") {
    notifying.value = "off";
  } else {
    notifying.value = (await Notification.requestPermission()) === "granted" ? "on" : "denied";
  }
  keep(name, notifying.value === "on" ? true : undefined);
}

/** Shows a notification for each job that ends, or needs a decision, while the person is elsewhere. */
export function watchJobs(open: (job: JobView) => void): void {
  /** Null until the jobs are known: what ended before is no news. */
  let before: ReadonlyMap<string, JobView> | null = null;
  effect(() => {
    if (state.value === null) {
      return;
    }
    const newest = Math.max(0, ...[...(before?.values() ?? [])].map(({ createdAt }) => createdAt));
    for (const job of before === null ? [] : jobs.value) {
      const earlier = before?.get(job.id);
      // A short job may have ended before the page heard of it.
      const wasUnderWay = earlier === undefined ? job.createdAt > newest : isUnderWay(earlier.phase);
      if (wasUnderWay && !isUnderWay(job.phase)) {
        notify(job, open);
      }
    }
    before = new Map(jobs.value.map((job) => [job.id, job]));
  });
}

function isUnderWay(phase: JobView["phase"]): boolean {
  return phase === "queued" || phase === "starting" || phase === "running";
}

function notify(job: JobView, open: (job: JobView) => void): void {
  if (notifying.peek() !== "on" || (!document.hidden && document.hasFocus())) {
    return;
  }
  const { title, lines = [] } = job.message;
  // The same tag: a second page of this console shows nothing again.
  const notification = new Notification(title, { body: lines[0] ?? "", tag: job.id });
  notification.addEventListener("click", () => {
    focus();
    open(job);
  });
}
