import type { LocalizedText } from "../../ground/locale.ts";

/** The vendors whose codes we know. `speech-sdk` is a table whose vendor its document does not name. */
export const catalogProviders = ["spark", "dashscope", "xjc", "speech-sdk"] as const;
export type CatalogProvider = (typeof catalogProviders)[number];

/** Where a code comes from: the vendor's client library, its service, the gateway before it, or a plain HTTP API. */
export type CatalogLayer = "sdk" | "cloud" | "http" | "api";

/** Who can do something about it. `nobody`: it mends itself, or there is nothing to mend. */
export type Actor = "user" | "operator" | "vendor" | "nobody";

/** What kind of trouble it is. `success` and `state` are no trouble at all. */
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
  /** An allowance that waiting a minute does not bring back. */
  "quota",
  "rate",
  "concurrency",
  "capacity",
  "clock",
  "network",
  "timeout",
  "not-found",
  /** The object's present state does not allow it. */
  "conflict",
  /** The calling program uses the interface wrongly. */
  "client",
  /** The machine the library runs on: files, memory, hardware. */
  "device",
  "vendor-fault",
] as const;
export type ErrorCategory = (typeof errorCategories)[number];

export interface CatalogRetry {
  /**
   * `later`: nothing was begun and nothing charged, so a start may be made again by itself. `after-change`: again once
   * somebody changed something. `never`: starting again is for a person to decide. `no-error`: there is nothing to retry.
   */
  kind: "never" | "later" | "after-change" | "no-error";
  /** The least time to wait before `later`, in milliseconds. Given for `later` only. */
  afterMs?: number;
}

/** One code of one vendor: what it means to people, and what the worker may do about it. */
export interface CatalogEntry {
  /** One of {@link catalogProviders}, or the id of a plugin's provider. */
  provider: string;
  layer: CatalogLayer;
  /** Always a string, also where the vendor sends a number. */
  code: string;
  /** The HTTP status it comes with, where the document gives one. */
  httpStatus: number | null;
  /** The vendor's words exactly as in its document. */
  vendorText: string;
  /** The vendor's own explanation beside its text, in the document's own script, where there is one. */
  vendorMeaning?: string;
  /** The vendor's own advice, where the document has one. */
  vendorRemedy: string | null;
  meaning: LocalizedText;
  remedy: LocalizedText;
  actor: Actor;
  category: ErrorCategory;
  retry: CatalogRetry;
  /** Whether this very answer means that money was taken. */
  charged: "yes" | "no" | "unknown";
  /**
   * `document`: in one of the four source documents. `later-edition`: in a newer edition or another public page.
   * `plugin`: in the definition of a provider that is not built in.
   */
  source: "document" | "later-edition" | "plugin";
  /** Part of the vendor's message that tells apart rows with the same code. */
  message?: string;
}
