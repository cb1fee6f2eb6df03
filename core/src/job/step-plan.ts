import type { Capability } from "../providers/operation.ts";

/** How a job's work is cut into steps; kept with the job, so that its steps stay the same whatever is configured later. */
export interface StepPlan {
  /** The most results that one start of the job's provider makes, by capability. Absent: one. */
  perCall: Partial<Record<Capability, number>>;
}
