import type { LocalizedText } from "../ground/locale.ts";
import type { HttpError } from "../http/http.ts";
import type { AnswerStatus } from "../http/retry-after.ts";
import { providerMessages } from "../messages/provider.ts";
import { policies } from "./catalog/policy.ts";
import { type CatalogEntry, findEntry } from "./catalog.ts";
import type { Failure, RetryAdvice } from "./errors.ts";

/** The provider a failure belongs to: its id and its title for people. */
export interface ProviderName {
  /** The provider's name in the error catalogue, e.g. `xjc`. */
  provider: string;
  /** Its title for people. */
  providerTitle: LocalizedText;
}

/** The facts of a vendor's refusal. */
export interface RefusalFacts extends ProviderName {
  /** The layer of the catalogue the code belongs to. */
  layer: CatalogEntry["layer"];
  code: string;
  /** The vendor's own words, unchanged. */
  vendorMessage?: string;
  /** The id that the vendor's support asks for. */
  requestId?: string;
  httpStatus?: number;
  /** For how long the answer asks not to be asked again, in milliseconds, if it says so. */
  retryAfterMs?: number;
}

/** A vendor's refusal as a failure. Its meaning, its charge and whether to retry come only from the catalogue. */
export function refusal(facts: RefusalFacts): Failure {
  const { provider, providerTitle, layer, code, vendorMessage, requestId, httpStatus, retryAfterMs } = facts;
  const entry = findEntry({ provider, layer, code, message: vendorMessage });
  const common = {
    kind: "refused",
    provider,
    layer,
    vendorCode: code,
    vendorMessage: vendorMessage || undefined,
    requestId: requestId || undefined,
    httpStatus,
  } as const;
  const status = /^4\d\d$/.test(code) ? Number(code) : httpStatus;
  if (status === tooManyRequests && entry?.charged !== "no") {
    return { ...common, ...tooManyNow(providerTitle, retryAfterMs) };
  }
  if (entry === undefined) {
    const isNo = status !== undefined && isClearNo(status);
    return {
      ...common,
      sentence: { key: "provider.refused-unknown-code", values: { provider: providerTitle, code } },
      ...(isNo ? adviceOfStatus(status) : { charged: "unknown", retry: { kind: "never" } }),
    };
  }
  return {
    ...common,
    sentence: { key: "provider.refused", values: { provider: providerTitle, meaning: entry.meaning } },
    charged: entry.charged,
    retry: noSooner(adviceOf(entry), retryAfterMs),
  };
}

const tooManyRequests = 429;
/** Statuses below 500 that do not say whether the request was carried out. */
const openStatuses: readonly number[] = [408, 409, 425, 499];

/** Whether the status alone means that the request was not carried out, whatever the body says. */
export function isClearNo(status: number): boolean {
  return status >= 400 && status < 500 && !openStatuses.includes(status);
}

/** A refusal shown only by the HTTP status, without a code in the body. Nothing was started. */
export function refusedByStatus({ httpStatus, retryAfterMs, ...facts }: ProviderName & StatusFacts): Failure {
  const values = { provider: facts.providerTitle, status: httpStatus };
  return {
    kind: "refused",
    provider: facts.provider,
    httpStatus,
    requestId: facts.requestId || undefined,
    ...(httpStatus === tooManyRequests
      ? tooManyNow(facts.providerTitle, retryAfterMs)
      : { sentence: { key: "provider.refused-status", values }, ...adviceOfStatus(httpStatus) }),
  };
}

interface StatusFacts extends AnswerStatus {
  requestId?: string;
}

function tooManyNow(provider: LocalizedText, retryAfterMs: number | undefined) {
  const { category, charged } = policies.rate;
  const retry = noSooner(policies.rate.retry, retryAfterMs);
  return { sentence: { key: "provider.too-many-now", values: { provider } }, category, charged, retry } as const;
}

/** The advice, but to wait at least as long as the vendor asks for. */
function noSooner(advice: RetryAdvice, retryAfterMs: number | undefined): RetryAdvice {
  return advice.kind === "later" && retryAfterMs !== undefined
    ? { ...advice, afterMs: Math.max(advice.afterMs ?? 0, retryAfterMs) }
    : advice;
}

const categoryOfStatus: Readonly<Record<number, CatalogEntry["category"]>> = {
  401: "credentials",
  402: "money",
  403: "permission",
};

function adviceOfStatus(status: number): Pick<Failure, "category" | "charged" | "retry"> {
  return { category: categoryOfStatus[status] ?? "client", charged: "no", retry: { kind: "after-change" } };
}

/** The advice for an entry. "Later" causes an automatic retry, so it is never given if money may have been charged. */
export function adviceOf(entry: Pick<CatalogEntry, "retry" | "charged">): RetryAdvice {
  const { kind, afterMs } = entry.retry;
  if (kind === "no-error" || (kind === "later" && entry.charged !== "no")) {
    return { kind: "never" };
  }
  return { kind, ...(kind === "later" && afterMs !== undefined ? { afterMs } : {}) };
}

/** Why there is no readable answer: the error of the connection, or what was wrong with the answer. */
export type Trouble = HttpError["reason"] | "unreadable" | "incomplete" | AnswerStatus;

/** What is known about an exchange without a readable answer. */
export interface TroubleFacts extends ProviderName {
  trouble: Trouble;
  requestId?: string;
}

/** No byte of the paid request was sent: it may be retried. */
export function unsent(facts: TroubleFacts): Failure {
  return {
    kind: "unreachable",
    provider: facts.provider,
    sentence: troubleSentence("provider.unreachable", facts),
    charged: "no",
    // An address remains forbidden until an operator changes the configuration.
    retry: { kind: facts.trouble === "blocked" ? "never" : "later" },
  };
}

/**
 * The paid request was sent and no readable answer came: whether it was started is unknown, so it is never retried
 * automatically.
 */
export function unanswered(facts: TroubleFacts): Failure {
  return {
    kind: "unknown",
    provider: facts.provider,
    sentence: troubleSentence("provider.no-answer", facts),
    charged: "unknown",
    retry: { kind: "never" },
    ...evidence(facts),
  };
}

/** A question that costs nothing got no readable answer: it may be asked again. */
export function unreadable(facts: TroubleFacts): Failure {
  return {
    kind: "unreachable",
    provider: facts.provider,
    sentence: troubleSentence("provider.not-readable-now", facts),
    charged: "no",
    retry: noSooner({ kind: "later" }, typeof facts.trouble === "object" ? facts.trouble.retryAfterMs : undefined),
    ...evidence(facts),
  };
}

function evidence(facts: TroubleFacts): Pick<Failure, "httpStatus" | "requestId"> {
  return {
    ...(typeof facts.trouble === "object" ? { httpStatus: facts.trouble.httpStatus } : {}),
    requestId: facts.requestId || undefined,
  };
}

function troubleSentence(
  key: "provider.unreachable" | "provider.no-answer" | "provider.not-readable-now",
  { trouble, providerTitle }: TroubleFacts,
): Failure["sentence"] {
  return { key, values: { provider: providerTitle, reason: reasonOf(trouble) } };
}

function reasonOf(trouble: Trouble): LocalizedText {
  if (typeof trouble === "object") {
    const status = `HTTP ${trouble.httpStatus}`;
    return { en: status, "zh-CN": status };
  }
  return providerMessages[`provider.reason.${trouble}`];
}
