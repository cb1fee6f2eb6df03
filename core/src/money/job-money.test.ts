import { describe, expect, test } from "vitest";
import { sampleJob } from "../../../test/sample-job.ts";
import { internalFailure } from "../errors/errors.ts";
import type { StepRecord } from "../job/job.ts";
import { jobMoney } from "./job-money.ts";

const step = (changes: Partial<StepRecord> = {}): StepRecord => ({
  name: "picture-1",
  state: "waiting",
  assets: [],
  ...changes,
});

describe("jobMoney", () => {
  test("nothing was begun: nothing has been charged, but an open job may still be", () => {
    expect(jobMoney(sampleJob("job_1", { steps: [step()] }))).toEqual({
      charged: "no",
      amounts: [],
      mayStillBeCharged: true,
    });
    expect(jobMoney(sampleJob("job_1", { steps: [step()], state: { phase: "cancelled" } }))).toMatchObject({
      charged: "no",
      mayStillBeCharged: false,
    });
  });

  test("work under way has an unknown charge", () => {
    const job = sampleJob("job_1", {
      steps: [step({ state: "running" })],
      state: { phase: "running", step: "picture-1", attempt: "a", since: 0, checks: 0, failedChecks: 0 },
    });
    expect(jobMoney(job)).toEqual({ charged: "unknown", amounts: [], mayStillBeCharged: true });
  });

  test("charges are summed by unit, even if a later step failed at no cost", () => {
    const job = sampleJob("job_1", {
      steps: [
        step({ state: "done", charge: { amount: 2, unit: "points" } }),
        step({ name: "picture-2", state: "done", charge: { amount: 3, unit: "points" } }),
        step({ name: "speech", state: "failed" }),
      ],
      state: { phase: "failed", failure: internalFailure("no") },
    });
    expect(jobMoney(job)).toEqual({
      charged: "yes",
      amounts: [{ amount: 5, unit: "points" }],
      mayStillBeCharged: false,
    });
  });

  test("a sum of fractions shows no binary rounding error", () => {
    const third = step({ state: "done", charge: { amount: 0.1, unit: "CNY" } });
    const job = sampleJob("job_1", { steps: [third, third, third], state: { phase: "succeeded" } });
    expect(jobMoney(job).amounts).toEqual([{ amount: 0.3, unit: "CNY" }]);
  });

  test("a failure states whether it cost anything", () => {
    const job = sampleJob("job_1", {
      steps: [step({ state: "failed" })],
      state: { phase: "failed", failure: internalFailure("no") },
    });
    expect(jobMoney(job).charged).toBe("no");
  });

  test("a failure that cost nothing does not make earlier work free that a vendor did without naming a charge", () => {
    const job = sampleJob("job_1", {
      steps: [step({ name: "speech", state: "done" }), step({ name: "video", state: "failed" })],
      state: { phase: "failed", failure: internalFailure("no") },
    });
    expect(jobMoney(job)).toMatchObject({ charged: "unknown", amounts: [] });
  });

  test("finished work of a vendor that names no charge is not called free", () => {
    const job = sampleJob("job_1", { steps: [step({ state: "done" })], state: { phase: "succeeded" } });
    expect(jobMoney(job).charged).toBe("unknown");
  });
});
