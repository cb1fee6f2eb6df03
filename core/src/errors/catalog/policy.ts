import type { CatalogEntry } from "./entry.ts";

/** What the worker reads of an entry. */
type Policy = Pick<CatalogEntry, "actor" | "category" | "retry" | "charged">;

const afterChange = { kind: "after-change" } as const;
const never = { kind: "never" } as const;
const noError = { kind: "no-error" } as const;

/**
 * The policies that rows name. Everything a start could be repeated from is `later`, and only where the answer itself
 * says that nothing began; a fault that may have come after the work was begun is `never`.
 */
export const policies = {
  success: { category: "success", actor: "nobody", retry: noError, charged: "no" },
  state: { category: "state", actor: "nobody", retry: noError, charged: "no" },
  input: { category: "input", actor: "user", retry: afterChange, charged: "no" },
  media: { category: "media", actor: "user", retry: afterChange, charged: "no" },
  content: { category: "content", actor: "user", retry: afterChange, charged: "no" },
  credentials: { category: "credentials", actor: "operator", retry: afterChange, charged: "no" },
  /** A new token is fetched and the call repeated, once. */
  "stale-token": { category: "credentials", actor: "operator", retry: { kind: "later", afterMs: 0 }, charged: "no" },
  permission: { category: "permission", actor: "operator", retry: afterChange, charged: "no" },
  blocked: { category: "permission", actor: "operator", retry: never, charged: "no" },
  licence: { category: "licence", actor: "operator", retry: afterChange, charged: "no" },
  money: { category: "money", actor: "operator", retry: afterChange, charged: "no" },
  quota: { category: "quota", actor: "operator", retry: afterChange, charged: "no" },
  rate: { category: "rate", actor: "nobody", retry: { kind: "later", afterMs: 5000 }, charged: "no" },
  concurrency: { category: "concurrency", actor: "nobody", retry: { kind: "later", afterMs: 2000 }, charged: "no" },
  capacity: { category: "capacity", actor: "vendor", retry: { kind: "later", afterMs: 10_000 }, charged: "no" },
  clock: { category: "clock", actor: "operator", retry: afterChange, charged: "no" },
  /** The answer carries the vendor's time, so the difference is corrected and the call repeated. */
  "measured-clock": { category: "clock", actor: "operator", retry: { kind: "later", afterMs: 0 }, charged: "no" },
  /** No connection came about, so no request was made over it. */
  connect: { category: "network", actor: "operator", retry: { kind: "later", afterMs: 5000 }, charged: "no" },
  /** The connection broke at a moment that cannot be told. */
  network: { category: "network", actor: "operator", retry: never, charged: "unknown" },
  /** A connection without a pending request was closed. */
  idle: { category: "timeout", actor: "nobody", retry: { kind: "later", afterMs: 0 }, charged: "no" },
  timeout: { category: "timeout", actor: "vendor", retry: never, charged: "unknown" },
  "not-found": { category: "not-found", actor: "user", retry: afterChange, charged: "no" },
  conflict: { category: "conflict", actor: "nobody", retry: never, charged: "no" },
  /** The library is not ready for this call yet; nothing was sent. */
  "not-ready": { category: "conflict", actor: "nobody", retry: { kind: "later", afterMs: 1000 }, charged: "no" },
  client: { category: "client", actor: "operator", retry: afterChange, charged: "no" },
  device: { category: "device", actor: "operator", retry: afterChange, charged: "no" },
  "vendor-fault": { category: "vendor-fault", actor: "vendor", retry: never, charged: "unknown" },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof policies;

/** The names a row of codes may give as its `policy`. */
export const errorPolicies = Object.keys(policies) as PolicyName[];
