import { explain } from "@toolcast/core/errors";
import { Bench as FunctionBench } from "tinybench";
import type { Group } from "./bench.ts";
import { closedLoop, timed } from "./closed-loop.ts";
import { fill, jobsFile, storedRow } from "./job-rows.ts";
import { caller, openRuntime } from "./open-runtime.ts";
import type { Effort, Row } from "./row.ts";
import { temporaryFolder } from "./side-process.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** A log of about a million characters, with one code that means something. */
const log = `${"2026-01-05T08:00:00Z INFO worker 17 finished batch 4711 in 12 ms, 0 errors\n".repeat(13_500)}{"code":10013,"message":"input content audit failed"}`;

const inputs = [
  { what: "a code", input: "10013" },
  { what: "an answer of a vendor", input: '{"header":{"code":10013,"message":"input content audit failed"}}' },
  { what: "a pasted log of 1 MB", input: log, atMost: 150 },
];

/** How long `/explain` without a text looks for the asker's last failure, with so many finished jobs of theirs. */
async function lastFailure(history: number, effort: Effort): Promise<Spread> {
  using folder = temporaryFolder();
  const { runtime, close } = await openRuntime(folder.path);
  const reply = await runtime.call({ tool: "generate_image", input: { prompt: "a fox" }, caller, key: "bench" });
  if (reply.type !== "job") {
    throw new Error("no job");
  }
  const file = jobsFile(folder.path);
  fill(file, { ...storedRow(file, reply.job.id), phase: "succeeded", wake_at: null }, history);
  const ask = timed(async () => {
    const { type } = await runtime.call({ tool: "explain_error", input: {}, caller });
    if (type !== "answer") {
      throw new Error("no answer");
    }
  });
  const medians: number[] = [];
  await closedLoop(ask, { callers: 1, forMs: effort.warmUpMs / 4 });
  for (let round = 0; round < effort.rounds; round += 1) {
    medians.push((await closedLoop(ask, { callers: 1, forMs: effort.roundMs / 2 })).p50Ms);
  }
  await close();
  return spreadOf(medians);
}

async function historyRows(effort: Effort): Promise<Omit<Row, "group">[]> {
  const [few, many] = [100, effort.mostJobs];
  const withFew = await lastFailure(few, effort);
  const withMany = await lastFailure(many, effort);
  const what = (jobs: number) => `the asker's last failure, of ${jobs.toLocaleString("en-US")} finished jobs`;
  return [
    { what: what(few), unit: "ms", value: withFew },
    // Flat: no more than the median of a few, but for what a round differs from another.
    { what: what(many), unit: "ms", value: withMany, goal: { atMost: Math.max(0.1, 2 * withFew.median) } },
  ];
}

export const explainGroup: Group = {
  name: "explain",
  title: "Explaining errors",
  about:
    "The function alone, without a surface; and `/explain` without a text, which looks for the last failure in the store.",
  async measure({ effort }) {
    const values = new Map<string, number[]>();
    for (let round = 0; round < effort.rounds; round += 1) {
      const bench = new FunctionBench({ time: effort.roundMs / 2, warmupTime: effort.roundMs / 4 });
      for (const { what, input } of inputs) {
        bench.add(what, () => void explain(input));
      }
      for (const { name, result } of await bench.run()) {
        if (result.state === "completed") {
          values.set(name, [...(values.get(name) ?? []), result.latency.p50]);
        }
      }
    }
    const functions = inputs.map(
      ({ what, atMost }): Omit<Row, "group"> => ({
        what,
        unit: "ms",
        value: spreadOf(values.get(what) ?? []),
        ...(atMost === undefined ? {} : { goal: { atMost } }),
      }),
    );
    return [...functions, ...(await historyRows(effort))];
  },
};
