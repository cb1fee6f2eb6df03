import type { Caller, Job, Runtime } from "@toolcast/core";
import { type Clock, hasEnded, type PhaseName } from "@toolcast/core/engine";
import type { ConversationLog } from "./conversation-log.ts";
import type { LiveView } from "./live-view.ts";
import type { ConversationsEvent, EntryView, HelloEvent, JobDeletedEvent, JobView, UploadEvent } from "./wire.ts";

/** One server-sent event. Only added entries have an id: a page asks for what it missed by the last id it saw. */
export type HubEvent =
  | { event: "hello"; data: HelloEvent }
  | { event: "entry"; id: number; data: EntryView }
  | { event: "entry-changed"; data: EntryView }
  | { event: "job"; data: JobView }
  | { event: "upload"; data: UploadEvent }
  | { event: "conversations"; data: ConversationsEvent }
  | { event: "job-deleted"; data: JobDeletedEvent }
  | { event: "heartbeat" };

export interface Subscription {
  conversation: string;
  caller: Caller;
  /** The last entry it has; anything added later is sent first. Default: the newest. */
  after?: number;
  send(event: HubEvent): void;
  /** Nothing more will be sent. */
  end(): void;
}

/** Sends changes to open pages. Uses one timer for all of them, and none while no page is open. */
export interface EventHub {
  subscribe(subscription: Subscription): Promise<() => void>;
  /** Call when something was added to the log. */
  notify(): void;
  /** Sends an event to every open page. */
  tell(event: HubEvent): void;
  /** Ends all subscriptions; new ones are accepted. */
  endAll(): void;
  close(): void;
}

interface Listener extends Subscription {
  cursor: number;
  /** What was last sent about each open job and its entries, so that only changes are sent. */
  sent: Map<string, string>;
}

const heartbeatMs = 15_000;
const batch = 200;

export function createEventHub(options: {
  runtime: Runtime;
  log: ConversationLog;
  view: LiveView;
  clock: Clock;
  instance: string;
  refreshMs: number;
  owner: string;
  report(error: unknown): void;
}): EventHub {
  const { runtime, log, view, clock } = options;
  const listeners = new Set<Listener>();
  const open = new Map<string, Job>();
  let changed = new Map<string, Job>();
  let cancelTimer: (() => void) | undefined;
  let lastBeatAt = clock.monotonic();
  let work: Promise<void> = Promise.resolve();
  let isQueued = false;
  let everyPageIsDue = false;
  const duePages = new Set<Listener>();

  /** How many pages are open or being opened: jobs are watched only meanwhile. */
  let pages = 0;
  let unwatch = () => {};

  function openPage(): void {
    pages += 1;
    if (pages === 1) {
      unwatch = runtime.watch((job) => {
        if (job.caller.id === options.owner) {
          note(job);
          changed.set(job.id, job);
          flush();
        }
      });
    }
  }

  function closePage(): void {
    pages -= 1;
    if (pages === 0) {
      unwatch();
      cancelTimer?.();
      cancelTimer = undefined;
      open.clear();
      changed.clear();
    }
  }

  function note(job: Job): void {
    if (hasEnded(job)) {
      open.delete(job.id);
    } else {
      open.set(job.id, job);
    }
  }

  /**
   * Sends what is new, in order; calls made while one is waiting are merged. A page that has just been opened is the only
   * one that lacks something then, so opening one costs the same however many are open.
   */
  function flush(opened?: Listener): void {
    if (listeners.size === 0) {
      return;
    }
    if (opened === undefined) {
      everyPageIsDue = true;
    } else {
      duePages.add(opened);
    }
    if (!isQueued) {
      isQueued = true;
      work = work.then(async () => {
        isQueued = false;
        const jobs = new Map([...open, ...changed]);
        const due = everyPageIsDue ? [...listeners] : [...duePages].filter((listener) => listeners.has(listener));
        if (everyPageIsDue) {
          changed = new Map();
        }
        everyPageIsDue = false;
        duePages.clear();
        for (const listener of due) {
          await update(listener, jobs);
        }
      });
      work = work.catch(options.report);
    }
  }

  async function update(listener: Listener, jobs: Map<string, Job>): Promise<void> {
    for (const job of jobs.values()) {
      await sendChange(listener, job);
    }
    await sendAdded(listener);
  }

  async function sendAdded(listener: Listener): Promise<void> {
    for (;;) {
      const added = await log.after(listener.conversation, listener.cursor, batch);
      for (const entry of added) {
        listener.cursor = entry.sequence;
        listener.send({ event: "entry", id: entry.sequence, data: await view.entry(entry, listener.caller) });
        if (entry.content.kind === "result" && entry.jobId !== undefined) {
          // Earlier entries about the job look different now that its result is below them.
          await sendChangedEntries(listener, entry.jobId, entry.sequence);
        }
      }
      if (added.length < batch) {
        return;
      }
    }
  }

  async function sendChange(listener: Listener, job: Job): Promise<void> {
    const jobView = await view.job(job, listener.caller);
    const state = JSON.stringify(jobView);
    if (listener.sent.get(job.id) === state) {
      return;
    }
    listener.sent.set(job.id, state);
    if (hasEnded(job)) {
      listener.sent.delete(job.id);
    }
    listener.send({ event: "job", data: jobView });
    await sendChangedEntries(listener, job.id, listener.cursor + 1);
  }

  async function sendChangedEntries(listener: Listener, jobId: string, before: number): Promise<void> {
    for (const entry of await log.ofJob(jobId)) {
      if (entry.conversation === listener.conversation && entry.sequence < before) {
        listener.send({ event: "entry-changed", data: await view.entry(entry, listener.caller) });
      }
    }
  }

  function tick(): void {
    cancelTimer = listeners.size === 0 ? undefined : clock.setTimer(options.refreshMs, tick);
    if (clock.monotonic() - lastBeatAt >= heartbeatMs) {
      lastBeatAt = clock.monotonic();
      for (const listener of listeners) {
        listener.send({ event: "heartbeat" });
      }
    }
    flush();
  }

  function endAll(): void {
    for (const listener of [...listeners]) {
      listener.end();
    }
  }

  return {
    async subscribe(subscription) {
      const sequence = await log.lastSequence();
      const cursor = Math.min(subscription.after ?? sequence, sequence);
      const listener: Listener = { ...subscription, cursor, sent: new Map() };
      // Before the jobs are read: what changes meanwhile is sent, too.
      openPage();
      try {
        const jobs = await runtime.jobs({ phases: openPhases, limit: 200 }, subscription.caller);
        jobs.filter(({ id, version }) => (changed.get(id)?.version ?? 0) < version).forEach(note);
        listeners.add(listener);
        const openJobs = jobs.filter(({ state }) => goingOn.includes(state.phase)).length;
        listener.send({ event: "hello", data: { instance: options.instance, sequence, openJobs } });
      } catch (error) {
        listeners.delete(listener);
        closePage();
        throw error;
      }
      cancelTimer ??= clock.setTimer(options.refreshMs, tick);
      flush(listener);
      return () => {
        if (listeners.delete(listener)) {
          closePage();
        }
      };
    },
    notify: () => flush(),
    tell(event) {
      for (const listener of listeners) {
        listener.send(event);
      }
    },
    endAll,
    close() {
      unwatch();
      endAll();
      cancelTimer?.();
      listeners.clear();
    },
  };
}

/** Phases in which a job advances without a person. */
const goingOn: readonly PhaseName[] = ["queued", "starting", "running"];
const openPhases: readonly PhaseName[] = [...goingOn, "held", "unresolved"];
