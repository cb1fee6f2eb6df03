import type { Asset } from "../media/media.ts";
import type { JobEngine } from "./engine.ts";
import { assetsOf, type Job, openPhases } from "./job.ts";

/** As many as one list may hold. */
const pageSize = 1_000;

/** Whether a job of its owner that has not ended takes the asset in, or has made it: until then it is kept. */
export async function isInOpenJob(engine: JobEngine, { id, owner }: Pick<Asset, "id" | "owner">): Promise<boolean> {
  let after: string | undefined;
  for (;;) {
    const page = await engine.list({ owner, phases: openPhases, limit: pageSize, after });
    if (
      page.some(
        (job) =>
          assetsOf(job).includes(id) || besideAddresses(job).includes(id) || Object.values(job.input).includes(id),
      )
    ) {
      return true;
    }
    after = page.at(-1)?.id;
    if (after === undefined) {
      return false;
    }
  }
}

/** What waits in the store for the rest of its answer to be copied. */
function besideAddresses({ steps }: Pick<Job, "steps">): string[] {
  return steps.flatMap((step) => [step, ...(step.earlier ?? [])]).flatMap(({ produced }) => produced?.assets ?? []);
}
