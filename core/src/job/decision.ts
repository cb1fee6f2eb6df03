import type { Job } from "./job.ts";

/**
 * The subject of a decision's button: the job and the question it was at. A button of an earlier question must not
 * answer a later one.
 */
export function decisionAbout(job: Job): string {
  return `${job.id}~${questionOf(job)}`;
}

/** The number of the question the job is at; the late result of an earlier start asks nothing and does not count. */
export function questionOf({ notices }: Pick<Job, "notices">): number {
  return notices.filter(({ about }) => about !== "further").length;
}

/** Parses a button's subject: the job and the question; a bare id means the job as it is now. */
export function readSubject(subject: string): { jobId: string; question?: number } {
  const [, jobId, question] = /^(.*)~(\d+)$/.exec(subject) ?? [];
  return jobId === undefined ? { jobId: subject } : { jobId, question: Number(question) };
}
