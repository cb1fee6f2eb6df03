import type { ErrorCategory } from "../../errors/catalog/entry.ts";
import { entryOf } from "../../errors/catalog.ts";
import type { Failure } from "../../errors/errors.ts";
import { internalFailure, ToolcastError } from "../../errors/errors.ts";
import { providerMessages } from "../../messages/provider.ts";
import type { CheckEnd, Output } from "../operation.ts";
import { xjcFailures, xjcName } from "./name.ts";

/** How long a new id may not be known everywhere at the vendor yet. */
const settlingMs = 60_000;

const minCheckMs = 2000;
const maxCheckMs = 15_000;

/** When to check work of this age again: often at first, since most work is short. */
export function nextCheckMs(ageMs: number): number {
  return Math.min(maxCheckMs, Math.max(minCheckMs, Math.round(ageMs / 4)));
}

/** The answer to a detail call, in the form that all three share. */
export interface Detail {
  /** 1 queued, 2 processing, 3 done, 4 failed. */
  status: number;
  errorMessage?: string;
}

/**
 * Translates a detail. `output` is called once the vendor says done, and returns undefined if the result is missing.
 */
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

/** The failure of work that has ended without a result: its state will not change any more. */
function withoutResult(vendorMessage: string | undefined, requestId: string): Failure {
  return {
    ...operationFailure(vendorMessage, requestId),
    sentence: { key: "provider.ended-without-result", values: { provider: xjcName.providerTitle } },
  };
}

/** The vendor gives the reason only in words, and does not say whether it charged. */
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

/** Errors at the vendor that may concern only this question. */
const passingFaults: readonly string[] = ["20901", "20902", "10001", "10004"];
/**
 * What these categories say about the work is final; credentials, permissions and rates may have changed by the next
 * question.
 */
const finalCategories: readonly ErrorCategory[] = ["input", "media", "content", "money", "quota", "not-found"];

/**
 * Handles a code instead of a state. Work that is not found is too new to be known everywhere, or gone. A code that can
 * never change ends the work as the catalogue says: failed, or lost if even the vendor leaves open what it did.
 * Rethrows everything else.
 */
export function checkEndOfTrouble(error: unknown, requestId: string, ageMs: number): CheckEnd {
  if (!ToolcastError.isInstance(error) || error.failure.kind !== "refused") {
    throw error;
  }
  const { vendorCode: code = "", vendorMessage: message, httpStatus } = error.failure;
  if (httpStatus === 429) {
    // Too many questions say nothing about the work, whatever the code means elsewhere.
    throw error;
  }
  const category = entryOf(error.failure)?.category;
  const isFault = category === "vendor-fault" && !passingFaults.includes(code);
  if (!isFault && (category === undefined || !finalCategories.includes(category))) {
    throw error;
  }
  const isUnknown = code === "20006";
  if (isUnknown && ageMs < settlingMs) {
    return { state: "pending", checkAfterMs: nextCheckMs(ageMs) };
  }
  // It was started, so the catalogue's "not charged" for a refused start does not apply.
  const failure = { ...xjcFailures.refused({ code, message, httpStatus, requestId }), charged: "unknown" } as const;
  return isFault || isUnknown
    ? { state: "lost", failure: { ...failure, retry: { kind: "never" } } }
    : { state: "failed", failure };
}

/** The end for a stored reference that is not this provider's: nothing can ever be asked with it. */
export function foreignReference(): CheckEnd {
  return { state: "lost", failure: { ...internalFailure("unknown"), provider: xjcName.provider } };
}
