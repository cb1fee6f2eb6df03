import type { Job } from "../job/job.ts";
import type { Caller } from "../people/caller.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type ButtonId, readButtonId } from "./button-id.ts";

/** The job that a button belongs to, if this person may see it. A button may name more than its job. */
export async function jobOfButton(
  runtime: Pick<Runtime, "job">,
  { subject }: Pick<ButtonId, "subject">,
  caller: Caller,
): Promise<Job | null> {
  return (await runtime.job(subject, caller)) ?? (await runtime.job(subject.replace(/[.~][^.~]*$/, ""), caller));
}

/**
 * The texts made by the job that a message of ours shows, without the title, cost and names around them: what a tool
 * that spends gets from a reply to it. Empty if the job made none; null if no button names a job that this person may
 * see.
 */
export async function textMadeBy(
  runtime: Pick<Runtime, "job">,
  buttonIds: readonly string[],
  caller: Caller,
): Promise<string | null> {
  for (const id of buttonIds) {
    const button = readButtonId(id);
    const job = button === null ? null : await jobOfButton(runtime, button, caller);
    if (job !== null) {
      return job.steps.flatMap(({ text }) => (text ? [text] : [])).join("\n\n");
    }
  }
  return null;
}
