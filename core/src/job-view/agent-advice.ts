import type { Failure } from "../errors/errors.ts";
import type { Locale } from "../ground/locale.ts";
import { type Agreement, isAgreement } from "../job/agreement.ts";
import { hasEnded, type Job } from "../job/job.ts";
import { type MessageKey, say } from "../messages/sentence.ts";
import { fieldText } from "../surface/message-text.ts";
import type { JobTool } from "../tools/job-tools-of.ts";

/** What a program can do about a job, in the terms of the interface that it uses. */
export interface AgentWays {
  /** The tool that waits for a job, and its input for the job's id; null if there is none. */
  look: JobTool | null;
  /** How to agree to a held job. Default: in general words. */
  agree?(reason: Agreement): string;
}

/** What a program's model should do about a job in its current state; null if nothing is left to do. */
export function adviceAbout(
  job: Job,
  { look, agree }: AgentWays,
  {
    locale,
    now,
    hasMedia,
  }: { locale: Locale; now: number /** Whether any of its media are still kept. */; hasMedia: boolean },
): string | null {
  const { state } = job;
  switch (state.phase) {
    case "held": {
      const { reason } = state.hold;
      if (!isAgreement(reason)) {
        return say({ key: "agent.held-operator", values: { job: job.id } }, locale);
      }
      return agree?.(reason) ?? say({ key: "agent.held", values: { job: job.id, reason } }, locale);
    }
    case "unresolved":
      return say({ key: "agent.unresolved", values: { job: job.id } }, locale);
    case "failed":
      return adviceAfter(state.failure, locale);
    default:
      if (hasEnded(job)) {
        return hasMedia ? say({ key: "agent.use-media" }, locale) : null;
      }
      return look === null
        ? say({ key: "agent.goes-on" }, locale)
        : say(
            {
              key: "agent.look-again",
              values: { look: look.tool, field: look.field, job: job.id, seconds: nextPollSeconds(job, now) },
            },
            locale,
          );
  }
}

/** What to do after a failure or a refusal. */
export function adviceAfter({ retry, field }: Failure, locale: Locale): string {
  return say(
    {
      key: `agent.next.${retry.kind}`,
      values: { field: field ?? say({ key: "agent.the-input" }, locale) },
    },
    locale,
  );
}

/** Whether the same call may be made again. */
export function repeatAdvice({ retry }: Failure, locale: Locale): string {
  return say({ key: `agent.repeat.${retry.kind}` }, locale);
}

/** The vendor's code with the vendor, or our own kind of failure with the input at fault. */
export function failureCode({ provider, vendorCode, kind, field }: Failure): string {
  return vendorCode === undefined ? (field === undefined ? kind : `${kind} (${field})`) : `${provider} ${vendorCode}`;
}

/** One line of advice with its label, e.g. `Next: …`. */
export function adviceLine(name: "next" | "code" | "charged" | "repeat", value: string, locale: Locale): string {
  return fieldText({ label: say({ key: `agent.${name}` satisfies MessageKey }, locale), value }, locale);
}

/** When to check an open job again: a young one may be ready soon, an old one is probably a video that takes long. */
export function nextPollSeconds(job: Job, now: number): number {
  return Math.min(20, Math.max(2, Math.round((now - job.createdAt) / 10_000)));
}
