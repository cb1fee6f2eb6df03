import type { Capability } from "../providers/operation.ts";
import type { Suggestion, ToolContext } from "./tool.ts";

/** The providers that can do one of these (default: all) and whose id starts with what was typed. */
export function suggestProviders(
  partial: string,
  { providers, caller }: ToolContext,
  capabilities?: readonly Capability[],
): Suggestion[] {
  return providers
    .filter(({ operations }) => capabilities?.some((capability) => operations[capability] !== undefined) ?? true)
    .filter(({ id }) => id.startsWith(partial.trim().toLowerCase()))
    .map(({ id, title }) => ({ value: id, label: title[caller.locale] }));
}
