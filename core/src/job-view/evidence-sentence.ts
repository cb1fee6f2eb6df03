import type { Evidence } from "../job/job.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** Which evidence this vendor gives about a start, or that it gives none. */
export function evidenceSentence({ job, providers }: JobMessageOptions, { unlisted }: Evidence): Sentence {
  const vendor = providers.find(job.provider);
  const provider = vendor?.title ?? job.provider;
  const hasBalance = vendor?.balance !== undefined;
  const hasRecords = vendor?.recordsSince !== undefined && unlisted !== true;
  if (!hasBalance && !hasRecords) {
    return { key: "job.unresolved-no-evidence", values: { provider } };
  }
  const kind = hasBalance ? (hasRecords ? "both" : "balance") : "records";
  return { key: `job.unresolved-evidence-${kind}`, values: { provider } };
}
