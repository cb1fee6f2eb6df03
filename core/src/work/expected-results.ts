import type { Json } from "../ground/json.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Tool } from "../tools/tool.ts";
import { kindsMade } from "./steps.ts";

/** What a request will make, as far as that is known before anything is started. */
export interface ExpectedResults {
  /** How many results it asks for, without what its steps only use themselves. */
  count: number;
  /** The kinds of media they may be; null for any. */
  kinds: readonly MediaKind[] | null;
}

/** Null for a tool that answers at once. `input` is a parsed one. */
export function expectedResults(tool: Tool, input: Record<string, Json>): ExpectedResults | null {
  if (tool.effect !== "spends") {
    return null;
  }
  // Where a start makes one result each, there are as many steps as results.
  const all = tool.steps(input, { perCall: {} });
  const steps = all.filter(({ name }) => !all.some(({ after }) => after === name));
  const kinds = steps.map(kindsMade);
  return {
    count: steps.length,
    kinds: kinds.includes(undefined) ? null : [...new Set(kinds.flatMap((one) => one ?? []))],
  };
}
