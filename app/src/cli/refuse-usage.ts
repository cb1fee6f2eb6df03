import type { LocalizedText } from "@toolcast/core";

/**
 * Throws a `UsageError`. Its door is loaded only here, so that the commands that are used correctly start without the
 * whole of core.
 */
export async function refuseUsage(sentence: LocalizedText, field?: string): Promise<never> {
  const { UsageError } = await import("@toolcast/core");
  throw new UsageError(sentence, field);
}
