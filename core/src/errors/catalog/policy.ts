import type { CatalogEntry } from "./entry.ts";

/** The fields of an entry by which the worker decides. */
type Policy = Pick<CatalogEntry, "actor" | "category" | "retry" | "charged">;

const afterChange = { kind: "after-change" } as const;
const never = { kind: "never" } as const;
const noError = { kind: "no-error" } as const;

/**
 * The policies that rows name. Only `later` allows repeating a start, and only if the answer itself says that nothing
 * was started; an error that may have occurred after the work was started is `never`.
 */
export const policies = {
  success: { category: "success", actor: "nobody", retry: noError, charged: "no" },
  state: { category: "state", actor: "nobody", retry: noError, charged: "no" },
  input: { category: "input", actor: "user", retry: afterChange, charged: "no" },
  media: { category: "media", actor: "user", retry: afterChange, charged: "no" },
  content: { category: "content", actor: "user", retry: afterChange, charged: "no" },
  credentials: { category: "credentials", actor: "operator", retry: afterChange, charged: "no" },
  /** A new token is fetched, and the call repeated once. */
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
  /** The answer contains the vendor's time: the difference is corrected, and the call repeated. */
  "measured-clock": { category: "clock", actor: "operator", retry: { kind: "later", afterMs: 0 }, charged: "no" },
  /** No connection was established, so no request was sent. */
  connect: { category: "network", actor: "operator", retry: { kind: "later", afterMs: 5000 }, charged: "no" },
  /** The connection broke at an unknown moment. */
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

/** The names that a row may give as its `policy`. */
export const errorPolicies = Object.keys(policies) as PolicyName[];
