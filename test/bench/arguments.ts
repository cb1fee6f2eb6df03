import { parseArgs } from "node:util";

export interface Wanted {
  /** Only groups whose names are among these; all of them if it is empty. */
  only: readonly string[];
  /** Where the figures go as JSON. Default nowhere. */
  json: string | null;
  isQuick: boolean;
}

/** Throws for an argument or a group that does not exist. */
export function readArguments(args: readonly string[], groups: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const unknown = values.only.filter((name) => !groups.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no group ${unknown.join(", ")}: ${groups.join(", ")}`);
  }
  return { only: values.only, json: values.json ?? null, isQuick: values.quick };
}
