import type { Locale } from "../ground/locale.ts";
import type { sendingMessages } from "../messages/sending.ts";
import { say } from "../messages/sentence.ts";
import type { SendEnd } from "../surface/surface.ts";

/** The sentence for people about a message that was not sent. */
export type SendReason = keyof typeof sendingMessages;

/**
 * How a request to a platform failed. Contains nothing of the request, because its address may hold a secret.
 *
 * - `refused`: the platform said no; nothing was done.
 * - `limited`: the platform asks us to wait; nothing was done.
 * - `later`: nothing was done, and a new try may succeed after `afterMs`: it could not be reached, or an operator has to
 *   act first.
 * - `unknown`: it may have been done.
 */
export type SendFailure = Facts &
  (
    | { kind: "refused" }
    | {
        kind: "limited";
        /** Milliseconds from now. */
        afterMs: number;
        /**
         * The budget that is used up, by the name in the send. Default: the first in the send. `null`: none of them.
         */
        budget?: string | null;
      }
    | { kind: "later"; afterMs: number }
    | { kind: "unknown" }
  );

interface Facts {
  /** For the log: what happened, but never the address. */
  detail: string;
  /** For people. */
  reason: SendReason;
  /** The platform's name for people. */
  platform: string;
  /** The platform's own code, for decisions that only its adapter makes. */
  code?: string | number;
  /** The HTTP status. */
  status?: number;
}

/** The error of a request whose failure we understand. */
export class SendError extends Error {
  readonly failure: SendFailure;
  constructor(failure: SendFailure) {
    super(failure.detail);
    this.name = "SendError";
    this.failure = failure;
  }
}

/** Reads what a platform's library throws; for a {@link SendError}, returns its own failure. */
export type ReadFailure = (error: unknown) => SendFailure;

/** The failure in a person's language. */
export function reasonOf(
  { reason, platform, code, status }: Pick<SendFailure, "reason" | "platform" | "code" | "status">,
  locale: Locale,
): string {
  return say({ key: reason, values: { platform, code: String(code || status || "–") } }, locale);
}

/** How delivery should treat a failed send; null if it is unknown whether it was done. */
export function sendEndOf(failure: SendFailure, locale: Locale): SendEnd | null {
  switch (failure.kind) {
    case "limited":
    case "later":
      return { end: "later", afterMs: Math.ceil(failure.afterMs), reason: reasonOf(failure, locale) };
    case "unknown":
      return null;
    case "refused":
      return { end: "closed", reason: reasonOf(failure, locale) };
    default:
      return failure satisfies never;
  }
}

/** How long to wait after a platform could not be reached. */
const unreachableAfterMs = 15_000;

/** Connection errors that occur before a byte is sent. */
const unsentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Makes the failures of one platform. */
export interface SendFailures {
  /** `reason` defaults to `sending.refused`, which names the code. */
  refused(facts: { detail: string; code?: string | number; status?: number; reason?: SendReason }): SendFailure;
  /** `budget`: see {@link SendFailure}. */
  limited(afterMs: number, budget?: string | null): SendFailure;
  /** A temporary refusal; keeps the platform's code. */
  later(
    afterMs: number,
    facts: { detail: string; code?: string | number; status?: number; reason?: SendReason },
  ): SendFailure;
  /** The platform broke off, or its answer is meaningless. */
  unknown(what: string): SendFailure;
  /** This way of sending is closed, as far as we know ourselves. */
  closed(reason: SendReason, locale: Locale): SendEnd;
  /** What a network library threw: nothing was sent, or that is unknown. Looks into `cause` and `original`. */
  connection(error: unknown): SendFailure;
}

export function sendFailures(platform: string): SendFailures {
  const noAnswer = (what: string) => `no answer from ${platform} (${what})`;
  const named = ({ detail, code, status }: { detail: string; code?: string | number; status?: number }) => ({
    platform,
    detail: `${platform} ${code || status || "refused"}: ${detail}`,
    code,
    status,
  });
  return {
    refused: ({ reason = "sending.refused", ...facts }) => ({ kind: "refused", reason, ...named(facts) }),
    limited: (afterMs, budget) => ({
      kind: "limited",
      afterMs,
      budget,
      reason: "sending.busy",
      platform,
      detail: `${platform} asks to wait ${Math.ceil(afterMs)} ms`,
    }),
    later: (afterMs, { reason = "sending.unreachable", ...facts }) => ({
      kind: "later",
      afterMs,
      reason,
      ...named(facts),
    }),
    unknown: (what) => ({ kind: "unknown", reason: "sending.unreachable", platform, detail: noAnswer(what) }),
    closed: (reason, locale) => ({ end: "closed", reason: reasonOf({ reason, platform }, locale) }),
    connection(error) {
      const code = networkCodeOf(error);
      const facts = { reason: "sending.unreachable", platform, detail: noAnswer(code) } as const;
      return unsentCodes.has(code)
        ? { kind: "later", afterMs: unreachableAfterMs, ...facts }
        : { kind: "unknown", ...facts };
    },
  };
}

function networkCodeOf(error: unknown): string {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    const { code, cause, original } = current as { code?: unknown; cause?: unknown; original?: unknown };
    // Libraries wrap the system's codes in their own, such as `slack_webapi_request_error`, in lower case.
    if (typeof code === "string" && /^[A-Z][A-Z_0-9]+$/.test(code)) {
      return code;
    }
    current = cause ?? original;
  }
  return error instanceof Error ? error.name : "unknown";
}
