import type { Tool } from "./tool.ts";

/** A tool that is about one job. */
export interface JobTool {
  /** Its name. */
  tool: string;
  /** Its input for the job's id. */
  field: string;
}

/** What programs do about their jobs. */
export interface JobTools {
  /** Shows a job and waits for it; null if the installation has no such tool. */
  look: JobTool | null;
  /** Cancels a job; null if the installation has no such tool. */
  cancel: JobTool | null;
}

/** Found by what they do, because an installation may name them as it likes. */
export function jobToolsOf(tools: readonly Tool[]): JobTools {
  const named = (effect: "reads" | "changes"): JobTool | null => {
    const tool = tools.find((candidate) => candidate.effect === effect && candidate.answers === "job");
    const field = tool?.primary ?? Object.keys(tool?.input ?? {})[0];
    return tool === undefined || field === undefined ? null : { tool: tool.name, field };
  };
  return { look: named("reads"), cancel: named("changes") };
}
