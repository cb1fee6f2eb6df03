import type { Job } from "./job.ts";

/**
 * What a button of a decision is about: the job as it stood when it was shown. A button of an earlier question is no
 * answer to a later one.
 */
export function decisionAbout(job: Job): string {
  return `${job.id}~${questionOf(job)}`;
}

/** Which question the job is at; a late result of an earlier start asks nothing. */
export function questionOf({ notices }: Pick<Job, "notices">): number {
  return notices.filter(({ about }) => about !== "further").length;
}

/** The job a button is about, and as of which question; a bare id is about the job as it is. */
export function readSubject(subject: string): { jobId: string; question?: number } {
  const [, jobId, question] = /^(.*)~(\d+)$/.exec(subject) ?? [];
  return jobId === undefined ? { jobId: subject } : { jobId, question: Number(question) };
}
