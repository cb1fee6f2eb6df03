import { fieldsOf } from "./describe.ts";
import { suggestProviders } from "./suggest-providers.ts";
import { suggestVoices } from "./suggest-voices.ts";
import type { Suggestion, Tool, ToolContext } from "./tool.ts";

/**
 * Suggests values for an input: voices and providers in the same way for every tool, anything else by asking the tool.
 */
export async function suggestValues(
  tool: Tool,
  name: string,
  partial: string,
  context: ToolContext,
): Promise<Suggestion[]> {
  const field = fieldsOf(tool).find(([one]) => one === name)?.[1];
  switch (field?.role) {
    case "voice":
      return suggestVoices(partial, context, field.ownOnly);
    case "provider":
      return suggestProviders(partial, context, field.capabilities);
    default:
      return (await tool.complete?.(name, partial, context)) ?? [];
  }
}
