import type { LocalizedText } from "../ground/locale.ts";
import { causeOf } from "../ground/logger.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** The titles of a job's steps by name; the tool is asked once, when the first one is needed. */
export class StepTitles {
  readonly #options: Pick<JobMessageOptions, "job" | "tool" | "logger">;
  #titles: ReadonlyMap<string, LocalizedText> | undefined;

  constructor(options: Pick<JobMessageOptions, "job" | "tool" | "logger">) {
    this.#options = options;
  }

  /** The name itself if the tool is gone or does not know the step. */
  of(name: string): LocalizedText | string {
    this.#titles ??= this.#read();
    return this.#titles.get(name) ?? name;
  }

  /** If a tool fails here, the job's message must still be shown. */
  #read(): ReadonlyMap<string, LocalizedText> {
    const { job, tool, logger } = this.#options;
    try {
      return new Map(tool?.steps(job.input, job.plan).map(({ name, title }) => [name, title]));
    } catch (error) {
      logger.error({ jobId: job.id, tool: job.tool, error: causeOf(error) }, "a tool could not name its steps");
      return new Map();
    }
  }
}
