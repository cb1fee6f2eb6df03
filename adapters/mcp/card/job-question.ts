import type { CallToolResult } from "@modelcontextprotocol/client";

/** The job a tool's result is about: from its structured content, otherwise from the id in its text. */
export function jobIdOf(result: CallToolResult): string | null {
  const said = [JSON.stringify(result.structuredContent ?? {}), textsOf(result).join("\n")].join("\n");
  return /\bjob_[A-Za-z0-9_-]{16,50}/.exec(said)?.[0] ?? null;
}

/** Every line of text of a result. */
export function textsOf(result: CallToolResult): string[] {
  return (result.content ?? []).flatMap((block) => (block.type === "text" ? [block.text] : []));
}
