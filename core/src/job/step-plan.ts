/** How a job's work is cut into steps; kept with the job, so that its steps stay the same whatever is configured later. */
export interface StepPlan {
  /** The most pictures one start of the job's provider makes. */
  imagesPerCall: number;
}
