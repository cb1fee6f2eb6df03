import type { Capability } from "../providers/operation.ts";

/**
 * How a job's work is divided into steps. Stored with the job, whose steps then stay the same whatever is configured
 * later.
 */
export interface StepPlan {
  /** The most results that one start of the job's provider makes, by capability. Absent: one. */
  perCall: Partial<Record<Capability, number>>;
}
