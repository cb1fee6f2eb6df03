import { readOptions, wrongUsage } from "../command-line.ts";

const fewestJobs = 2_000;
const usage = `npm run soak -- [JOBS]

  JOBS        how many jobs are carried out, from ${fewestJobs}; default 5000
  -h, --help  prints this`;

/** How many jobs to carry out. Throws a `UsageShown` for help or if it is wrong. */
export function readArguments(args: readonly string[]): number {
  const [given = "5000", ...others] = args.filter((argument) => !argument.startsWith("-"));
  readOptions([...args.filter((argument) => argument.startsWith("-")), ...others], {}, usage);
  const jobs = Number(given);
  if (!/^\d+$/.test(given) || jobs < fewestJobs) {
    throw wrongUsage(`${given} is no whole number of jobs from ${fewestJobs}.`, usage);
  }
  return jobs;
}
