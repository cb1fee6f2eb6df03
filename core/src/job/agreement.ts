import type { Hold } from "./job.ts";

/** What the asker can agree to, beforehand or when a job is held; any other hold is for somebody else to release. */
export const agreements = ["price", "consent"] as const satisfies readonly Hold["reason"][];
export type Agreement = (typeof agreements)[number];

/** Whether the asker's agreement is enough. */
export function isAgreement(reason: unknown): reason is Agreement {
  return agreements.some((agreement) => agreement === reason);
}
