import { fieldsOf } from "./describe.ts";
import { suggestProviders } from "./suggest-providers.ts";
import { suggestVoices } from "./suggest-voices.ts";
import type { Suggestion, Tool, ToolContext } from "./tool.ts";

/** What a person may want in an input: voices and providers are the same for every tool, anything else is its own to say. */
export async function suggestValues(
  tool: Tool,
  name: string,
  partial: string,
  context: ToolContext,
): Promise<Suggestion[]> {
  const field = fieldsOf(tool).find(([one]) => one === name)?.[1];
  switch (field?.role) {
    case "voice":
      return suggestVoices(partial, context);
    case "provider":
      return suggestProviders(partial, context, field.capabilities);
    default:
      return (await tool.complete?.(name, partial, context)) ?? [];
  }
}
