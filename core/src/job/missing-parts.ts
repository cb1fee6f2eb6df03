import type { Failure } from "../errors/errors.ts";
import type { Job } from "./job.ts";

/** What was requested but not made, although the rest was; equal reasons are reported once. */
export function missingParts(job: Job): { failure: Failure; count: number }[] {
  const parts = new Map<string, { failure: Failure; count: number }>();
  for (const failure of job.steps.flatMap(({ missing }) => missing ?? [])) {
    const reason = JSON.stringify([failure.vendorCode, failure.vendorMessage, failure.sentence]);
    const part = parts.get(reason) ?? { failure, count: 0 };
    parts.set(reason, { ...part, count: part.count + 1 });
  }
  return [...parts.values()];
}
