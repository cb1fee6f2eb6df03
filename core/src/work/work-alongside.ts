import type { Json } from "../ground/json.ts";
import type { JobEngine } from "../job/engine.ts";
import type { Evidence, Job, StepRecord } from "../job/job.ts";
import type { VendorRecord } from "../providers/operation.ts";

/**
 * How far before a start to look, because clocks differ: vendors' lists and balances may include slightly earlier work.
 */
const reachBackMs = 60_000;
const mostJobs = 1_000;
/** The most that a person would read to decide about one start. */
const mostRecords = 20;
const mostJobsNamed = 10;

/** A paid step of ours. */
interface Work {
  jobId: string;
  step: StepRecord;
}

/** Our other work that was started or under way at the job's provider since the step was started, newest job first. */
export async function workAlongside(engine: JobEngine, job: Job, step: StepRecord): Promise<Work[]> {
  const since = (step.startedAt ?? job.createdAt) - reachBackMs;
  const jobs = await engine.list({ changedSince: since, limit: mostJobs });
  return jobs
    .filter(({ provider }) => provider === job.provider)
    .flatMap(({ id, steps }) => steps.map((one) => ({ jobId: id, step: one })))
    .filter(({ jobId, step: { name } }) => jobId !== job.id || name !== step.name)
    .filter(({ step: { startedAt, endedAt = Infinity } }) => startedAt !== undefined && endedAt >= since);
}

/**
 * Weighs what the account shows as evidence. Entries known to be other work of ours are counted and left out; what
 * cannot be told apart, because the vendor lists no ids or other work has none yet, is marked as doubtful.
 */
export function weighAccount(
  job: Job,
  step: StepRecord,
  { balanceNow, records }: Pick<Evidence, "balanceNow" | "records">,
  works: readonly Work[],
): Pick<Evidence, "records" | "recordsOfOthers" | "recordsMore" | "alongside"> {
  const left = (records ?? []).filter((record) => !works.some((work) => isAbout(record, work.step.reference)));
  const kept = left.map((record) => (isAbout(record, step.reference) ? { ...record, own: true as const } : record));
  const others = (records?.length ?? 0) - left.length;
  const haveIds = balanceNow === undefined && left.every(({ id }) => id !== undefined);
  const doubtful = works.filter((work) => !haveIds || (isOpen(work.step) && work.step.reference === undefined));
  const jobs = [...new Set(doubtful.map(({ jobId }) => jobId))].filter((id) => id !== job.id);
  return {
    ...(records === undefined ? {} : { records: kept.slice(0, mostRecords) }),
    ...(others === 0 ? {} : { recordsOfOthers: others }),
    ...(kept.length <= mostRecords ? {} : { recordsMore: kept.length - mostRecords }),
    ...(jobs.length === 0 ? {} : { alongside: { jobs: jobs.slice(0, mostJobsNamed), count: jobs.length } }),
  };
}

function isOpen({ endedAt }: StepRecord): boolean {
  return endedAt === undefined;
}

/** A reference has its provider's own form, but always contains the vendor's id. */
function isAbout({ id }: VendorRecord, reference: Json | undefined): boolean {
  return id !== undefined && id !== "" && holds(reference, id);
}

function holds(value: Json | undefined, id: string): boolean {
  return (
    value === id || (typeof value === "object" && value !== null && Object.values(value).some((one) => holds(one, id)))
  );
}
