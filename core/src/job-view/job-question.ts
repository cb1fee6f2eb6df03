import type { Agreement } from "../job/agreement.ts";
import { isAgreement } from "../job/agreement.ts";
import { decisionAbout } from "../job/decision.ts";
import type { Hold, Job } from "../job/job.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Price } from "../providers/operation.ts";

/** What a held job waits for, as facts. */
export interface JobQuestion {
  reason: Hold["reason"];
  sentence: Sentence;
  price?: Price;
  /** Whether this caller's agreement is enough. */
  mayAnswer: boolean;
  /** The subject for a press of `release`: agreeing to this question answers no other. */
  subject: string;
}

/** The person or program that looks at a job. */
type Looker = Pick<Caller, "id" | "agent">;

/**
 * Whether this caller's agreement is enough to release the job. Only an operator may extend a budget or try again what
 * has ended several processes; a price or a consent takes the asker's agreement or, if a program asked, that of its
 * person or an operator.
 */
export function mayAnswer(job: Job, { id, agent }: Looker, operator: boolean): boolean {
  if (job.state.phase !== "held" || agent !== undefined) {
    return false;
  }
  const { reason } = job.state.hold;
  const { agent: asker } = job.caller;
  const isAskers = id === job.caller.id || (asker !== undefined && (operator || id === asker.of));
  return isAgreement(reason) ? isAskers : operator && (reason === "budget" || reason === "set-aside");
}

/** Null if the job waits for nobody, or is not one of this caller's. */
export function questionOf(job: Job, caller: Looker, operator: boolean): JobQuestion | null {
  const { state } = job;
  if (state.phase !== "held" || !(caller.id === job.caller.id || operator)) {
    return null;
  }
  const { reason, sentence } = state.hold;
  return {
    ...{ reason, sentence, mayAnswer: mayAnswer(job, caller, operator) },
    price: job.price,
    subject: decisionAbout(job),
  };
}

/** Whether an asker's agreement answers the question. */
export function agreementAsked(question: JobQuestion | null): Agreement | null {
  return question?.mayAnswer && isAgreement(question.reason) ? question.reason : null;
}
