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

/** What a vendor's "no" consisted of. */
export interface VendorRefusal {
  code: string;
  /** The vendor's own words, kept untouched. */
  message?: string;
  /** What the vendor's support asks for. */
  requestId?: string;
  httpStatus?: number;
}

/** Why there is no readable answer: what `http` threw, a status with nothing readable, or what was wrong with the body. */
export type NoAnswer = HttpError | Trouble;

/**
 * How a provider tells what went wrong, without wording or deciding anything itself. What else is thrown than what `http`
 * throws is a fault of the provider's own and thrown on.
 */
export interface VendorFailures {
  /** The vendor answered no: the failure for `{ end: "refused" }`, `{ state: "failed" }` or a `ProviderError`. */
  refused(refusal: VendorRefusal): Failure;
  /**
   * How a start without a readable answer ended: `unknown`, unless no byte left us (`not-sent`, or `refused` where another
   * try would not help) or the status alone is a no: 429 is tried later, any other 4xx but 408, 409, 425 and 499 is
   * `refused` and not charged.
   */
  startEnd(reason: NoAnswer, requestId?: string): NotBegun;
  /** To throw where a question that costs nothing was answered with a no. */
  asError(failure: Failure): ProviderError;
  /** To throw where a question that costs nothing (a check, the balance) had no readable answer: it is asked again. */
  notReadable(reason: NoAnswer, requestId?: string): ProviderError;
}

/** The failures of one vendor. */
export function vendorFailures({ id, title }: { id: string; title: LocalizedText }): VendorFailures {
  const name: ProviderName = { provider: id, providerTitle: title };
  return {
    refused: ({ code, message, requestId, httpStatus }) =>
      refusal({ ...name, layer: "api", code, vendorMessage: message, requestId, httpStatus }),
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

/** The trouble of a reason. What else was thrown than what `http` throws is thrown on. */
export function troubleOf(reason: NoAnswer): Trouble {
  if (reason instanceof HttpError) {
    return reason.reason;
  }
  if (reason instanceof Error) {
    throw reason;
  }
  return reason;
}
