import type { Job } from "../job/job.ts";
import { type PlannedJob, type PlannedStep, Planner } from "./planned-job.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** A job that a worker has taken: planned once, and again only when what determines its steps has changed. */
export class TakenJob {
  readonly #options: Pick<WorkerOptions, "tools" | "providers">;
  readonly #planners = new Map<string, Planner>();

  constructor(options: Pick<WorkerOptions, "tools" | "providers">) {
    this.#options = options;
  }

  /**
   * The plan of the job as it is stored now; null unless its tool and provider are here and still give the same steps.
   */
  plan(job: Job): PlannedJob | null {
    const planned = this.#planned(job);
    const isSame =
      planned?.steps.length === job.steps.length &&
      job.steps.every(({ name }, index) => name === planned.steps[index]?.step.name);
    return isSame ? planned : null;
  }

  /** One of its steps, whatever became of the others; undefined if nobody here can do it. */
  step(job: Job, name: string): PlannedStep | undefined {
    return this.#planned(job)?.steps.find(({ step }) => step.name === name);
  }

  #planned(job: Job): PlannedJob | null {
    const tool = this.#options.tools(job.tool);
    const provider = this.#options.providers.find(job.provider);
    if (tool === undefined || provider === undefined) {
      return null;
    }
    const key = JSON.stringify(job.input);
    const planner = this.#planners.get(key) ?? new Planner(tool, job.input);
    this.#planners.set(key, planner);
    return planner.at(provider, job.plan);
  }
}
