import type { Clock } from "../ground/clock.ts";
import type { JobEngine } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { jobJson } from "../job-view/job-json.ts";
import type { MediaStore } from "../media/store.ts";
import type { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import type { Deletions } from "../state/deletions.ts";
import type { Message } from "../surface/message.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import type { Tool, ToolContext } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";
import type { Eraser } from "./eraser.ts";
import type { JobRemover } from "./job-remover.ts";
import { knownPeople } from "./known-people.ts";
import type { Remover } from "./remover.ts";

interface ToolContextsOptions {
  engine: JobEngine;
  policy: Policy;
  tools: readonly Tool[];
  providers: ProviderRegistry;
  voices: VoiceBook;
  media: MediaStore;
  deletions: Deletions;
  remover: Remover;
  jobRemover: JobRemover;
  eraser: Eraser;
  clock: Clock;
  retentionDays: number;
  jobRetentionDays: number;
  message(job: Job, caller: Caller, extra: { detail?: MessageDetail }): Promise<Message>;
  jobOf(id: string, caller: Caller): Promise<Job | null>;
  mayUse(tool: Tool, caller: Caller): boolean;
  nameOf(job: Job, caller: Caller): string;
  cancel(job: Job, caller: Caller): Promise<Job>;
}

/** What tools of one caller may use. `asked`: how much of a job the caller wants to see; default: what is usual. */
export function createToolContexts(
  options: ToolContextsOptions,
): (caller: Caller, asked?: MessageDetail) => ToolContext {
  const { engine, policy, tools, providers, voices, media, deletions, remover, eraser, clock } = options;
  return (caller, asked) => ({
    caller,
    operator: policy.isOperator(caller),
    clock,
    get tools() {
      return tools.filter((tool) => options.mayUse(tool, caller));
    },
    providers: providers.all,
    voices,
    jobs: {
      find: (id) => options.jobOf(id, caller),
      list: (filter) => engine.list({ owner: caller.id, ...filter }),
      cancel: (job) => options.cancel(job, caller),
      message: (job, usual = "usual") => options.message(job, caller, { detail: asked ?? usual }),
      json: jobJson,
      name: (job) => options.nameOf(job, caller),
    },
    people: () => knownPeople(caller, { engine, policy }),
    asset: (id) => media.owned(id, caller.id),
    gallery: (limit) => media.list(caller.id, limit),
    deletions: {
      has: async (id) => (await deletions.of(id))?.owner === caller.id,
      media: (assets) => remover.media(assets),
      job: (job) => options.jobRemover.remove(job),
      voice: (voice) => remover.voice(voice),
    },
    probableCharges: async () => (await import("./overview.ts")).readProbableSums(engine),
    retentionDays: options.retentionDays,
    jobRetentionDays: options.jobRetentionDays,
    forget: () => eraser.forget(caller.id),
  });
}
