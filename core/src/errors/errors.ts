import type { Json } from "../ground/json.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { CatalogEntry } from "./catalog/entry.ts";

/** Whether money was taken. `unknown` is said to the person as it is, never rounded to `no`. */
export type Charged = "yes" | "no" | "unknown";

/** What may be done again by itself: `never`, `later` (nothing began), `after-change` (of the input, by the person). */
export interface RetryAdvice {
  kind: "never" | "later" | "after-change";
  /** The least time to wait before `later`, in milliseconds. */
  afterMs?: number;
}

/** Which question a failure answers. */
export type FailureKind =
  /** The request was wrong: the person can mend it. */
  | "usage"
  /** The rules of this installation do not allow it. */
  | "policy"
  /** The vendor answered no. */
  | "refused"
  /** No byte reached the vendor, or a download could not be made. */
  | "unreachable"
  /** It was sent and no readable answer came in time. */
  | "unknown"
  /** Our own fault. */
  | "internal";

/**
 * A failure as facts: what a job record keeps, what the worker decides from, and what a person's sentence is made of.
 * Plain data; holds no secret.
 */
export interface Failure {
  /** Which question it answers. */
  kind: FailureKind;
  /** What happened, as a sentence that can be said in every language. */
  sentence: Sentence;
  /** Whether money was taken for it. */
  charged: Charged;
  /** Whether the same may be done again. */
  retry: RetryAdvice;
  /** The tool's input at fault. */
  field?: string;
  /** The provider's id. */
  provider?: string;
  /** What it is about, as the catalogue says it of codes: for what a provider found out without one. */
  category?: CatalogEntry["category"];
  /** The layer of the error catalogue that `vendorCode` belongs to. */
  layer?: string;
  /** The vendor's own code; means something only with its provider and layer. */
  vendorCode?: string;
  /** The vendor's own words, untouched. */
  vendorMessage?: string;
  /** What the vendor's support asks for: sid, request_id or job id. */
  requestId?: string;
  httpStatus?: number;
  /** Further facts for operators; never shown to members. */
  details?: Json;
}

const marker = Symbol.for("toolcast.error");

/** The root of every error Toolcast throws on purpose. Carries a {@link Failure}; `message` is for logs, in English. */
export class ToolcastError extends Error {
  readonly failure: Failure;
  constructor(message: string, failure: Failure, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.failure = failure;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for every ToolcastError, also one from another copy of this package. */
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

/** A vendor's refusal, or its silence, met while reading (never while starting, where it is a `StartEnd`). */
export class ProviderError extends ToolcastError {
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(
      `${failure.provider ?? "provider"}: ${failure.vendorCode ?? failure.kind} ${failure.vendorMessage ?? ""}`.trim(),
      failure,
      options,
    );
  }
}

/** Our own fault, as a failure; the cause goes to the log and not to the person. */
export function internalFailure(charged: Charged = "no"): Failure {
  return { kind: "internal", sentence: { key: "failure.internal" }, charged, retry: { kind: "never" } };
}

/** The failure behind anything thrown. */
export function failureOf(error: unknown, charged: Charged = "no"): Failure {
  return ToolcastError.isInstance(error) ? error.failure : internalFailure(charged);
}

function describe(sentence: Sentence): string {
  return "key" in sentence ? `${sentence.key} ${JSON.stringify(sentence.values ?? {})}` : sentence.en;
}
