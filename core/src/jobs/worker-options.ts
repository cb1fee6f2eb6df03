import type { Clock } from "../clock.ts";
import type { Deliverer } from "../delivery.ts";
import type { Estimates } from "../estimates.ts";
import type { Logger } from "../logger.ts";
import type { MediaStore } from "../media/store.ts";
import type { Policy } from "../policy.ts";
import type { OperationContext } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { ProviderRegistry } from "../providers/registry.ts";
import type { Random } from "../random.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { Circuits } from "./circuits.ts";
import type { Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import type { Preparer } from "./preparer.ts";
import type { ProviderChoice } from "./provider-choice.ts";

/** What advancing a job needs. */
export interface WorkerOptions {
  store: JobStore;
  tools: (name: string) => SpendingTool | undefined;
  providers: ProviderRegistry;
  media: MediaStore;
  voices: VoiceBook;
  policy: Policy;
  preparer: Preparer;
  choice: ProviderChoice;
  circuits: Circuits;
  deliverer: Deliverer;
  estimates: Estimates;
  /** What an operation of this job may use. */
  operationContext(job: Job, provider: Provider, signal: AbortSignal): OperationContext;
  clock: Clock;
  random: Random;
  logger: Logger;
}
