import { describe, expect, test } from "vitest";
import { readArguments as readBench } from "../bench/arguments.ts";
import { readArguments as readChaos } from "../chaos/arguments.ts";
import { readOrExit } from "../command-line.ts";
import { readArguments as readMutations } from "../mutations/arguments.ts";
import { readArguments as readSoak } from "../soak/arguments.ts";

const programs = {
  chaos: (args: string[]) => readChaos(args, 7),
  bench: (args: string[]) => readBench(args, ["jobs", "mcp"]),
  mutations: readMutations,
  soak: readSoak,
};

/** What a program prints, and its exit code, if it ends at its command line. */
function run(read: () => unknown): { out: string; error: string; code: number | null } {
  const printed = { out: "", error: "", code: null as number | null };
  const exited = new Error("exited");
  try {
    readOrExit(read, {
      stdout: { write: (text) => (printed.out += text) },
      stderr: { write: (text) => (printed.error += text) },
      exit(code) {
        printed.code = code;
        throw exited;
      },
    });
  } catch (error) {
    expect(error).toBe(exited);
  }
  return printed;
}

describe.each(Object.entries(programs))("npm run %s", (name, read) => {
  test.each(["--help", "-h"])("%s prints the options", (option) => {
    const { out, error, code } = run(() => read([option]));
    expect(out).toContain(`npm run ${name}`);
    expect([error, code]).toEqual(["", 0]);
  });

  test("an option that does not exist is said in one sentence, with those that do", () => {
    const { out, error, code } = run(() => read(["--colour"]));
    expect(error).toMatch(/^Unknown option '--colour'\.\n\n/);
    expect(error).toContain(`npm run ${name}`);
    expect(error).not.toMatch(/\n +at .*:\d+/);
    expect([out, code]).toEqual(["", 2]);
  });

  test("without options it begins", () => {
    expect(run(() => read([]))).toEqual({ out: "", error: "", code: null });
  });
});

test.each([
  ["chaos", ["--engine", "redis"], "--engine redis is neither sqlite nor postgres."],
  ["chaos", ["--jobs", "many"], "--jobs many is no whole number from 0 to 100000."],
  ["chaos", ["--kills"], "Option '--kills <value>' argument missing."],
  ["chaos", ["postgres"], "Unexpected argument 'postgres'."],
  ["bench", ["--only", "golf"], "There is no group golf; there are jobs, mcp."],
  ["mutations", ["--shard", "7/6"], "--shard 7/6 is no part of a whole, such as 2/6."],
  ["soak", ["100"], "100 is no whole number of jobs from 2000."],
] as const)("npm run %s -- %j says what is wrong", (name, args, sentence) => {
  const { error, code } = run(() => programs[name]([...args]));
  expect(error.split("\n")[0]).toBe(sentence);
  expect(code).toBe(2);
});

test("what is asked for is what runs", () => {
  expect(programs.chaos(["--engine", "postgres", "--short", "--jobs", "90"])).toEqual({
    ...{ engine: "postgres", short: true, seed: 7, jobs: 90, kills: 12, minutes: 20 },
  });
  expect(programs.bench(["--only", "mcp", "--quick"])).toEqual({ only: ["mcp"], json: null, isQuick: true });
  expect(programs.mutations(["--shard", "2/6"])).toEqual({ row: "", shard: 2, shards: 6 });
  expect(programs.soak(["3000"])).toBe(3_000);
});
