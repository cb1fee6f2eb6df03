import type { Asset } from "../media/media.ts";
import type { JobEngine } from "./engine.ts";
import { assetsOf, type Job, openPhases } from "./job.ts";

/** The most that one list may contain. */
const pageSize = 1_000;

/**
 * Whether an unfinished job of its owner uses the asset as input, or has made it: until the job ends the asset is kept.
 */
export async function isInOpenJob(engine: JobEngine, asset: Pick<Asset, "id" | "owner">): Promise<boolean> {
  return (await openJobWith(engine, asset)) !== null;
}

/** The newest unfinished job of its owner that uses the asset as input, or has made it; null for none. */
export function openJobWith(engine: JobEngine, { id, owner }: Pick<Asset, "id" | "owner">): Promise<Job | null> {
  return findOpen(
    engine,
    { owner },
    (job) => assetsOf(job).includes(id) || besideAddresses(job).includes(id) || Object.values(job.input).includes(id),
  );
}

/** The newest unfinished job, of anybody, that names this in its input; null for none. */
export function openJobNaming(engine: JobEngine, value: string): Promise<Job | null> {
  return findOpen(engine, {}, ({ input }) => Object.values(input).includes(value));
}

async function findOpen(
  engine: JobEngine,
  filter: { owner?: string },
  isMeant: (job: Job) => boolean,
): Promise<Job | null> {
  let after: string | undefined;
  for (;;) {
    const page = await engine.list({ ...filter, phases: openPhases, limit: pageSize, after });
    const found = page.find(isMeant);
    after = page.at(-1)?.id;
    if (found !== undefined || after === undefined) {
      return found ?? null;
    }
  }
}

/** Stored media that wait for the rest of their answer to be copied. */
function besideAddresses({ steps }: Pick<Job, "steps">): string[] {
  return steps.flatMap((step) => [step, ...(step.earlier ?? [])]).flatMap(({ produced }) => produced?.assets ?? []);
}
