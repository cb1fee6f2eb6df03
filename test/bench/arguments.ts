import { readOptions, wrongUsage } from "../command-line.ts";

export interface Wanted {
  /** Only groups whose names are among these; all of them if it is empty. */
  only: readonly string[];
  /** Where the figures go as JSON. Default nowhere. */
  json: string | null;
  isQuick: boolean;
}

/** Throws a `UsageShown` for help, and for an option or a group that does not exist. */
export function readArguments(args: readonly string[], groups: readonly string[]): Wanted {
  const usage = `npm run bench -- [OPTIONS]

  --only GROUP  only this group, and others given the same way: ${groups.join(", ")}
  --quick       fewer and shorter measurements, and no page
  --json FILE   writes the figures to a file as well
  -h, --help    prints this`;
  const values = readOptions(
    args,
    { only: { type: "string", multiple: true }, json: { type: "string" }, quick: { type: "boolean" } },
    usage,
  );
  const { only = [], json = null, quick = false } = values;
  const unknown = only.filter((name) => !groups.includes(name));
  if (unknown.length > 0) {
    throw wrongUsage(`There is no group ${unknown.join(", ")}; there are ${groups.join(", ")}.`, usage);
  }
  return { only, json, isQuick: quick };
}
