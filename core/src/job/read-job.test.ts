import { expect, test } from "vitest";
import { sampleJob } from "../../../test/sample-job.ts";
import { convertRecord, isOfUnknownFormat, readJob } from "./read-job.ts";

const record = (changes: Record<string, unknown>) =>
  JSON.stringify({ ...sampleJob("job_1", { key: "web:ada:k" }), ...changes });

/** @verifies survives.old-store */
test("a record of format 1 is read as the same job in the current format, with the same steps", () => {
  const read = readJob(record({ format: 1, plan: { imagesPerCall: 4 } }));
  expect(read).toEqual({ ...sampleJob("job_1", { key: "web:ada:k" }), plan: { perCall: { image: 4 } } });
  expect(isOfUnknownFormat(read)).toBe(false);
});

/** @verifies survives.old-store */
test("converters are applied one after the other, starting from a record's own format", () => {
  const converters = {
    1: (before: Record<string, unknown>) => ({ ...before, trail: ["1"] }),
    2: ({ trail, ...before }: Record<string, unknown>) => ({ ...before, trail: [...((trail as string[]) ?? []), "2"] }),
  };
  expect(convertRecord({ format: 1, id: "a" }, converters, 3)).toEqual({ format: 3, id: "a", trail: ["1", "2"] });
  expect(convertRecord({ format: 2, id: "a" }, converters, 3)).toEqual({ format: 3, id: "a", trail: ["2"] });
  expect(convertRecord({ format: 3, id: "a" }, converters, 3)).toEqual({ format: 3, id: "a" });
  for (const format of [4, 0, -1, 1.5, Number.NaN, "2", null, undefined]) {
    expect(convertRecord({ format }, converters, 3), String(format)).toBeNull();
  }
});

/** @verifies survives.newer-store */
test.each([
  ["that only adds", { state: { phase: "running" } }],
  ["whose phases are others", { state: { phase: "dreaming" }, steps: "none", notices: 3, plan: null, input: [] }],
  ["with hardly anything in it", { caller: 7, steps: [{}], createdAt: "x", tool: null, timeline: undefined }],
])("a record of a newer format %s is a parked job that says so", (_name, changes) => {
  const job = readJob(record({ format: 3, ...changes }));
  expect(job).toMatchObject({
    format: 3,
    id: "job_1",
    state: { phase: "held", hold: { reason: "parked", sentence: { key: "job.hold.newer-format" } } },
    notices: [],
    timeline: [],
  });
  expect(isOfUnknownFormat(job)).toBe(true);
});

/** @verifies survives.newer-store */
test("the inputs and results of a job in a newer format still count as its own", () => {
  const steps = [{ name: "picture-1", state: "cached", assets: ["asset_2"] }];
  const job = readJob(record({ format: 3, input: { image: "asset_1" }, steps }));
  expect([job.input.image, job.steps[0]?.assets, job.caller.id]).toEqual(["asset_1", ["asset_2"], "web:ada"]);
});
