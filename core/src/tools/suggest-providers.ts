import type { Capability } from "../providers/operation.ts";
import type { Suggestion, ToolContext } from "./tool.ts";

/** The providers that can do one of these, whose id begins as typed. */
export function suggestProviders(
  partial: string,
  { providers, caller }: ToolContext,
  ...capabilities: Capability[]
): Suggestion[] {
  return providers
    .filter(({ operations }) => capabilities.some((capability) => operations[capability] !== undefined))
    .filter(({ id }) => id.startsWith(partial.trim().toLowerCase()))
    .map(({ id, title }) => ({ value: id, label: title[caller.locale] }));
}
