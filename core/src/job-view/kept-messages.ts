import { RecentlyUsed } from "../ground/recently-used.ts";
import { assetsOf, hasEnded } from "../job/job.ts";
import type { Message } from "../surface/message.ts";
import { jobMessage } from "./job-message.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** Those that programs come back to. A message has a few kilobytes. */
const mostKept = 200;

/**
 * The messages of jobs as programs read them, each rendered once as long as nothing changes: an agent looks at the same
 * job again and again.
 *
 * Kept is only what follows from the job's record, its reader's language and what does not change while the process
 * runs: the message as text of a job that has ended. The record is known by its version, which every write of any
 * process raises. The records of its media are read every time, because media go without a write of their job; while
 * one is gone, the message depends on why and since when, and nothing is kept.
 */
export class KeptMessages {
  readonly #kept = new RecentlyUsed<Message>(mostKept);

  async of(options: JobMessageOptions): Promise<Message> {
    const { job, caller, notice, detail, media } = options;
    if (detail !== "text" || notice !== undefined || !hasEnded(job)) {
      return jobMessage(options);
    }
    const ids = assetsOf(job);
    const assets = await Promise.all(ids.map((id) => media.read(id)));
    if (assets.includes(null)) {
      return jobMessage(options);
    }
    const key = `${job.id} ${job.version} ${caller.locale}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      return kept;
    }
    // What is kept must not say that a medium is gone that was there a moment ago.
    const found = { read: async (id: string) => assets[ids.indexOf(id)] ?? null };
    const message = await jobMessage({ ...options, media: found });
    this.#kept.set(key, unchangeable(message));
    return message;
  }
}

/** Whoever reads it shares it with later readers. */
function unchangeable(message: Message): Message {
  for (const part of [message, message.lines, message.fields, ...(message.fields ?? [])]) {
    Object.freeze(part);
  }
  return message;
}
