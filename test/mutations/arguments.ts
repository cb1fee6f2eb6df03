import { readOptions, wrongUsage } from "../command-line.ts";

export interface Wanted {
  /** Only rows of the coverage page with this text. */
  row: string;
  /** Which part of all values, counted from 1. */
  shard: number;
  /** How many parts there are. */
  shards: number;
}

const usage = `npm run mutations -- [OPTIONS]

  --row TEXT    only rows of docs/coverage.md that contain this
  --shard N/M   only this part of all values, such as 2/6; default 1/1
  -h, --help    prints this`;

/** Reads the command line; throws a `UsageShown` for help or if it is wrong. */
export function readArguments(args: readonly string[]): Wanted {
  const text = { type: "string" } as const;
  const { row = "", shard: given = "1/1" } = readOptions(args, { row: text, shard: text }, usage);
  const [shard = 0, shards = 0] = /^\d+\/\d+$/.test(given) ? given.split("/").map(Number) : [];
  if (shard < 1 || shard > shards) {
    throw wrongUsage(`--shard ${given} is no part of a whole, such as 2/6.`, usage);
  }
  return { row, shard, shards };
}
