import type { FieldDescription, MediaLimits, ToolDescription } from "@toolcast/core/surface";

/** What is known about a medium. Core decides about the rest, and checks everything again. */
interface KnownFacts {
  kind: MediaLimits["kind"];
  bytes: number;
  extension?: string;
  codec?: string;
  durationMs?: number;
  width?: number;
  height?: number;
}

/** An input that could take a medium. */
export interface MediaPlace {
  tool: ToolDescription;
  field: FieldDescription;
}

/** False if a medium is known to be outside an input's limits. */
export function couldFit(limits: MediaLimits | undefined, facts: KnownFacts): boolean {
  if (limits === undefined || limits.kind !== facts.kind) {
    return false;
  }
  const { formats, codecs, maxBytes, durationMs, shortSidePixels, longSidePixels } = limits;
  const { extension, codec, width, height } = facts;
  const sides = width === undefined || height === undefined ? [] : [width, height];
  return (
    (formats === undefined || extension === undefined || formats.includes(extension)) &&
    (codecs === undefined || codec === undefined || codecs.includes(codec)) &&
    facts.bytes <= (maxBytes ?? Number.POSITIVE_INFINITY) &&
    isWithin(facts.durationMs, durationMs) &&
    (sides.length === 0 ||
      (isWithin(Math.min(...sides), shortSidePixels) && isWithin(Math.max(...sides), longSidePixels)))
  );
}

/** Every input of every tool that could take it. */
export function placesFor(facts: KnownFacts, tools: readonly ToolDescription[]): MediaPlace[] {
  return tools.flatMap((tool) =>
    tool.fields.filter((field) => couldFit(field.limits, facts)).map((field) => ({ tool, field })),
  );
}

function isWithin(value: number | undefined, bounds: { min: number; max: number } | undefined): boolean {
  return value === undefined || bounds === undefined || (value >= bounds.min && value <= bounds.max);
}
