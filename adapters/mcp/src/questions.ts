import { type InputRequiredResult, inputRequired, inputResponse } from "@modelcontextprotocol/server";
import { type Caller, type Job, type Message, type Runtime, UsageError } from "@toolcast/core";
import { agreementAsked, messageText } from "@toolcast/core/surface";
import { tell } from "./sentences.ts";

/**
 * Elicitations are named after their subject, so that no state has to be sent: a request by its hash, a stored job by
 * its id and the number of its question. Consent to one price does not count for another.
 */
const requestPrefix = "start_";
const jobPrefix = "release_";

/** The answers a call came with, by the names of the elicitations. */
export type Answers = Record<string, unknown> | undefined;

/** The agent's user, on whose behalf it asks and whose answers decide. */
function personBehind({ agent: _agent, ...person }: Caller): Caller {
  return person;
}

/**
 * One question about a request that is not stored: what would be started, for how much, and everything it needs consent
 * for.
 */
export function askAboutRequest(mark: string, message: Message, { locale }: Caller): InputRequiredResult {
  return ask(`${requestPrefix}${mark}`, message, locale);
}

/** The user's answer; null when they were not asked, or said yes to another request or price. */
export function answerAbout(mark: string, answers: Answers): "yes" | "no" | null {
  const keys = Object.keys(answers ?? {}).filter((key) => key.startsWith(requestPrefix));
  return keys.some((key) => !isYes(answers, key)) ? "no" : keys.includes(`${requestPrefix}${mark}`) ? "yes" : null;
}

interface Asker {
  caller: Caller;
  runtime: Runtime;
}

/** The question about a stored job that turned out to need consent; null when this caller's user cannot give it. */
export function askAboutHeld(job: Job, message: Message, { caller, runtime }: Asker): InputRequiredResult | null {
  const subject = releaseOf(job, { caller, runtime });
  return subject === null ? null : ask(`${jobPrefix}${subject}`, message, caller.locale);
}

/** The stored job that the answers are about; null if there is none. */
export function heldAbout(answers: Answers): string | null {
  const about = Object.keys(answers ?? {}).find((key) => key.startsWith(jobPrefix));
  return about === undefined ? null : about.slice(jobPrefix.length).replace(/~\d+$/, "");
}

/** Stands in for a missing answer about a stored job, so that the call stays with that job and creates no other. */
export function unanswered({ inputRequests = {} }: InputRequiredResult): Record<string, null> {
  const about = Object.keys(inputRequests).filter((key) => key.startsWith(jobPrefix));
  return Object.fromEntries(about.map((key) => [key, null]));
}

/** Applies a person's decision about a held job; anything but consent ends it, which costs nothing. */
export async function answerHeld(jobId: string, answers: Answers, { caller, runtime }: Asker): Promise<Job> {
  const job = await runtime.job(jobId, caller);
  if (job === null) {
    throw new UsageError({ key: "job.not-found", values: { id: jobId } });
  }
  const subject = releaseOf(job, { caller, runtime });
  const key = `${jobPrefix}${subject}`;
  // An answer to something else, or to an earlier question, decides nothing.
  if (subject === null || inputResponse(answers, key).kind !== "elicit") {
    return job;
  }
  const person = personBehind(caller);
  await runtime.press({ action: isYes(answers, key) ? "release" : "cancel", subject, caller: person });
  return (await runtime.job(jobId, caller)) ?? job;
}

/** What consent would apply to: the job in its current state; null when this person cannot give it. */
function releaseOf(job: Job, { caller, runtime }: Asker): string | null {
  const question = runtime.question(job, personBehind(caller));
  return agreementAsked(question) === null ? null : (question?.subject ?? null);
}

function ask(key: string, message: Message, locale: Caller["locale"]): InputRequiredResult {
  const agree = { type: "boolean" as const, title: tell("agree", locale), description: tell("agreeSummary", locale) };
  return inputRequired({
    inputRequests: {
      [key]: inputRequired.elicit({
        mode: "form",
        message: messageText(message, locale).join("\n"),
        requestedSchema: { type: "object", properties: { agree }, required: ["agree"] },
      }),
    },
  });
}

function isYes(answers: Answers, key: string): boolean {
  const view = inputResponse(answers, key);
  return view.kind === "elicit" && view.action === "accept" && view.content?.agree === true;
}
