import type { CallToolResult } from "@modelcontextprotocol/client";

/** The job a tool's result is about: what its structured content says; a host that drops that leaves the text. */
export function jobIdOf(result: CallToolResult): string | null {
  const facts: unknown = result.structuredContent;
  if (typeof facts === "object" && facts !== null) {
    return "job_id" in facts && typeof facts.job_id === "string" ? facts.job_id : null;
  }
  return /\bjob_[A-Za-z0-9_-]{16,50}/.exec(textsOf(result).join("\n"))?.[0] ?? null;
}

/** Every line of text of a result. */
export function textsOf(result: CallToolResult): string[] {
  return (result.content ?? []).flatMap((block) => (block.type === "text" ? [block.text] : []));
}
