import type { JobEngine } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import type { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";

/** A shorter prefix is too likely to fit another job tomorrow. */
const leastCharacters = 4;

/**
 * The job that a person names by its id or a unique prefix: one of their own, or any for operators; null if there is
 * none.
 */
export async function findJob(
  id: string,
  caller: Caller,
  { engine, policy }: { engine: JobEngine; policy: Policy },
): Promise<Job | null> {
  const wanted = id.trim();
  const isOperator = policy.isOperator(caller);
  const exact = await engine.read(wanted);
  if (exact !== null && !exact.erased && (exact.caller.id === caller.id || isOperator)) {
    return exact;
  }
  if (wanted.length < leastCharacters) {
    return null;
  }
  const whose = isOperator ? {} : { owner: caller.id };
  const found = await Promise.all(
    [wanted, `job_${wanted}`].map((idBegins) => engine.list({ ...whose, idBegins, limit: 2 })),
  );
  const [first, ...others] = found.flat().filter(({ erased }) => !erased);
  return first !== undefined && others.length === 0 ? first : null;
}
