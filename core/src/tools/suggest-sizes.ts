import type { LocalizedText } from "../ground/locale.ts";
import { listed } from "../messages/listed.ts";
import { say } from "../messages/sentence.ts";
import type { Capability } from "../providers/operation.ts";
import type { Suggestion, ToolContext } from "./tool.ts";

/**
 * The sizes of each provider with a capability, in order of preference; if there are several, with who makes them.
 * `common` are suggested for a provider that suggests none; each provider checks its own list.
 */
export function suggestedSizes(
  capability: Capability,
  partial: string,
  { providers, caller }: ToolContext,
  common: readonly string[],
): Suggestion[] {
  const typed = partial.trim().toLowerCase();
  const makers = providers.filter(({ operations }) => operations[capability] !== undefined);
  const titles = new Map<string, LocalizedText[]>();
  for (const { operations, title } of makers) {
    for (const size of operations[capability]?.suggested?.size ?? common) {
      titles.set(size, [...(titles.get(size) ?? []), title]);
    }
  }
  return [...titles]
    .filter(([value]) => value.toLowerCase().startsWith(typed))
    .map(([value, of]) => {
      const makersOfSize = say({ key: "size.of", values: { size: value, makers: listed(of) } }, caller.locale);
      return { value, label: makers.length > 1 ? makersOfSize : value };
    });
}

/** A size as providers read it: `1024x1024` or a name such as `2K` or `720P`, however people write it. */
export function writtenSize(size: string): string {
  const plain = size.trim().replace(/[×*]/, "x").toLowerCase();
  return /^\d+[kp]$/.test(plain) ? plain.toUpperCase() : plain;
}
