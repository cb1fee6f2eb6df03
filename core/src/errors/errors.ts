import type { Json } from "../ground/json.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { CatalogEntry } from "./catalog/entry.ts";

/** Whether money was charged. `unknown` is shown to people as such, never as `no`. */
export type Charged = "yes" | "no" | "unknown";

/**
 * Whether to retry automatically: `never`, `later` (nothing was started), or only `after-change` (of the input, by the
 * person).
 */
export interface RetryAdvice {
  kind: "never" | "later" | "after-change";
  /** How long to wait at least before `later`, in milliseconds. */
  afterMs?: number;
}

/** What kind of failure it is. */
export type FailureKind =
  /** The request was wrong, and the person can correct it. */
  | "usage"
  /** The rules of this installation do not allow it. */
  | "policy"
  /** The vendor refused. */
  | "refused"
  /** No byte reached the vendor, or a download could not be made. */
  | "unreachable"
  /** It was sent, and no readable answer came in time. */
  | "unknown"
  /** A bug or problem in Toolcast. */
  | "internal";

/**
 * A failure as facts: stored in job records, used by the worker's decisions, and shown to people as sentences. Plain
 * data without secrets.
 */
export interface Failure {
  /** What kind of failure it is. */
  kind: FailureKind;
  /** What happened, as a sentence for every language. */
  sentence: Sentence;
  /** Whether money was charged for it. */
  charged: Charged;
  /** Whether the same request may be repeated. */
  retry: RetryAdvice;
  /** The tool's input at fault. Left out if no single one is. */
  field?: string;
  /** The provider's id. Left out for a failure of our own. */
  provider?: string;
  /**
   * The category, as in the catalogue, for a failure that a provider found without a code. Left out: the category of
   * its code.
   */
  category?: CatalogEntry["category"];
  /** The layer of the error catalogue that `vendorCode` belongs to. Left out without a code. */
  layer?: string;
  /** The vendor's own code; means something only with its provider and layer. Left out if the vendor gave none. */
  vendorCode?: string;
  /** The vendor's own text, unchanged. Left out if the vendor gave none. */
  vendorMessage?: string;
  /** The id that the vendor's support asks for: sid, request_id or job id. Left out if the vendor gave none. */
  requestId?: string;
  /** The HTTP status of the answer, from 100 to 599. Left out if there was no answer, or it does not matter. */
  httpStatus?: number;
  /** Further facts for operators; never shown to members. Default none. */
  details?: Json;
}

const marker = Symbol.for("toolcast.error");

/**
 * The base class of every error that Toolcast throws on purpose. Carries a {@link Failure}; `message` is for logs, in
 * English.
 */
export class ToolcastError extends Error {
  readonly failure: Failure;
  constructor(message: string, failure: Failure, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.failure = failure;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for every ToolcastError, even one from another copy of this package. */
  static isInstance(error: unknown): error is ToolcastError {
    return typeof error === "object" && error !== null && marker in error;
  }
}

/** The request was wrong; `field` names the input at fault. Nothing was sent and nothing spent. */
export class UsageError extends ToolcastError {
  constructor(sentence: Sentence, field?: string) {
    super(`Wrong input${field === undefined ? "" : ` (${field})`}: ${describe(sentence)}`, {
      kind: "usage",
      sentence,
      charged: "no",
      retry: { kind: "after-change" },
      field,
    });
  }
}

/** This installation's rules do not allow it. Nothing was sent and nothing spent. */
export class PolicyError extends ToolcastError {
  constructor(sentence: Sentence) {
    super(`Not allowed: ${describe(sentence)}`, { kind: "policy", sentence, charged: "no", retry: { kind: "never" } });
  }
}

/** A vendor's refusal or missing answer while reading; during a start it is a `StartEnd` instead. */
export class ProviderError extends ToolcastError {
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(
      `${failure.provider ?? "provider"}: ${failure.vendorCode ?? failure.kind} ${failure.vendorMessage ?? ""}`.trim(),
      failure,
      options,
    );
  }
}

/** The failure for an error of our own, whose cause is logged and not shown to the person. */
export function internalFailure(charged: Charged = "no"): Failure {
  return { kind: "internal", sentence: { key: "failure.internal" }, charged, retry: { kind: "never" } };
}

/** The failure that a ToolcastError carries; null for anything else. */
export function failureIn(error: unknown): Failure | null {
  return ToolcastError.isInstance(error) ? error.failure : null;
}

/** The failure behind anything thrown. */
export function failureOf(error: unknown, charged: Charged = "no"): Failure {
  return failureIn(error) ?? internalFailure(charged);
}

function describe(sentence: Sentence): string {
  return "key" in sentence ? `${sentence.key} ${JSON.stringify(sentence.values ?? {})}` : sentence.en;
}
