import { entries, jobDetail, jobs } from "./store.ts";

/** Takes a deleted job out of what is shown, with all that was said about it. */
export function forgetJob(id: string): void {
  jobs.value = jobs.value.filter((job) => job.id !== id);
  const about = entries.value.filter((entry) => entry.job?.id === id || entry.message?.jobId === id);
  const gone = new Set(about.flatMap((entry) => [entry.id, ...(entry.replyTo === undefined ? [] : [entry.replyTo])]));
  entries.value = entries.value.filter((entry) => !gone.has(entry.id));
  if (jobDetail.value?.id === id) {
    jobDetail.value = null;
  }
}
