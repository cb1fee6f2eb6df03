import { createHash } from "node:crypto";
import { UsageError } from "../errors/errors.ts";
import type { Job } from "./job.ts";

/** What a caller requested, as it came, before its files were stored. */
export interface NamedRequest {
  /** The tool's name. */
  tool: string;
  /** By input, as the caller sent it. */
  input: Readonly<Record<string, unknown>>;
}

/**
 * A hash that is equal for the same tool and input, whatever the order of the fields, and does not reveal their
 * content. `within`: what else distinguishes requests, such as the conversation.
 */
export function markOf({ tool, input }: NamedRequest, within: readonly string[] = []): string {
  const sorted = Object.entries(input).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([tool, sorted, ...within]))
    .digest("base64url");
}

/** Throws a `UsageError` if a job's key is used again for a different request. */
export function assertSameRequest({ id, request }: Job, asked: NamedRequest | undefined): void {
  if (asked !== undefined && request !== undefined && request !== markOf(asked)) {
    throw new UsageError({ key: "job.key-taken", values: { id } });
  }
}
