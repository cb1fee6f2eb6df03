import { parseArgs } from "node:util";

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

const usage = "npm run chaos -- [--engine sqlite|postgres] [--short] [--seed N] [--jobs N] [--kills N] [--minutes N]";

/** Reads the command line; throws with the usage text if it is wrong. */
export function readArguments(args: string[], seed: number): ChaosArguments {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { engine: text, seed: text, jobs: text, kills: text, minutes: text, short: { type: "boolean" } },
  });
  const { short = false, engine = "sqlite" } = values;
  if (engine !== "sqlite" && engine !== "postgres") {
    throw new Error(`--engine ${engine} is neither sqlite nor postgres\n${usage}`);
  }
  const whole = (name: "seed" | "jobs" | "kills" | "minutes", fallback: number, most: number) => {
    const given = values[name] ?? String(fallback);
    const number = Number(given);
    if (!/^\d+$/.test(given) || number > most) {
      throw new Error(`--${name} ${given} is no whole number from 0 to ${most}\n${usage}`);
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
