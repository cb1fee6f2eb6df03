import { readOptions, wrongUsage } from "../command-line.ts";

export interface ChaosArguments {
  /** What stores the jobs. */
  engine: "sqlite" | "postgres";
  seed: number;
  /** Minimum number of jobs. */
  jobs: number;
  /** Minimum number of killed apps. */
  kills: number;
  /** Only guards against hanging, in minutes: the run ends when its jobs and kills are done, on a slow machine too. */
  minutes: number;
  short: boolean;
}

const usage = `npm run chaos -- [OPTIONS]

  --engine E   where the jobs are stored: sqlite or postgres; default sqlite
  --short      the form that the tests run: 80 jobs, 12 kills, 20 minutes
  --seed N     repeats a run's choices; default a random one, which is printed
  --jobs N     at least so many jobs; default 1000
  --kills N    at least so many killed apps; default 50
  --minutes N  gives up after so long; default 60
  -h, --help   prints this`;

/** Reads the command line; throws a `UsageShown` for help or if it is wrong. */
export function readArguments(args: readonly string[], seed: number): ChaosArguments {
  const text = { type: "string" } as const;
  const values = readOptions(
    args,
    { engine: text, seed: text, jobs: text, kills: text, minutes: text, short: { type: "boolean" } },
    usage,
  );
  const { short = false, engine = "sqlite" } = values;
  if (engine !== "sqlite" && engine !== "postgres") {
    throw wrongUsage(`--engine ${engine} is neither sqlite nor postgres.`, usage);
  }
  const whole = (name: "seed" | "jobs" | "kills" | "minutes", fallback: number, most: number) => {
    const given = values[name] ?? String(fallback);
    const number = Number(given);
    if (!/^\d+$/.test(given) || number > most) {
      throw wrongUsage(`--${name} ${given} is no whole number from 0 to ${most}.`, usage);
    }
    return number;
  };
  return {
    ...{ engine, short },
    seed: whole("seed", seed, 0xffff_ffff),
    jobs: whole("jobs", short ? 80 : 1_000, 100_000),
    kills: whole("kills", short ? 12 : 50, 10_000),
    minutes: whole("minutes", short ? 20 : 60, 240),
  };
}
