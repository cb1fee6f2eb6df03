import type { ErrorCategory } from "../../errors/catalog/entry.ts";
import { entryOf } from "../../errors/catalog.ts";
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
      return made === undefined
        ? { state: "lost", failure: withoutResult(detail.errorMessage, requestId) }
        : { state: "done", output: made };
    }
    case 4:
      return { state: "failed", failure: operationFailure(detail.errorMessage, requestId) };
    default:
      throw xjcFailures.notReadable("unreadable", requestId);
  }
}

/** It has ended: whatever the vendor says now, it will say from now on. */
function withoutResult(vendorMessage: string | undefined, requestId: string): Failure {
  return {
    ...operationFailure(vendorMessage, requestId),
    sentence: { key: "provider.ended-without-result", values: { provider: xjcName.providerTitle } },
  };
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
    vendorMessage,
  };
}

/** Faults of the vendor's that may be about this question only. */
const passingFaults: readonly string[] = ["20901", "20902", "10001", "10004"];
/** What these say of the work stays so; credentials, permissions and rates may be other by the next question. */
const finalCategories: readonly ErrorCategory[] = ["input", "media", "content", "money", "quota", "not-found"];

/**
 * A code in the place of a state. Not found is too young to be known everywhere, or gone; a code that can never change
 * ends the work as the catalogue says it: failed, or lost where even the vendor leaves open what it did. Everything else
 * is thrown on.
 */
export function checkEndOfTrouble(error: unknown, requestId: string, ageMs: number): CheckEnd {
  if (!ToolcastError.isInstance(error) || error.failure.kind !== "refused") {
    throw error;
  }
  const { vendorCode: code = "", vendorMessage: message, httpStatus } = error.failure;
  const category = entryOf(error.failure)?.category;
  const isFault = category === "vendor-fault" && !passingFaults.includes(code);
  if (!isFault && (category === undefined || !finalCategories.includes(category))) {
    throw error;
  }
  const isUnknown = code === "20006";
  if (isUnknown && ageMs < settlingMs) {
    return { state: "pending", checkAfterMs: nextCheckMs(ageMs) };
  }
  // It did begin, so the catalogue's "no" for a start that is refused does not hold.
  const failure = { ...xjcFailures.refused({ code, message, httpStatus, requestId }), charged: "unknown" } as const;
  return isFault || isUnknown
    ? { state: "lost", failure: { ...failure, retry: { kind: "never" } } }
    : { state: "failed", failure };
}

/** A stored reference that is not of this provider: nothing can be asked with it, now or later. */
export function foreignReference(): CheckEnd {
  return { state: "lost", failure: { ...internalFailure("unknown"), provider: xjcName.provider } };
}
