import type { JobEngine } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import type { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import type { Grantee } from "../voices/voice-book.ts";

/** How many of the newest jobs are read for it: this is asked while people type. */
const newest = 200;

/**
 * The people and roles that a caller may name, who asked last first: those who asked publicly in the same conversation,
 * and the caller's own roles. Operators may name everybody who asked here, and the roles that the rules name.
 */
export async function knownPeople(
  caller: Caller,
  { engine, policy }: { engine: Pick<JobEngine, "list">; policy: Policy },
): Promise<Grantee[]> {
  const { surface, conversation } = caller.place;
  const isOperator = policy.isOperator(caller);
  const jobs = await engine.list({ ...(isOperator ? {} : { surface, conversation }), limit: newest });
  const isSeen = (job: Job) => !job.erased && (isOperator || job.caller.private !== true);
  const askers = jobs.filter(isSeen).map((job) => job.caller);
  const people = new Map<string, Grantee>();
  for (const { id, name } of askers) {
    if (id !== caller.id && !people.has(id)) {
      people.set(id, { id, name });
    }
  }
  const roles = [
    ...(caller.roles ?? []),
    ...(isOperator ? [...askers.flatMap((asker) => asker.roles ?? []), ...policy.rolesNamed()] : []),
  ];
  return [...people.values(), ...[...new Set(roles)].map((id) => ({ id }))];
}
