import type { Asset } from "../media/media.ts";
import type { JobEngine } from "./engine.ts";
import { assetsOf, type Job, openPhases } from "./job.ts";

/** The most that one list may contain. */
const pageSize = 1_000;

/**
 * Whether an unfinished job of its owner uses the asset as input, or has made it: until the job ends the asset is kept.
 */
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

/** Stored media that wait for the rest of their answer to be copied. */
function besideAddresses({ steps }: Pick<Job, "steps">): string[] {
  return steps.flatMap((step) => [step, ...(step.earlier ?? [])]).flatMap(({ produced }) => produced?.assets ?? []);
}
