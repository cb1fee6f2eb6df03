import type { Job } from "@toolcast/core";
import { jobFormat } from "@toolcast/core/engine";

/** The parts of a sample job that a test cares about. */
export interface SampleJob extends Partial<Omit<Job, "caller">> {
  owner?: string;
  surface?: string;
  conversation?: string;
}

/** A queued job as the runtime would store it, with the given id and fitting values for the rest. */
export function sampleJob(id: string, { owner, surface, conversation, ...rest }: SampleJob = {}): Job {
  return {
    format: jobFormat,
    id,
    version: 0,
    tool: "generate_image",
    provider: "spark",
    input: { prompt: "日照金山" },
    prepared: true,
    caller: {
      id: owner ?? "web:ada",
      name: "Ada",
      locale: "en",
      place: { surface: surface ?? "web", conversation: conversation ?? "main" },
    },
    createdAt: 1_000,
    updatedAt: 1_000,
    state: { phase: "queued", attempt: 0 },
    plan: { perCall: {} },
    steps: [],
    confirmations: [],
    notices: [],
    timeline: [],
    ...rest,
  };
}
