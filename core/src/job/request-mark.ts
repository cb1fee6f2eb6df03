import { createHash } from "node:crypto";
import { UsageError } from "../errors/errors.ts";
import type { Job } from "./job.ts";

/** What a caller asked for, before files among it were stored: as it came. */
export interface NamedRequest {
  /** The tool's name. */
  tool: string;
  /** By input, as the caller gave it. */
  input: Readonly<Record<string, unknown>>;
}

/**
 * The same for the same tool and input, in whatever order its fields came. Says nothing of what they hold. `within`: what
 * else makes it another request, as the conversation it is part of.
 */
export function markOf({ tool, input }: NamedRequest, within: readonly string[] = []): string {
  const sorted = Object.entries(input).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([tool, sorted, ...within]))
    .digest("base64url");
}

/** Throws a `UsageError` when a job's key has come again with another request. */
export function assertSameRequest({ id, request }: Job, asked: NamedRequest | undefined): void {
  if (asked !== undefined && request !== undefined && request !== markOf(asked)) {
    throw new UsageError({ key: "job.key-taken", values: { id } });
  }
}
