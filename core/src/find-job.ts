import type { Caller } from "./caller.ts";
import type { JobEngine } from "./jobs/engine.ts";
import type { Job } from "./jobs/job.ts";
import type { Policy } from "./policy.ts";

/** How many of a person's jobs are looked through for one whose id begins as they typed. */
const lookedThrough = 1_000;
/** A shorter beginning is too likely to fit another job tomorrow. */
const leastCharacters = 4;

/** The job a person names by its id or a unique beginning of it: their own, or any for operators; null when there is none. */
export async function findJob(
  id: string,
  caller: Caller,
  { engine, policy }: { engine: JobEngine; policy: Policy },
): Promise<Job | null> {
  const wanted = id.trim();
  const isOperator = policy.isOperator(caller);
  const exact = await engine.read(wanted);
  if (exact !== null && (exact.caller.id === caller.id || isOperator)) {
    return exact;
  }
  if (wanted.length < leastCharacters) {
    return null;
  }
  const jobs = await engine.list({ ...(isOperator ? {} : { owner: caller.id }), limit: lookedThrough });
  const [first, ...others] = jobs.filter((job) => job.id.startsWith(wanted) || job.id.startsWith(`job_${wanted}`));
  return first !== undefined && others.length === 0 ? first : null;
}
