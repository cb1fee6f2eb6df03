import process from "node:process";
import { readOrExit } from "../command-line.ts";
import { readArguments } from "./arguments.ts";
import { growthOf, runSoak } from "./soak.ts";

/**
 * `npm run soak [JOBS]`: so many jobs, 5,000 by default, in one process whose heap, memory and handles must not grow
 * once it is warm, for which at least 2,000 are needed. Prints a sample a line, and exits with 1 if something has grown.
 * V8's space for new objects has one size (`--min-semi-space-size` and `--max-`): left to itself it doubles, by 50 MB, at
 * some moment that depends on the machine's load and not on what is kept.
 */
const jobs = readOrExit(() => readArguments(process.argv.slice(2)));
const samples = await runSoak({
  jobs,
  atOnce: 40,
  samples: 8,
  onSample: ({ jobs: done, heapMb, residentMb, handles }) =>
    process.stdout.write(
      `${done} jobs: heap ${heapMb.toFixed(1)} MB, resident ${residentMb.toFixed(0)} MB, ${handles} handles\n`,
    ),
});
const growth = growthOf(samples);
process.stdout.write(growth.length === 0 ? "Nothing has grown.\n" : `${growth.join("\n")}\n`);
process.exitCode = growth.length === 0 ? 0 : 1;
