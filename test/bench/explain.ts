import { explain } from "@toolcast/core/errors";
import { Bench as FunctionBench } from "tinybench";
import type { Group } from "./bench.ts";
import type { Row } from "./row.ts";
import { spreadOf } from "./statistics.ts";

/** A log of about a million characters, with one code that means something. */
const log = `${"2026-01-05T08:00:00Z INFO worker 17 finished batch 4711 in 12 ms, 0 errors\n".repeat(13_500)}{"code":10013,"message":"input content audit failed"}`;

const inputs = [
  { what: "a code", input: "10013" },
  { what: "an answer of a vendor", input: '{"header":{"code":10013,"message":"input content audit failed"}}' },
  { what: "a pasted log of 1 MB", input: log, atMost: 150 },
];

export const explainGroup: Group = {
  name: "explain",
  title: "Explaining errors",
  about: "The function alone, without a surface.",
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
    return inputs.map(
      ({ what, atMost }): Omit<Row, "group"> => ({
        what,
        unit: "ms",
        value: spreadOf(values.get(what) ?? []),
        ...(atMost === undefined ? {} : { goal: { atMost } }),
      }),
    );
  },
};
