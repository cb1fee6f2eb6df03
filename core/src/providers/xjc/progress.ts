import type { Failure } from "../../errors/errors.ts";
import { internalFailure, ToolcastError } from "../../errors/errors.ts";
import { providerMessages } from "../../messages/provider.ts";
import type { CheckEnd, Output } from "../operation.ts";
import { xjcFailures, xjcName } from "./name.ts";

/** An id given a moment ago may not be known everywhere at the vendor yet. */
const settlingMs = 60_000;

const minCheckMs = 2000;
const maxCheckMs = 15_000;

/** When to look again at work of this age: often while it is young, since short work is the most frequent. */
export function nextCheckMs(ageMs: number): number {
  return Math.min(maxCheckMs, Math.max(minCheckMs, Math.round(ageMs / 4)));
}

/** What a detail call says, in the form all three share. */
export interface Detail {
  /** 1 queued, 2 processing, 3 done, 4 failed. */
  status: number;
  errorMessage?: string;
}

/** Translates a detail. `output` is asked for once the vendor says done, and is undefined when the result is missing. */
export function checkEnd(detail: Detail, requestId: string, ageMs: number, output: () => Output | undefined): CheckEnd {
  switch (detail.status) {
    case 1:
      return { state: "pending", queued: true, checkAfterMs: nextCheckMs(ageMs) };
    case 2:
      return { state: "pending", queued: false, checkAfterMs: nextCheckMs(ageMs) };
    case 3: {
      const made = output();
      if (made === undefined) {
        throw xjcFailures.notReadable("incomplete", requestId);
      }
      return { state: "done", output: made };
    }
    case 4:
      return { state: "failed", failure: operationFailure(detail.errorMessage, requestId) };
    default:
      throw xjcFailures.notReadable("unreadable", requestId);
  }
}

/** The vendor gives a reason in words only, and does not say whether it charged. */
function operationFailure(vendorMessage: string | undefined, requestId: string): Failure {
  return {
    kind: "refused",
    provider: xjcName.provider,
    sentence: {
      key: "provider.operation-failed",
      values: {
        provider: xjcName.providerTitle,
        message: vendorMessage ?? providerMessages["provider.no-reason-given"],
      },
    },
    charged: "unknown",
    retry: { kind: "never" },
    requestId,
    ...(vendorMessage === undefined ? {} : { vendorMessage }),
  };
}

/** Not found: too young to be known everywhere, or gone. Everything else is thrown on. */
export function checkEndOfTrouble(error: unknown, requestId: string, ageMs: number): CheckEnd {
  if (!ToolcastError.isInstance(error) || error.failure.vendorCode !== "20006") {
    throw error;
  }
  if (ageMs < settlingMs) {
    return { state: "pending", checkAfterMs: nextCheckMs(ageMs) };
  }
  const { vendorMessage: message, httpStatus } = error.failure;
  const failure = xjcFailures.refused({ code: "20006", message, httpStatus, requestId });
  // It did begin, so the catalogue's "no" for a question about an unknown id does not hold, nor does a change help.
  return { state: "lost", failure: { ...failure, charged: "unknown", retry: { kind: "never" } } };
}

/** A stored reference that is not of this provider: nothing can be asked with it, now or later. */
export function foreignReference(): CheckEnd {
  return { state: "lost", failure: { ...internalFailure("unknown"), provider: xjcName.provider } };
}
