import type { LocalizedText } from "../../ground/locale.ts";

/** The vendors whose codes we know. `speech-sdk` is a table from a document that does not name its vendor. */
export const catalogProviders = ["spark", "dashscope", "xjc", "openai", "speech-sdk"] as const;
export type CatalogProvider = (typeof catalogProviders)[number];

/**
 * Where a code comes from: the vendor's client library, its service, the gateway in front of it, or a plain HTTP API.
 */
export type CatalogLayer = "sdk" | "cloud" | "http" | "api";

/** Who can do something about it. `nobody`: it resolves itself, or there is nothing to do. */
export type Actor = "user" | "operator" | "vendor" | "nobody";

/** What kind of problem it is. `success` and `state` are not problems. */
export const errorCategories = [
  "success",
  "state",
  /** Something the person typed or chose. */
  "input",
  /** A file or link the person gave. */
  "media",
  /** Refused by the vendor's content check. */
  "content",
  "credentials",
  "permission",
  /** The client library's licence file or device grant. */
  "licence",
  "money",
  /** An allowance that is not renewed within a minute. */
  "quota",
  "rate",
  "concurrency",
  "capacity",
  "clock",
  "network",
  "timeout",
  "not-found",
  /** The object's current state does not allow it. */
  "conflict",
  /** The calling program uses the API wrongly. */
  "client",
  /** The machine the library runs on: files, memory, hardware. */
  "device",
  "vendor-fault",
] as const;
export type ErrorCategory = (typeof errorCategories)[number];

export interface CatalogRetry {
  /**
   * `later`: nothing was started or charged, so a start may be retried automatically. `after-change`: only once
   * somebody has changed something. `never`: a person must decide about starting again. `no-error`: there is nothing to
   * retry.
   */
  kind: "never" | "later" | "after-change" | "no-error";
  /** How long to wait at least, in milliseconds. Only for `later`. */
  afterMs?: number;
}

/** One code of one vendor: its meaning for people, and what the worker may do about it. */
export interface CatalogEntry {
  /** One of {@link catalogProviders}, or the id of a plugin's provider. */
  provider: string;
  layer: CatalogLayer;
  /** Always a string, even if the vendor sends a number. */
  code: string;
  /** The HTTP status it comes with, if the document gives one. */
  httpStatus: number | null;
  /** The vendor's text exactly as in its document. */
  vendorText: string;
  /** The vendor's own explanation, in the document's script, if there is one. */
  vendorMeaning?: string;
  /** The vendor's own advice, if the document has any. */
  vendorRemedy: string | null;
  meaning: LocalizedText;
  remedy: LocalizedText;
  actor: Actor;
  category: ErrorCategory;
  retry: CatalogRetry;
  /** Whether this answer means that money was charged. */
  charged: "yes" | "no" | "unknown";
  /**
   * `document`: in one of the four source documents. `later-edition`: in a newer edition or another public page.
   * `plugin`: in the definition of a provider that is not built in.
   */
  source: "document" | "later-edition" | "plugin";
  /** The part of the vendor's message that distinguishes rows with the same code. */
  message?: string;
}
