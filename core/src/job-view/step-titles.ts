import type { LocalizedText } from "../ground/locale.ts";
import { causeOf } from "../ground/logger.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** What people call the steps of a job, by name: asked of the tool when it is first needed, and once. */
export class StepTitles {
  readonly #options: Pick<JobMessageOptions, "job" | "tool" | "logger">;
  #titles: ReadonlyMap<string, LocalizedText> | undefined;

  constructor(options: Pick<JobMessageOptions, "job" | "tool" | "logger">) {
    this.#options = options;
  }

  /** The name itself where the tool is gone or does not know the step. */
  of(name: string): LocalizedText | string {
    this.#titles ??= this.#read();
    return this.#titles.get(name) ?? name;
  }

  /** A tool's fault must keep the job's message from nobody. */
  #read(): ReadonlyMap<string, LocalizedText> {
    const { job, tool, logger } = this.#options;
    try {
      return new Map(tool?.steps(job.input, job.plan).map(({ name, title }) => [name, title]));
    } catch (error) {
      logger.error({ jobId: job.id, tool: job.tool, error: causeOf(error) }, "the steps of a tool could not be told");
      return new Map();
    }
  }
}
