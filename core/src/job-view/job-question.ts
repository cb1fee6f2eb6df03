import type { Agreement } from "../job/agreement.ts";
import { isAgreement } from "../job/agreement.ts";
import { decisionAbout } from "../job/decision.ts";
import type { Hold, Job } from "../job/job.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Price } from "../providers/operation.ts";

/** What a held job waits for, as facts. */
export interface JobQuestion {
  reason: Hold["reason"];
  sentence: Sentence;
  price?: Price;
  /** Whether this caller's yes is enough. */
  mayAnswer: boolean;
  /** What a press of `release` is about, so that a yes to this question answers no other. */
  subject: string;
}

/** Null when the job waits for nobody, or is none of this caller's. */
export function questionOf(job: Job, { id, operator }: { id: string; operator: boolean }): JobQuestion | null {
  const { state } = job;
  const isMine = id === job.caller.id;
  if (state.phase !== "held" || !(isMine || operator)) {
    return null;
  }
  const { reason, sentence } = state.hold;
  const mayAnswer = isAgreement(reason) ? isMine || operator : operator && reason === "budget";
  return {
    ...{ reason, sentence, mayAnswer },
    ...(job.price === undefined ? {} : { price: job.price }),
    subject: decisionAbout(job),
  };
}

/** Whether the question is one that an asker's yes answers. */
export function agreementAsked(question: JobQuestion | null): Agreement | null {
  return question?.mayAnswer && isAgreement(question.reason) ? question.reason : null;
}
