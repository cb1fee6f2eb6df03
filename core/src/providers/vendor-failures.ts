import type { Failure } from "../errors/errors.ts";
import { ProviderError } from "../errors/errors.ts";
import {
  isClearNo,
  type ProviderName,
  refusal,
  refusedByStatus,
  type Trouble,
  unanswered,
  unreadable,
  unsent,
} from "../errors/refusal.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { HttpError } from "../http/http.ts";
import { endBeforeStart, type NotBegun } from "./before-start.ts";

/** The facts of a vendor's refusal. */
export interface VendorRefusal {
  code: string;
  /** The vendor's own words, unchanged. */
  message?: string;
  /** The id that the vendor's support asks for. */
  requestId?: string;
  httpStatus?: number;
  /** For how long the answer asks not to be asked again, in milliseconds, if it says so. */
  retryAfterMs?: number;
}

/**
 * Why there is no readable answer: the error from `http`, a status without a readable body, or what was wrong with the
 * body.
 */
export type NoAnswer = HttpError | Trouble;

/**
 * Turns what went wrong into failures, so a provider need not word or decide anything. Any error that does not come
 * from `http` is a bug in the provider and is rethrown.
 */
export interface VendorFailures {
  /** The vendor refused: the failure for `{ end: "refused" }`, `{ state: "failed" }` or a `ProviderError`. */
  refused(refusal: VendorRefusal): Failure;
  /**
   * How a start without a readable answer ended: `unknown`, unless no byte was sent (`not-sent`, or `refused` if
   * another attempt would not help) or the status alone is a refusal: 429 is retried later, any other 4xx except 408,
   * 409, 425 and 499 is `refused` and not charged.
   */
  startEnd(reason: NoAnswer, requestId?: string): NotBegun;
  /** The error to throw if a question that costs nothing was refused. */
  asError(failure: Failure): ProviderError;
  /**
   * The error to throw if a question that costs nothing (a check, the balance) got no readable answer: it is asked
   * again.
   */
  notReadable(reason: NoAnswer, requestId?: string): ProviderError;
}

/** Makes the failures of one vendor. */
export function vendorFailures({ id, title }: { id: string; title: LocalizedText }): VendorFailures {
  const name: ProviderName = { provider: id, providerTitle: title };
  return {
    refused: ({ code, message, ...facts }) =>
      refusal({ ...name, layer: "api", code, vendorMessage: message, ...facts }),
    startEnd(reason, requestId) {
      const trouble = troubleOf(reason);
      if (typeof trouble === "object" && isClearNo(trouble.httpStatus)) {
        return { end: "refused", failure: refusedByStatus({ ...name, ...trouble, requestId }) };
      }
      const facts = { ...name, trouble, requestId };
      return reason instanceof HttpError && !reason.sent
        ? endBeforeStart(name, unsent(facts))
        : { end: "unknown", failure: unanswered(facts) };
    },
    asError: (failure) => new ProviderError(failure),
    notReadable: (reason, requestId) =>
      new ProviderError(unreadable({ ...name, trouble: troubleOf(reason), requestId }), {
        cause: reason instanceof HttpError ? reason : undefined,
      }),
  };
}

/**
 * The refusal that ended an answer. The pieces before it may have been charged, so the request is never repeated
 * automatically.
 */
export function afterPieces(failure: Failure, text: string): Failure {
  if (text === "") {
    return failure;
  }
  const retry = failure.retry.kind === "later" ? ({ kind: "never" } as const) : failure.retry;
  return { ...failure, charged: "unknown", retry };
}

/** The trouble of a reason. Rethrows any error that does not come from `http`. */
export function troubleOf(reason: NoAnswer): Trouble {
  if (reason instanceof HttpError) {
    return reason.reason;
  }
  if (reason instanceof Error) {
    throw reason;
  }
  return reason;
}
