import type { Deliverer } from "../delivery/delivery.ts";
import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { MediaStore } from "../media/store.ts";
import type { Policy } from "../money/policy.ts";
import type { OperationContext } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { Circuits } from "./circuits.ts";
import type { Estimates } from "./estimates.ts";
import type { Preparer } from "./preparer.ts";
import type { ProviderChoice } from "./provider-choice.ts";
import type { ProviderRegistry } from "./provider-registry.ts";
import type { SizeWarning } from "./size-warning.ts";

/** What advancing a job needs. */
export interface WorkerOptions {
  store: JobStore;
  identity: StoreIdentity;
  tools: (name: string) => SpendingTool | undefined;
  providers: ProviderRegistry;
  media: MediaStore;
  voices: VoiceBook;
  policy: Policy;
  preparer: Preparer;
  sizeWarning: SizeWarning;
  choice: ProviderChoice;
  circuits: Circuits;
  deliverer: Deliverer;
  estimates: Estimates;
  /** The context for an operation of this job. */
  operationContext(job: Job, provider: Provider, signal: AbortSignal): OperationContext;
  clock: Clock;
  random: Random;
  logger: Logger;
}
