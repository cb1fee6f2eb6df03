import type { Logger } from "../ground/logger.ts";
import type { Job, Notice } from "../job/job.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Deletions } from "../state/deletions.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import type { SpendingTool, Tool } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { Estimates } from "../work/estimates.ts";
import type { ProviderRegistry } from "../work/provider-registry.ts";

/** What a job's message is made from. */
export interface JobMessageOptions {
  job: Job;
  /** The store is a copy that no operator has released: queued jobs are not started. */
  storeIsHeld: boolean;
  /** The providers are the sandbox: results are labelled as such. */
  isSandbox: boolean;
  caller: Caller;
  operator: boolean;
  /** The notice that is being delivered: only its media are shown. */
  notice?: Notice;
  /** Default `usual`. */
  detail?: MessageDetail;
  tool: SpendingTool | undefined;
  /** The tools that the reader may use: the result may be an input of another one. */
  tools: readonly Tool[];
  providers: ProviderRegistry;
  media: Pick<MediaStore, "read">;
  voices: Pick<VoiceBook, "find">;
  deletions: Pick<Deletions, "of">;
  estimates: Estimates;
  logger: Logger;
  /** How long media are kept, in milliseconds. */
  retentionMs: number;
  now: number;
}

/** Renders a sentence in the reader's language. */
export type Speak = (sentence: Sentence) => string;
